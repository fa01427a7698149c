"""Pages for administrators, and the addresses that programs call, under one name."""

from __future__ import annotations

from django.urls import include, path

from . import agent_api, endpoint, views

app_name = "quickbooks_desktop"

pages = [
    path("", views.manage, name="manage"),
    path("live/", views.live, name="live"),
    path("enable/", views.enable, name="enable"),
    path("grant/", views.grant, name="grant"),
    path("steps/", views.steps, name="steps"),
    path("download/<str:name>", views.download, name="download"),
    path("web-connector/", views.web_connector, name="web_connector"),
    path("web-connector/<int:pk>/bigtime.qwc", views.qwc_file, name="qwc"),
    path("computers/<int:pk>/", views.computer, name="computer"),
    path("help/", views.troubleshooting, name="help"),
    path("disable/", views.disable, name="disable"),
]

programs = [
    path("soap", endpoint.service, name="soap"),
    path("support", endpoint.support, name="support"),
    path("agent/sign-in", agent_api.sign_in_view, name="agent_sign_in"),
    path("agent/register", agent_api.register, name="agent_register"),
    path("agent/company", agent_api.company, name="agent_company"),
    path("agent/heartbeat", agent_api.heartbeat, name="agent_heartbeat"),
    path("agent/sync-now", agent_api.sync_now, name="agent_sync_now"),
    path("agent/pause", agent_api.pause, name="agent_pause"),
    path("agent/report", agent_api.report, name="agent_report"),
    path("agent/sign-out", agent_api.sign_out, name="agent_sign_out"),
]

urlpatterns = [
    path("company/integrations/quickbooks-desktop/", include(pages)),
    path("quickbooks/desktop/", include(programs)),
]
