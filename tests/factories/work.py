from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from bigtime.clients.models import Client, Project, Task
from bigtime.codes.models import Account, LaborCode, PayrollItem, TrackingClass
from bigtime.timesheets.models import TimeEntry, Timesheet

from .people import FirmFactory, StaffFactory

MONDAY = date(2026, 11, 16)


class AccountFactory(DjangoModelFactory[Account]):
    class Meta:
        model = Account

    firm = factory.SubFactory(FirmFactory)
    name = factory.Sequence(lambda n: f"Account #{n}")


class LaborCodeFactory(DjangoModelFactory[LaborCode]):
    class Meta:
        model = LaborCode

    firm = factory.SubFactory(FirmFactory)
    name = factory.Sequence(lambda n: f"Labor #{n}")
    rate = Decimal("120.00")


class TrackingClassFactory(DjangoModelFactory[TrackingClass]):
    class Meta:
        model = TrackingClass

    firm = factory.SubFactory(FirmFactory)
    name = factory.Sequence(lambda n: f"Class #{n}")


class PayrollItemFactory(DjangoModelFactory[PayrollItem]):
    class Meta:
        model = PayrollItem

    firm = factory.SubFactory(FirmFactory)
    name = factory.Sequence(lambda n: f"Hourly #{n}")
    kind = PayrollItem.Kind.HOURLY


class ClientFactory(DjangoModelFactory[Client]):
    class Meta:
        model = Client

    firm = factory.SubFactory(FirmFactory)
    name = factory.Sequence(lambda n: f"Client #{n}")


class ProjectFactory(DjangoModelFactory[Project]):
    class Meta:
        model = Project
        skip_postgeneration_save = True

    firm = factory.SubFactory(FirmFactory)
    client = factory.SubFactory(ClientFactory, firm=factory.SelfAttribute("..firm"))
    name = factory.Sequence(lambda n: f"Project #{n}")


class TaskFactory(DjangoModelFactory[Task]):
    class Meta:
        model = Task

    firm = factory.SubFactory(FirmFactory)
    project = factory.SubFactory(ProjectFactory, firm=factory.SelfAttribute("..firm"))
    name = factory.Sequence(lambda n: f"Task #{n}")


class TimesheetFactory(DjangoModelFactory[Timesheet]):
    class Meta:
        model = Timesheet

    firm = factory.SubFactory(FirmFactory)
    staff = factory.SubFactory(StaffFactory, firm=factory.SelfAttribute("..firm"))
    starts_on = MONDAY
    ends_on = factory.LazyAttribute(lambda o: o.starts_on + timedelta(days=6))


class TimeEntryFactory(DjangoModelFactory[TimeEntry]):
    class Meta:
        model = TimeEntry

    firm = factory.SubFactory(FirmFactory)
    timesheet = factory.SubFactory(TimesheetFactory, firm=factory.SelfAttribute("..firm"))
    staff = factory.SelfAttribute("timesheet.staff")
    project = factory.SubFactory(ProjectFactory, firm=factory.SelfAttribute("..firm"))
    labor_code = factory.SubFactory(LaborCodeFactory, firm=factory.SelfAttribute("..firm"))
    work_date = factory.SelfAttribute("timesheet.starts_on")
    minutes = 90
