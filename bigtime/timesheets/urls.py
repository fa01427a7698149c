from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "timesheets"


def _soon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


urlpatterns = [
    path("timesheet/", _soon, name="week"),
    path("approvals/", _soon, name="approvals"),
]
