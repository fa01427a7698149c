from __future__ import annotations

from django.apps import AppConfig


class OnlineConfig(AppConfig):
    name = "integrations.quickbooks.online"
    label = "quickbooks_online"

    def ready(self) -> None:
        from . import shell, system  # noqa: PLC0415 - models are loaded only now

        system.install()
        shell.install()
