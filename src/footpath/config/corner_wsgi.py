"""The WSGI application of the Question Corner."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "footpath.config.corner"

application = get_wsgi_application()
