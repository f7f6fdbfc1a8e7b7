"""The Question Corner as Django sees it; part of the Corner's project only."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuestionsConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.questions"
    label = "questions"
    verbose_name = _("Question Corner")
