"""QuickBooks Desktop as the engine knows it: its words, its entities, its driver."""

from __future__ import annotations

from integrations import registry
from integrations.quickbooks.entities import of_edition

from .dialect import DesktopDialect
from .driver import DesktopDriver

SYSTEM = "quickbooks_desktop"
ENTITIES = of_edition("desktop")


def install() -> None:
    registry.register(
        registry.System(
            key=SYSTEM,
            label="QuickBooks Desktop",
            sentence="Through the Sync Agent on the computer that runs QuickBooks.",
            mark="QB",
            css="qbd",
            entities={entity.key: entity for entity in ENTITIES},
            dialect=DesktopDialect(),
            driver=DesktopDriver(),
            manage_url="quickbooks_desktop:manage",
            waits_for="the Sync Agent",
            absent={
                "check_minutes": "Check for changes: the Sync Agent decides, because a company file can’t be called "
                "from outside. It checks 4 minutes after a sync, then after 8, 16, 32 minutes, up to 4 hours, then "
                "from 4 on anew; a change brings it back to 4. Sync now in its menu checks at once."
            },
            differs={
                "billable": "Billable time takes the service’s price: time in QuickBooks Desktop has no own rate."
            },
        )
    )
