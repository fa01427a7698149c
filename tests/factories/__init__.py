"""One factory per model; every one makes a row that stands on its own feet."""

from __future__ import annotations

from .books import ConnectionFactory, LinkFactory, RemoteRecordFactory
from .people import FirmFactory, MembershipFactory, StaffFactory, UserFactory
from .work import (
    AccountFactory,
    ClientFactory,
    LaborCodeFactory,
    PayrollItemFactory,
    ProjectFactory,
    TaskFactory,
    TimeEntryFactory,
    TimesheetFactory,
    TrackingClassFactory,
)

__all__ = [
    "AccountFactory",
    "ClientFactory",
    "ConnectionFactory",
    "FirmFactory",
    "LaborCodeFactory",
    "LinkFactory",
    "MembershipFactory",
    "PayrollItemFactory",
    "ProjectFactory",
    "RemoteRecordFactory",
    "StaffFactory",
    "TaskFactory",
    "TimeEntryFactory",
    "TimesheetFactory",
    "TrackingClassFactory",
    "UserFactory",
]
