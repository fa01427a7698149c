from __future__ import annotations

from django.urls import path

from . import views

app_name = "codes"

urlpatterns = [
    path("", views.code_list, name="list"),
    path("accounts/", views.account_list, name="accounts"),
    path("classes/", views.class_list, name="classes"),
    path("payroll-items/", views.payroll_item_list, name="payroll_items"),
    path("new/", views.code_new, name="new"),
    path("state/", views.code_bulk, name="bulk"),
    path("<int:pk>/", views.code_edit, name="edit"),
]
