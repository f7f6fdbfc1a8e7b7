"""The assignments room as Django sees it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssignmentsConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.assignments"
    label = "assignments"
    verbose_name = _("Assignments")

    def ready(self) -> None:
        """Register what this room knows with the floors below."""
        from footpath.accounts import selectors as accounts
        from footpath.assignments import on_places, on_the_day, permissions, selectors
        from footpath.assignments.services import later

        accounts.register_grants(selectors.grants_of_assignments)
        permissions.register()
        on_places.register()
        later.register_waker(on_the_day.wake)
        on_the_day.register()
