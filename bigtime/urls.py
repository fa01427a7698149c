"""The index of addresses. The upper floors are named by string: this file is settings, not a floor."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from bigtime.core import views as core

urlpatterns = [
    path("healthz", core.healthz, name="healthz"),
    path("readyz", core.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("", include("bigtime.dashboard.urls")),
    path("", include("bigtime.timesheets.urls")),
    path("", include("bigtime.clients.urls")),
    path("company/", include("bigtime.firm.urls")),
    path("company/staff/", include("bigtime.staff.urls")),
    path("company/codes/", include("bigtime.codes.urls")),
    path("company/integrations/", include("integrations.urls")),
    path("company/integrations/quickbooks-online/", include("integrations.quickbooks.online.urls")),
    path("", include("integrations.quickbooks.desktop.urls")),
    path("quickbooks/", include("posting.urls")),
]

if settings.DEBUG:
    from bigtime.core.styleguide import styleguide

    urlpatterns.append(path("styleguide", styleguide, name="styleguide"))
