"""The cases room as Django sees it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Register what this room knows with the floors below."""
        from footpath.accounts import verification
        from footpath.assignments import planning
        from footpath.cases import handing, notices, on_places, permissions
        from footpath.cases.models import Case
        from footpath.cases.selectors import standing

        verification.must_have_trail(Case)
        permissions.register()
        notices.register()
        on_places.register()
        handing.register()
        planning.register_weight(standing.open_by_path)
