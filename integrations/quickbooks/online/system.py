"""QuickBooks Online as the engine knows it: its words, its entities, its driver."""

from __future__ import annotations

from integrations import registry
from integrations.quickbooks.entities import of_edition

from .dialect import OnlineDialect
from .driver import OnlineDriver
from .faults import MENDS

ENTITIES = of_edition("online")


def install() -> None:
    registry.register(
        registry.System(
            key="quickbooks_online",
            label="QuickBooks Online",
            sentence="Lists come in, approved time goes out. Connects through Intuit, from any browser.",
            mark="qb",
            css="qbo",
            entities={entity.key: entity for entity in ENTITIES},
            dialect=OnlineDialect(),
            driver=OnlineDriver(),
            manage_url="quickbooks_online:manage",
            absent={
                "payroll_way": "Payroll items: QuickBooks Online has no list of them in its public API, so time goes "
                "there without one. QuickBooks Online Payroll pays by the pay type it holds for the employee."
            },
            differs={
                "receivable_account": "QuickBooks Online’s API takes no such account with an invoice: QuickBooks "
                "chooses it itself. What is chosen here says which one is meant where there are several."
            },
            mends=MENDS,
        )
    )
