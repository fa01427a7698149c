"""The shell alone: account pages and the style guide, which is otherwise served only while developing."""

from __future__ import annotations

from django.urls import include, path

from bigtime.core.styleguide import styleguide

urlpatterns = [path("accounts/", include("allauth.urls")), path("styleguide", styleguide, name="styleguide")]
