from __future__ import annotations

from django.urls import path

from . import batches, errors, former, ledger, missing, views

app_name = "posting"

urlpatterns = [
    path("post-timesheets/", views.timesheets, name="timesheets"),
    path("post-timesheets/post/", views.post, name="post"),
    path("post-timesheets/<int:pk>/preview/", views.preview, name="preview"),
    path("batches/", batches.batches, name="batches"),
    path("batches/<int:pk>/", batches.batch, name="batch"),
    path("errors/", errors.errors, name="errors"),
    path("errors/former/", former.former, name="former"),
    path("errors/former/act/", former.former_act, name="former_act"),
    path("errors/missing/", missing.missing, name="missing"),
    path("errors/missing/act/", missing.missing_act, name="missing_act"),
    path("errors/<slug:key>/", errors.error, name="error"),
    path("errors/<slug:key>/act/", errors.act, name="act"),
    path("operations/<int:pk>/attach/", errors.attach, name="attach"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/<int:pk>/", ledger.operation, name="operation"),
]
