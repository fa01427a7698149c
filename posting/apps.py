from __future__ import annotations

from django.apps import AppConfig


class PostingConfig(AppConfig):
    name = "posting"

    def ready(self) -> None:
        from . import shell  # noqa: PLC0415 - models are loaded only now

        shell.install()
