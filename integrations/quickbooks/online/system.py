"""QuickBooks Online as the engine knows it: its entities, in the order in which they are brought over."""

from __future__ import annotations

from integrations import registry
from integrations.quickbooks.entities.account import Account
from integrations.quickbooks.entities.company import Company
from integrations.quickbooks.entities.customer import Customer
from integrations.quickbooks.entities.employee import Employee
from integrations.quickbooks.entities.item import Item
from integrations.quickbooks.entities.terms import Terms
from integrations.quickbooks.entities.time_entry import TimeEntry
from integrations.quickbooks.entities.tracking_class import TrackingClass
from integrations.quickbooks.entities.vendor import Vendor
from integrations.sync.mapper import Entity

from .dialect import OnlineDialect
from .driver import OnlineDriver

ENTITIES: tuple[Entity, ...] = (
    Company(),
    Account(),
    Item(),
    Employee(),
    Vendor(),
    TrackingClass(),
    Terms(),
    Customer(),
    TimeEntry(),
)


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
        )
    )
