from __future__ import annotations

from django.apps import AppConfig


class DesktopConfig(AppConfig):
    name = "integrations.quickbooks.desktop"
    label = "quickbooks_desktop"

    def ready(self) -> None:
        from . import shell, system  # noqa: PLC0415 - models are loaded only now

        system.install()
        shell.install()
