from __future__ import annotations

from django.urls import path

from .views import attention, history, links, ours, preview, record, settings, sync, systems

app_name = "integrations"

urlpatterns = [
    path("", systems.integration_list, name="list"),
    path("settings/", settings.settings, name="settings"),
    path("settings/<slug:tab>/", settings.settings, name="settings_tab"),
    path("sync/", sync.panel, name="sync"),
    path("sync/tile/", sync.tile, name="tile"),
    path("sync/start/", sync.start, name="start"),
    path("sync/preview/", preview.preview, name="preview"),
    path("sync/preview/decide/", preview.decide, name="decide"),
    path("sync/attention/", attention.attention, name="attention"),
    path("sync/attention/act/", attention.attention_act, name="attention_act"),
    path("sync/links/", links.links, name="links"),
    path("sync/links/act/", links.links_act, name="links_act"),
    path("sync/records/<int:pk>/", record.record, name="record"),
    path("sync/records/<int:pk>/act/", record.record_act, name="record_act"),
    path("sync/ours/<str:model>/<int:pk>/", ours.local, name="local"),
    path("sync/history/", history.history, name="history"),
    path("sync/<int:pk>/", history.run, name="run"),
    path("sync/<int:pk>/cancel/", sync.cancel, name="cancel"),
    path("sync/<int:pk>/resume/", sync.resume, name="resume"),
    path("sync/<int:pk>/import/", sync.import_, name="import"),
]
