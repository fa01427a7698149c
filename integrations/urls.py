from __future__ import annotations

from django.urls import path

from .views import preview, sync, systems

app_name = "integrations"

urlpatterns = [
    path("", systems.integration_list, name="list"),
    path("sync/", sync.panel, name="sync"),
    path("sync/start/", sync.start, name="start"),
    path("sync/preview/", preview.preview, name="preview"),
    path("sync/preview/decide/", preview.decide, name="decide"),
    path("sync/history/", sync.history, name="history"),
    path("sync/<int:pk>/", sync.run, name="run"),
    path("sync/<int:pk>/cancel/", sync.cancel, name="cancel"),
    path("sync/<int:pk>/resume/", sync.resume, name="resume"),
    path("sync/<int:pk>/import/", sync.import_, name="import"),
]
