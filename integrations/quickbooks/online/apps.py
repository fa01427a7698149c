from __future__ import annotations

from django.apps import AppConfig


class OnlineConfig(AppConfig):
    name = "integrations.quickbooks.online"
    label = "quickbooks_online"
