from __future__ import annotations

from django.urls import path

from . import audit_pages, invitation_views, list_views, picker_views, user_views, views

app_name = "firm"

urlpatterns = [
    path("", views.settings, name="settings"),
    path("switch/", views.switch, name="switch"),
    path("theme/", views.theme, name="theme"),
    path("users/", user_views.users, name="users"),
    path("users/invite/", user_views.invite, name="invite"),
    path("users/invitations/<int:pk>/again/", user_views.invite_again, name="invite_again"),
    path("users/invitations/<int:pk>/withdraw/", user_views.withdraw, name="withdraw"),
    path("users/<int:pk>/role/", user_views.role, name="role"),
    path("users/<int:pk>/state/", user_views.state, name="state"),
    path("audit/", audit_pages.audit, name="audit"),
    path("pick/<slug:kind>/", picker_views.pick, name="pick"),
    path("views/", list_views.view_save, name="view_save"),
    path("views/<int:pk>/", list_views.view_edit, name="view"),
    path("views/<int:pk>/keep/", list_views.view_keep, name="view_keep"),
    path("views/<int:pk>/default/", list_views.view_default, name="view_default"),
    path("views/<int:pk>/delete/", list_views.view_delete, name="view_delete"),
    path("invitation/<str:token>/", invitation_views.invitation, name="invitation"),
]
