from __future__ import annotations

from django.urls import path

from . import task_views, views

app_name = "clients"

urlpatterns = [
    path("clients/", views.client_list, name="client_list"),
    path("clients/new/", views.client_new, name="client_new"),
    path("clients/state/", views.client_bulk, name="client_bulk"),
    path("clients/<int:pk>/", views.client_detail, name="client_detail"),
    path("clients/<int:pk>/edit/", views.client_edit, name="client_edit"),
    path("projects/", views.project_list, name="project_list"),
    path("projects/new/", views.project_new, name="project_new"),
    path("projects/state/", views.project_bulk, name="project_bulk"),
    path("projects/<int:pk>/", views.project_detail, name="project_detail"),
    path("projects/<int:pk>/edit/", views.project_edit, name="project_edit"),
    path("projects/<int:pk>/tasks/", task_views.task_new, name="task_new"),
    path("projects/<int:pk>/tasks/state/", task_views.task_bulk, name="task_bulk"),
    path("projects/<int:pk>/tasks/<int:task_pk>/", task_views.task_edit, name="task_edit"),
]
