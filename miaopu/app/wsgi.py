"""The WSGI application that the web server runs."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miaopu.app.settings")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # every view is read once, before workers are forked
