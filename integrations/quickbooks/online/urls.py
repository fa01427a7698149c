from __future__ import annotations

from django.urls import path

from . import app_views, connection_views, preflight_views, views

app_name = "quickbooks_online"

urlpatterns = [
    path("", connection_views.manage, name="manage"),
    path("enable/", views.enable, name="enable"),
    path("connect/", views.connect, name="connect"),
    path("callback/", views.callback, name="callback"),
    path("connected/", views.connected, name="connected"),
    path("state/", views.state, name="state"),
    path("other-company/<int:pk>/", views.other_company, name="other_company"),
    path("disable/", connection_views.disable, name="disable"),
    path("before-importing/", preflight_views.preflight, name="preflight"),
    path("before-importing/read/", preflight_views.read, name="preflight_read"),
    path("take-over/", connection_views.take_over, name="take_over"),
    path("intuit-app/", app_views.app, name="app"),
    path("intuit-app/test/", app_views.test, name="app_test"),
    path("intuit-app/remove/", app_views.remove, name="app_remove"),
]
