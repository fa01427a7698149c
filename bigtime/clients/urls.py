from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "clients"


def _soon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


urlpatterns = [
    path("clients/", _soon, name="client_list"),
    path("projects/", _soon, name="project_list"),
]
