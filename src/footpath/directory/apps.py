"""The directory room as Django sees it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    """Django's view of this room."""

    name = "footpath.directory"
    label = "directory"
    verbose_name = _("Directory")

    def ready(self) -> None:
        """Register what this room knows with the floors below."""
        from django.core.checks import register

        from footpath.accounts import selectors as accounts
        from footpath.directory import permissions, selectors
        from footpath.directory.checks import check_country

        accounts.register_person_loader(selectors.person_of_user)
        accounts.register_grants(selectors.grants_of_posts)
        permissions.register()
        register(check_country)
