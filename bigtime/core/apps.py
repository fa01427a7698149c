from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "bigtime.core"

    def ready(self) -> None:
        from . import prepared  # noqa: F401, PLC0415 - so that `any_of` is known
