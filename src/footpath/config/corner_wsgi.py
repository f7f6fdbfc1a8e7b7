"""The WSGI application of the Question Corner, and the thread that mixes once a day."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "footpath.config.corner"

application = get_wsgi_application()

from footpath.config import corner_timetable  # noqa: E402 - the settings must be there

corner_timetable.start()
