from __future__ import annotations

from django.apps import AppConfig

from bigtime.core.navigation import NavItem, register


class CodesConfig(AppConfig):
    name = "bigtime.codes"

    def ready(self) -> None:
        from bigtime.core import pickers  # noqa: PLC0415

        from .models import Account, LaborCode  # noqa: PLC0415

        roles = frozenset({"administrator", "accountant"})
        register(NavItem("Codes", "codes:list", "tags", "My Company", 30, roles))
        codes, accounts = LaborCode.objects.active().order_by("name"), Account.objects.active()
        pickers.register(
            pickers.Picker("labor-code", LaborCode, codes.for_firm, ("name", "description")),
            pickers.Picker("account", Account, accounts.for_firm, ("name", "number"), roles),
        )
