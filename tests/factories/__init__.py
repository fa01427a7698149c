"""One factory per model; every one makes a row that stands on its own feet."""

from __future__ import annotations

from .books import ConnectionFactory, LinkFactory, RemoteRecordFactory
from .people import FirmFactory, MembershipFactory, StaffFactory, UserFactory
from .work import (
    AccountFactory,
    ClientFactory,
    LaborCodeFactory,
    ProjectFactory,
    TaskFactory,
    TimeEntryFactory,
    TimesheetFactory,
)

__all__ = [
    "AccountFactory",
    "ClientFactory",
    "ConnectionFactory",
    "FirmFactory",
    "LaborCodeFactory",
    "LinkFactory",
    "MembershipFactory",
    "ProjectFactory",
    "RemoteRecordFactory",
    "StaffFactory",
    "TaskFactory",
    "TimeEntryFactory",
    "TimesheetFactory",
    "UserFactory",
]
