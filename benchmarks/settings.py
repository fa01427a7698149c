"""The application's settings, plus Django's admin: the pages' measure of comparison."""

from __future__ import annotations

from bigtime.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin"]  # noqa: F405
LOGGING["root"]["level"] = "ERROR"  # noqa: F405
