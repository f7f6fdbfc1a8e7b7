"""The core as Django sees it."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Django's view of what all rooms stand on."""

    name = "footpath.core"
    label = "core"
