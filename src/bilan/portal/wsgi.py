"""The site as a WSGI application."""

from __future__ import annotations

import os

import ibis.backends.duckdb  # noqa: F401  the engine takes a second to load: before the first reader, not while he waits
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bilan.portal.settings")
application = get_wsgi_application()
_ = get_resolver().url_patterns  # every page with all that it needs, for the same reason
