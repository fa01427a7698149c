from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "integrations"


def _soon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


urlpatterns = [
    path("", _soon, name="list"),
]
