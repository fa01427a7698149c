from __future__ import annotations

from django.urls import path

from . import invitation_views, user_views, views

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
    path("invitation/<str:token>/", invitation_views.invitation, name="invitation"),
]
