"""Every entity the simulator offers: a new one is one file and one line here."""

from __future__ import annotations

from simulators.online.entities.account import ACCOUNT
from simulators.online.entities.company_info import COMPANY_INFO
from simulators.online.entities.customer import CUSTOMER
from simulators.online.entities.department import DEPARTMENT
from simulators.online.entities.employee import EMPLOYEE
from simulators.online.entities.item import ITEM
from simulators.online.entities.payment_method import PAYMENT_METHOD
from simulators.online.entities.preferences import PREFERENCES
from simulators.online.entities.term import TERM
from simulators.online.entities.time_activity import TIME_ACTIVITY
from simulators.online.entities.tracking_class import CLASS
from simulators.online.entities.vendor import VENDOR
from simulators.online.entity import Entity

_ALL = (
    COMPANY_INFO,
    PREFERENCES,
    ACCOUNT,
    TERM,
    PAYMENT_METHOD,
    CLASS,
    DEPARTMENT,
    ITEM,
    CUSTOMER,
    VENDOR,
    EMPLOYEE,
    TIME_ACTIVITY,
)
ENTITIES: dict[str, Entity] = {entity.name: entity for entity in _ALL}
BY_ADDRESS: dict[str, Entity] = {entity.address: entity for entity in _ALL}

# Classes and departments have long ids in real companies; clients that keep ids as 32-bit numbers break on them.
FIRST_ID = {"Class": 5_000_000_000_000_007_280, "Department": 1, "Account": 31}


def entity_named(name: str) -> Entity | None:
    """The entity of a name, whatever its case."""
    return BY_ADDRESS.get(name.lower())
