from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bigtime.core import pending, tiles
from bigtime.dashboard.views import greeting
from bigtime.firm.models import Firm, Membership
from bigtime.staff.models import Staff
from tests.factories import FirmFactory, ProjectFactory, TimeEntryFactory, TimesheetFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
# Wednesday noon in Los Angeles.
NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 16)


def staff_of(membership: Membership) -> Staff:
    return Staff.objects.get(user=membership.user, firm=membership.firm)


def work(staff: Staff, day: date, minutes: int, *, billable: bool = True, status: str = "draft") -> None:
    start = day - timedelta(days=day.weekday())
    sheet = staff.timesheets.filter(starts_on=start).first() or TimesheetFactory.create(
        firm=staff.firm, staff=staff, starts_on=start, status=status
    )
    TimeEntryFactory.create(
        firm=staff.firm, timesheet=sheet, project=ProjectFactory.create(firm=staff.firm), work_date=day,
        minutes=minutes, is_billable=billable,
    )  # fmt: skip


@time_machine.travel(NOW, tick=False)
def test_staff_see_their_own_hours_and_managers_the_firms(
    signed_in: SignIn, member: Callable[..., Membership], firm: Firm
) -> None:
    browser = signed_in("staff")
    mine, other = staff_of(browser.membership), staff_of(member("staff"))  # type: ignore[attr-defined]
    work(mine, date(2026, 11, 18), 375)
    work(mine, MONDAY, 60, billable=False)
    work(other, MONDAY, 600, status="submitted")
    page = browser.get("/").content.decode()
    assert "6:15 of 8:00" in page
    assert "86.2 %" in page  # 375 of 435 minutes
    assert "nothing waits" in page
    office = signed_in("manager").get("/").content.decode()
    assert "94.2 %" in office  # 975 of 1035 minutes
    assert "17:15" in office
    assert "10:00" in office  # what waits for approval


@time_machine.travel(NOW, tick=False)
def test_the_chart_has_twelve_weeks_and_says_the_same_as_a_table(signed_in: SignIn) -> None:
    browser = signed_in("staff")
    mine = staff_of(browser.membership)  # type: ignore[attr-defined]
    work(mine, MONDAY - timedelta(weeks=11), 90)
    work(mine, MONDAY - timedelta(weeks=12), 600)  # before the first week
    work(mine, date(2026, 11, 22), 30, billable=False)
    response = browser.get("/")
    bars = response.context["main"][1][1]["bars"]
    assert [b.label for b in bars] == [f"W{n}" for n in range(36, 48)]
    assert bars[0].values == (Decimal("1.50"), Decimal("0.00"))
    assert bars[-1].values == (Decimal("0.00"), Decimal("0.50"))
    assert sum(b.total for b in bars) == Decimal("2.00")
    page = response.content.decode()
    assert '<svg class="chart"' in page
    assert '<td class="n">1.50</td>' in page


def test_a_week_that_starts_on_sunday_is_counted_so(signed_in: SignIn, firm: Firm) -> None:
    firm.week_start = 6
    firm.save()
    with time_machine.travel(NOW, tick=False):
        browser = signed_in("staff")
        work(staff_of(browser.membership), date(2026, 11, 15), 60)  # type: ignore[attr-defined]
        bars = browser.get("/").context["main"][1][1]["bars"]
    assert bars[-1].name == "Week of Sun Nov 15"
    assert bars[-1].total == Decimal("1.00")


@time_machine.travel(NOW, tick=False)
def test_today_is_the_firms_today(signed_in: SignIn, firm: Firm) -> None:
    Firm.objects.filter(pk=firm.pk).update(time_zone="Pacific/Auckland")  # there it is Thursday already
    browser = signed_in("staff")
    work(staff_of(browser.membership), date(2026, 11, 19), 120)  # type: ignore[attr-defined]
    page = browser.get("/").content.decode()
    assert "2:00 of 8:00" in page
    assert "Thursday, November 19" in page


@time_machine.travel(NOW, tick=False)
def test_the_dashboard_costs_the_same_with_little_and_much_time(
    signed_in: SignIn, member: Callable[..., Membership], firm: Firm
) -> None:
    browser = signed_in("administrator")
    people = [staff_of(browser.membership), *(staff_of(member("staff")) for _ in range(3))]  # type: ignore[attr-defined]
    work(people[0], MONDAY, 60)
    browser.get("/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/")
    for person in people:
        for days in range(1, 70, 3):
            work(person, MONDAY - timedelta(days=days), 45, status="submitted")
    with CaptureQueriesContext(connection) as many:
        browser.get("/")
    assert len(many) == len(few)


def test_an_empty_dashboard_says_what_to_do_next(signed_in: SignIn) -> None:
    page = signed_in("staff").get("/").content.decode()
    assert "No time in the last twelve weeks" in page
    assert "no time this month yet" in page


def test_somebody_without_a_staff_record_is_told(signed_in: SignIn) -> None:
    browser = signed_in("administrator")
    Staff.objects.all().delete()
    page = browser.get("/").content.decode()
    assert "No timesheet of your own" in page
    assert "Hours today" not in page


def test_another_firms_time_is_not_counted(signed_in: SignIn, member: Callable[..., Membership]) -> None:
    with time_machine.travel(NOW, tick=False):
        work(staff_of(member("staff", in_firm=FirmFactory.create())), MONDAY, 600)
        page = signed_in("administrator").get("/").content.decode()
    assert "No time in the last twelve weeks" in page


def test_upper_apps_add_tiles_and_pending_tasks(signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def source(request: Any) -> list[pending.Pending]:
        return [pending.Pending("41 hours <b>not posted</b>", 41, "/x/", label="Post"), pending.Pending("no", 0, "/y/")]

    def shout(request: Any) -> dict[str, Any]:
        return {"lines": [pending.Pending("a tile of another app", 1, "/z/")]}

    monkeypatch.setitem(pending._sources, "test", source)
    office_only = tiles.Tile("test", "dashboard/_pending.html", shout, "side", 1, frozenset({"administrator"}))
    monkeypatch.setitem(tiles._tiles, "test", office_only)
    page = signed_in("administrator").get("/").content.decode()
    assert "41 hours &lt;b&gt;not posted&lt;/b&gt;" in page
    assert page.index("a tile of another app") < page.index("41 hours")
    assert '"/y/"' not in page
    assert "a tile of another app" not in signed_in("staff").get("/").content.decode()


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "Good evening"), (4, "Good morning"), (12, "Good afternoon"), (18, "Good evening")]
)
def test_greeting(hour: int, words: str) -> None:
    assert greeting(datetime(2026, 11, 18, hour, tzinfo=UTC)) == words


@time_machine.travel(NOW, tick=False)
def test_time_shows_on_the_pages_of_client_project_and_person(signed_in: SignIn, firm: Firm) -> None:
    browser = signed_in("administrator")
    person = staff_of(browser.membership)  # type: ignore[attr-defined]
    project = ProjectFactory.create(firm=firm)
    urls = (f"/projects/{project.pk}/", f"/clients/{project.client_id}/", f"/company/staff/{person.pk}/")
    for url in urls:
        assert "No time yet" in browser.get(url).content.decode()
    sheet = TimesheetFactory.create(firm=firm, staff=person, status="approved")
    for day in range(5):
        TimeEntryFactory.create(
            firm=firm, timesheet=sheet, project=project, work_date=MONDAY + timedelta(days=day), minutes=75
        )
    costs = []
    for url in urls:
        with CaptureQueriesContext(connection) as captured:
            page = browser.get(url).content.decode()
        costs.append(len(captured))
        assert page.count("6:15") >= 3  # in all, billable, approved
    for day in range(30):
        old = TimesheetFactory.create(firm=firm, staff=person, starts_on=MONDAY - timedelta(weeks=day + 1))
        TimeEntryFactory.create(firm=firm, timesheet=old, project=project)
    for url, cost in zip(urls, costs, strict=True):
        with CaptureQueriesContext(connection) as captured:
            browser.get(url)
        assert len(captured) == cost
