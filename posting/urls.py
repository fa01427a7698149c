from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "posting"


def _soon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


urlpatterns = [
    path("post-timesheets/", _soon, name="timesheets"),
    path("errors/", _soon, name="errors"),
    path("ledger/", _soon, name="ledger"),
]
