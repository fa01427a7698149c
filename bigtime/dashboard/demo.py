"""The demo firms: Northwind Consulting, full of work, and Lakeside Studio beside it, which must never see the other."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from bigtime.clients.models import Client, Project, Task
from bigtime.codes.models import LaborCode, TrackingClass
from bigtime.firm.models import Firm, Membership, User
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet, TimesheetEvent

from . import demo_lists as lists
from .demo_time import REJECTED, WEEKS, Work, entries, monday, sheets

LOCK = 7_246_001  # any number: two seedings at once wait for each other


@transaction.atomic
def seed(*, today: date | None = None) -> list[str]:
    """Makes the demo firms that aren't there yet and gives their names. Running it again changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    made = []
    for name, make in ((lists.FIRM, _northwind), (lists.SECOND_FIRM, _lakeside)):
        if not Firm.objects.filter(name=name).exists():
            zone = ZoneInfo("America/Los_Angeles")
            make(Firm.objects.create(name=name, time_zone=zone.key, currency="USD"), today or datetime.now(zone).date())
            made.append(name)
    return made


def _northwind(firm: Firm, today: date) -> None:
    Firm.objects.filter(pk=firm.pk).update(
        legal_name="Northwind Consulting LLC",
        address="1200 NW Marshall Street\nPortland, OR 97209",
        phone="503 555 0140",
        email="office@northwind.example.com",
        class_use=Firm.ClassUse.OPTIONAL,
    )
    staff = _people(firm, lists.PEOPLE)
    codes = _codes(firm, lists.CODES)
    projects = _projects(firm, lists.CLIENTS, lists.PROJECTS, list(staff.values()), today)
    _classes(firm, projects)
    tasks: dict[int, list[Task]] = {}
    for task in Task.objects.for_firm(firm).order_by("pk"):
        tasks.setdefault(task.project_id, []).append(task)
    booked = [p for p in projects if p.status == Project.Status.ACTIVE]
    work = [
        # Each person works on six neighbouring projects, so that teams overlap as they do in life.
        Work(p, staff[p.name], (booked * 2)[at * 3 % len(booked) :][:6], [codes[c] for c in p.codes], tasks)
        for at, p in enumerate(lists.PEOPLE)
    ]
    _time(firm, work, today, approver=User.objects.get(email="chloe@example.com"))


def _lakeside(firm: Firm, today: date) -> None:
    theirs = "lakeside.example.com"
    people = (
        lists.Person("Leo Hart", "administrator", "Owner", ("Architecture",), 140, 70, "", domain=theirs),
        lists.Person("Mina Park", "staff", "Draughtswoman", ("Drawing",), 95, 50, "Leo Hart", domain=theirs),
    )
    staff = _people(firm, people)
    codes = _codes(firm, (("Architecture", None, True), ("Drawing", None, True)))
    clients = (("Harbor House", "", ""), ("Acme Corp", "", ""))
    projects = _projects(
        firm,
        clients,
        (("Harbor House", "Boat shed", ()), ("Acme Corp", "Lobby", ()), ("Acme Corp", "Canteen", ())),
        [],
        today,
    )
    work = [Work(p, staff[p.name], projects, [codes[c] for c in p.codes], {}) for p in people]
    _time(firm, work, today, approver=User.objects.get(email="leo@example.com"))


def _people(firm: Firm, people: tuple[lists.Person, ...]) -> dict[str, Staff]:
    # Hashing is slow on purpose: the demo's one password is hashed once.
    password = make_password(lists.PASSWORD)
    known = {u.email: u for u in User.objects.filter(email__in=[p.login for p in people])}
    new = [User(email=p.login, name=p.name, password=password) for p in people if p.login not in known]
    known |= {u.email: u for u in User.objects.bulk_create(new)}
    EmailAddress.objects.bulk_create([EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in new])
    Membership.objects.bulk_create([Membership(firm=firm, user=known[p.login], role=p.role) for p in people])
    rows = [_staff(firm, p, known[p.login]) for p in people]
    staff = {s.name: s for s in Staff.objects.bulk_create(rows)}
    for person in people:
        if person.manager:
            staff[person.name].manager = staff[person.manager]
    Staff.objects.bulk_update(staff.values(), ["manager"])
    return staff


def _staff(firm: Firm, person: lists.Person, user: User) -> Staff:
    first, last = person.name.split(" ", 1)
    return Staff(
        firm=firm, user=user, name=person.name, first_name=first, last_name=last, email=person.email,
        title=person.title, number=person.number, kind=person.kind, bill_rate=person.bill, cost_rate=person.cost,
        week_minutes=person.week_hours * 60,
    )  # fmt: skip


def _codes(firm: Firm, codes: tuple[tuple[str, Any, bool], ...]) -> dict[str, LaborCode]:
    rows = [LaborCode(firm=firm, name=name, rate=rate, is_billable=billable) for name, rate, billable in codes]
    return {code.name: code for code in LaborCode.objects.bulk_create(rows)}


def _classes(firm: Firm, projects: list[Project]) -> None:
    """Some projects belong to a class; time on them carries it."""
    made = TrackingClass.objects.bulk_create(TrackingClass(firm=firm, name=name) for name in lists.CLASSES)
    by_name = {each.name: each for each in made}
    for project in projects:
        project.tracking_class = by_name.get(lists.CLASS_OF.get(project.client.name, ""))
    Project.objects.bulk_update(projects, ["tracking_class"])


def _projects(firm: Firm, clients: Any, projects: Any, staff: list[Staff], today: date) -> list[Project]:
    rows = [Client(firm=firm, name=name, email=email, company=company) for name, email, company in clients]
    by_name = {client.name: client for client in Client.objects.bulk_create(rows)}
    made = Project.objects.bulk_create(
        Project(
            firm=firm, client=by_name[client], name=name, code=f"P{number:03}", is_billable=name not in lists.UNBILLED,
            status=Project.Status.PLANNED if name in lists.PLANNED else Project.Status.ACTIVE,
            lead=staff[(3, 0, 6, 11)[number % 4]] if staff else None,
            starts_on=monday(today) - timedelta(weeks=WEEKS + number % 7),
            ends_on=monday(today) + timedelta(weeks=4 + number) if number % 3 else None,
        )
        for number, (client, name, _) in enumerate(projects, start=1)
    )  # fmt: skip
    tasks = [
        Task(firm=firm, project=project, name=name, budget_minutes=60 * (80 + 40 * at))
        for project, (_, _, names) in zip(made, projects, strict=True)
        for at, name in enumerate(names)
    ]
    Task.objects.bulk_create(tasks)
    return made


def _time(firm: Firm, work: list[Work], today: date, *, approver: User) -> None:
    made = Timesheet.objects.bulk_create(sheets(firm, work, today, approver))
    by_week = {(sheet.staff_id, sheet.starts_on): sheet for sheet in made}
    TimeEntry.objects.bulk_create(entries(work, by_week, today), batch_size=1000)
    for one in work:
        worked = TimeEntry.objects.filter(staff=one.staff).values("project").distinct()
        one.staff.projects.set(Project.objects.filter(pk__in=worked))
    _events(firm, made, approver)


def _events(firm: Firm, made: list[Timesheet], approver: User) -> None:
    """What happened to each timesheet, at the times the timesheets themselves say."""
    handed_in = [
        TimesheetEvent(firm=firm, timesheet=s, action="submitted", by=s.staff.user) for s in made if s.submitted_at
    ]
    decided = [
        TimesheetEvent(
            firm=firm, timesheet=s, action="rejected" if s.status == REJECTED else "approved", by=approver, note=s.note
        )
        for s in made
        if s.decided_at
    ]
    TimesheetEvent.objects.bulk_create(handed_in + decided)
    sheet = Timesheet.objects.filter(pk=OuterRef("timesheet"))
    submitted = TimesheetEvent.objects.filter(firm=firm, action="submitted")
    submitted.update(at=Subquery(sheet.values("submitted_at")[:1]))
    TimesheetEvent.objects.filter(firm=firm).exclude(action="submitted").update(
        at=Subquery(sheet.values("decided_at")[:1])
    )
