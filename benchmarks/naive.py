# ruff: noqa: E402 - the database is chosen before the parts of Django are imported
"""The product on Django's own SQLite backend, two processes of four threads: no queue."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footpath.config.settings")

from django.conf import settings

settings.DATABASES["default"]["ENGINE"] = "django.db.backends.sqlite3"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
