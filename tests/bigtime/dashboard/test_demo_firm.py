"""The demo's firm as seeded, looked at from all sides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import F, Sum
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from bigtime.clients.models import Client as Customer
from bigtime.clients.models import Project
from bigtime.codes.models import TrackingClass
from bigtime.dashboard.demo import seed
from bigtime.dashboard.demo_lists import PASSWORD
from bigtime.firm.models import Firm, Membership, User
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from simulators.online.seed import northwind_lists as books

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The seeded firms, for all tests that only look."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed(today=FRIDAY)
        yield
        transaction.set_rollback(True)


def test_the_demo_is_what_its_documentation_says(demo: None) -> None:
    firm = Firm.objects.get(name="Northwind Consulting")
    assert (firm.currency, firm.time_zone) == ("USD", "America/Los_Angeles")
    assert Staff.objects.for_firm(firm).count() == 12
    assert Customer.objects.for_firm(firm).count() == 9
    assert Project.objects.for_firm(firm).count() == 20
    roles = dict(Membership.objects.filter(firm=firm).values_list("user__email", "role"))
    assert len(roles) == 12
    assert [roles[f"{name}@example.com"] for name in ("maya", "aisha", "chloe", "dmitri", "ben")] == [
        "administrator", "accountant", "manager", "staff", "staff",
    ]  # fmt: skip
    assert Staff.objects.get(name="Ben Ortiz").kind == Staff.Kind.CONTRACTOR
    sheets = Timesheet.objects.for_firm(firm)
    assert sheets.values("starts_on").distinct().count() == 16
    assert set(sheets.filter(starts_on__lt=date(2026, 11, 9)).values_list("status", flat=True)) == {"approved"}
    last = list(sheets.filter(starts_on=date(2026, 11, 9)).values_list("status", flat=True))
    assert (last.count("rejected"), last.count("draft")) == (1, 1)
    assert last.count("submitted") >= 4
    assert set(sheets.filter(starts_on=date(2026, 11, 16)).values_list("status", flat=True)) == {"draft"}
    assert not TimeEntry.objects.filter(work_date__gt=FRIDAY).exists()
    assert Membership.objects.get(firm__name="Lakeside Studio", role="administrator").user.email == "leo@example.com"


def test_everybody_can_sign_in(demo: None) -> None:
    for name in ("maya", "aisha", "chloe", "dmitri", "leo"):
        assert authenticate(username=f"{name}@example.com", password=PASSWORD) is not None


def test_days_are_plausible_and_teams_are_who_worked(demo: None) -> None:
    days = TimeEntry.objects.order_by().values("staff", "work_date").annotate(total=Sum("minutes"))
    assert max(day["total"] for day in days) <= 12 * 60
    for project in Project.objects.filter(entries__isnull=False).distinct():
        workers = set(project.entries.values_list("staff", flat=True))
        assert set(project.team.values_list("pk", flat=True)) == workers


def test_most_names_are_those_of_the_simulated_books_and_a_few_differ(demo: None) -> None:
    firm = Firm.objects.get(name="Northwind Consulting")
    theirs = set(books.JOBS)
    ours = set(Project.objects.for_firm(firm).values_list("client__name", "name"))
    assert sorted(name for _, name in ours - theirs) == ["ERP Roll-Out", "HIPAA  readiness", "Loyalty program"]
    people = {f"{first} {last}" for first, last, _, _ in books.EMPLOYEES} | {v[0] for v in books.VENDORS}
    assert set(Staff.objects.for_firm(firm).values_list("name", flat=True)) <= people


def test_classes_are_those_of_the_simulated_books_and_time_carries_them(demo: None) -> None:
    firm = Firm.objects.get(name="Northwind Consulting")
    paths = {name.replace(" › ", ":") for name in TrackingClass.objects.for_firm(firm).values_list("name", flat=True)}
    assert (firm.class_use, paths) == ("optional", set(books.CLASSES))
    entries = TimeEntry.objects.filter(firm=firm)
    assert entries.exclude(tracking_class=F("project__tracking_class")).exclude(tracking_class=None).count() == 0
    assert entries.filter(tracking_class__name="West › Oregon").exists()


def test_the_two_firms_never_see_each_other(demo: None) -> None:
    leo = Client()
    leo.force_login(User.objects.get(email="leo@example.com"), backend="bigtime.firm.backends.MemberBackend")
    theirs = Firm.objects.get(name="Northwind Consulting")
    for url in ("/", "/clients/", "/projects/", "/company/staff/", "/company/codes/", "/company/users/"):
        page = leo.get(url).content.decode()
        assert "Globex" not in page
        assert "Okafor" not in page
    for kind, row in (
        ("clients", Customer.objects.for_firm(theirs).first()),
        ("projects", Project.objects.for_firm(theirs).first()),
        ("company/staff", Staff.objects.for_firm(theirs).first()),
    ):
        assert row is not None
        assert leo.get(f"/{kind}/{row.pk}/").status_code == 404
