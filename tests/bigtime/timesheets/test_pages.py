"""The addresses by role: cells as JSON, approvals, one sheet, rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bigtime.clients.models import Project
from bigtime.firm.models import Firm
from bigtime.timesheets import services
from bigtime.timesheets.models import TimeEntry, Timesheet, TimesheetRow
from tests.factories import FirmFactory, StaffFactory, TimeEntryFactory, TimesheetFactory

MONDAY = date(2026, 11, 16)
pytestmark = pytest.mark.django_db
People = Callable[..., Any]


def browse(person: Any) -> Client:
    client = Client()
    client.force_login(person.membership.user, backend="bigtime.firm.backends.MemberBackend")
    return client


def send(client: Client, path: str, body: Any) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(path, text, content_type="application/json")


def cell(project: Project, text: str, seen: str = "", **more: Any) -> dict[str, Any]:
    return {"row": f"{project.pk}-0-0", "day": "2026-11-16", "text": text, "seen": seen, **more}


def test_a_cell_is_saved(person: People, project: Project) -> None:
    answer = send(browse(person()), "/timesheet/cell/", cell(project, "1,5", note="Logo"))
    assert (answer.status_code, answer.json()["cell"]) == (
        200,
        {
            "row": f"{project.pk}-0-0",
            "day": "2026-11-16",
            "minutes": 90,
            "text": "1:30",
            "note": "Logo",
            "seen": "1",
            "rounding": "",
        },
    )


def test_a_conflict_is_409_with_both_values(person: People, project: Project) -> None:
    dmitri, chloe = person(), person("manager", name="Chloe Martin")
    entry = dmitri.entry(project, minutes=90, version=7, changed_by=chloe.membership.user)
    answer = send(browse(dmitri), "/timesheet/cell/", cell(project, "2:00", "3"))
    assert answer.status_code == 409
    assert answer.json()["conflict"] == {
        "words": "Yours 2:00 · saved 1:30 by Chloe",
        "minutes": 90,
        "text": "1:30",
        "note": "",
        "seen": "7",
        "by": "Chloe",
    }
    entry.refresh_from_db()
    assert entry.minutes == 90


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text": "soon"}, "“soon” isn't a length of time. Write it like 1:30, 1.5, 1h30 or 90m."),
        ({"text": "25h"}, "A day has 24 hours; 25h is more than that."),
        ({"text": 5}, "The page sent something that isn't a cell. Reload it."),
        ({"day": "1999-01-01"}, "That isn't a day. Write it as year, month and day, like 2026-11-16."),
        ({"day": "2026-W47-1"}, "That isn't a day. Write it as year, month and day, like 2026-11-16."),
        ({"row": "1-2"}, "That row isn't one of this timesheet. Reload the page."),
        ({"row": "999999999999999999-0-0"}, "That project, task or code isn't there any more. Reload the page."),
        ({"seen": "x"}, "The page is too old. Reload it; what you typed stays until then."),
        ({"note": 5}, "The note isn't text."),
    ],
)
def test_what_cannot_be_a_cell_is_422_with_a_sentence(
    person: People, project: Project, change: dict[str, Any], sentence: str
) -> None:
    answer = send(browse(person()), "/timesheet/cell/", cell(project, "1") | change)
    assert (answer.status_code, answer.json()) == (422, {"error": sentence})
    assert not Timesheet.objects.exists()


def test_half_a_character_in_a_note_is_left_out(person: People, project: Project) -> None:
    """A browser's length limit may cut an emoji in two; half of it can't be stored."""
    body = json.dumps(cell(project, "1", note="Lunch \ud83d"))
    answer = send(browse(person()), "/timesheet/cell/", body)
    assert (answer.status_code, answer.json()["cell"]["note"]) == (200, "Lunch")
    assert TimeEntry.objects.get().note == "Lunch"


@pytest.mark.parametrize("body", ["", "[]", "5", "{", "[" * 100_000, b"\xff\xfe", '{"cells": []}', '{"cells": 5}'])
@pytest.mark.parametrize("path", ["/timesheet/cell/", "/timesheet/paste/"])
def test_unreadable_requests_are_refused(person: People, path: str, body: Any) -> None:
    answer = send(browse(person()), path, body)
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_three_megabytes_are_refused_with_a_sentence(person: People) -> None:
    answer = send(browse(person()), "/timesheet/paste/", '{"cells": "' + "x" * 3_000_000 + '"}')
    assert (answer.status_code, answer.json()) == (422, {"error": "Nothing was pasted. That is too much at once."})


def test_a_pasted_block_is_saved_or_refused_whole(person: People, project: Project) -> None:
    client = browse(person())
    good = cell(project, "1")
    bad = cell(project, "x") | {"day": "2026-11-17"}
    answer = send(client, "/timesheet/paste/", {"cells": [good, bad]})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("Nothing was pasted. “x” isn't a length of time.")
    assert not TimeEntry.objects.exists()
    answer = send(client, "/timesheet/paste/", {"cells": [good, bad | {"text": "2"}]})
    assert [one["minutes"] for one in answer.json()["cells"]] == [60, 120]


@pytest.mark.parametrize(
    ("role", "week", "write"),
    [("staff", 404, 403), ("manager", 200, 200), ("accountant", 200, 200), ("administrator", 200, 200)],
)
def test_whose_time_is_seen_and_corrected_by_role(
    person: People, project: Project, role: str, week: int, write: int
) -> None:
    dmitri, other = person(), person(role)
    client = browse(other)
    query = f"?staff={dmitri.staff.pk}"
    assert client.get(f"/timesheet/2026-11-16/{query}").status_code == week
    assert client.get(f"/timesheet/day/2026-11-16/{query}").status_code == week
    assert client.get(f"/timesheet/2026-11-16/add/{query}").status_code == week
    assert send(client, f"/timesheet/cell/{query}", cell(project, "1")).status_code == write
    assert TimeEntry.objects.count() == (1 if write == 200 else 0)


@pytest.mark.parametrize("asked", ["0", "x", "-1", "9" * 30, "٣"])
def test_an_unknown_person_is_not_found(person: People, asked: str) -> None:
    assert browse(person("administrator")).get(f"/timesheet/2026-11-16/?staff={asked}").status_code == 404


def test_another_firms_people_and_sheets_are_not_found(person: People, project: Project) -> None:
    stranger = browse(person("administrator", in_firm=FirmFactory.create()))
    dmitri = person()
    sheet = dmitri.entry(project).timesheet
    assert stranger.get(f"/timesheet/2026-11-16/?staff={dmitri.staff.pk}").status_code == 404
    assert stranger.get(f"/approvals/{sheet.pk}/").status_code == 404
    for act in ("approve", "reject", "reopen"):
        assert stranger.post(f"/approvals/{sheet.pk}/{act}/", {"seen": 0, "note": "x"}).status_code == 404
    answer = send(stranger, f"/timesheet/cell/?staff={dmitri.staff.pk}", cell(project, "3", "0"))
    assert answer.status_code == 403
    assert stranger.get("/timesheet/projects/?q=").json() == {"projects": [], "more": False}
    sheet.refresh_from_db()
    assert (sheet.status, sheet.version) == ("draft", 0)


@pytest.mark.parametrize(
    ("role", "status"), [("staff", 403), ("manager", 200), ("accountant", 200), ("administrator", 200)]
)
@pytest.mark.parametrize("tab", ["waiting", "missing", "decided", "nonsense"])
def test_approvals_by_role(person: People, role: str, status: int, tab: str) -> None:
    assert browse(person(role)).get(f"/approvals/?tab={tab}").status_code == status


@pytest.mark.parametrize("path", ["/timesheet/", "/timesheet/cell/", "/timesheet/day/", "/approvals/", "/approvals/1/"])
def test_signed_out_people_are_asked_to_sign_in(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code in (302, 405)


def submitted(who: Any, project: Project, **entry: Any) -> Timesheet:
    who.entry(project, **entry)
    return services.submit(by=who.membership, staff=who.staff, day=MONDAY)


def test_the_queue_shows_hours_share_and_notes(person: People, project: Project) -> None:
    dmitri, chloe = person(name="Dmitri Volkov"), person("manager")
    dmitri.entry(project, 0, 90, note="Call")
    dmitri.entry(project, 1, 45, is_billable=False)
    services.submit(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)
    page = browse(chloe).get("/approvals/").content.decode()
    assert "1 timesheet waits for you" in page
    assert "Dmitri Volkov" in page
    assert 'data-label="Hours">2:15<' in page
    assert 'data-label="Billable">67 %<' in page
    assert '<span class="count">1<' in page


def test_an_empty_queue_says_so(person: People) -> None:
    page = browse(person("manager")).get("/approvals/").content.decode()
    assert "Nothing waits for you" in page


def test_many_are_approved_at_once(person: People, project: Project) -> None:
    one, two, chloe = person(), person(), person("manager")
    first, second = submitted(one, project), submitted(two, project)
    ticked = [f"{first.pk}:{first.version}", f"{second.pk}:0", "x:y", "5"]
    page = browse(chloe).post("/approvals/approve/", {"sheet": ticked, "next": "/approvals/?q=a"}, follow=True)
    assert page.redirect_chain == [("/approvals/?q=a", 302)]
    text = page.content.decode()
    assert "1 timesheet is approved." in text
    assert "was changed since you opened this page" in text
    assert list(Timesheet.objects.order_by("pk").values_list("status", flat=True)) == ["approved", "submitted"]


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_stays_here(person: People, away: str) -> None:
    answer = browse(person("manager")).post("/approvals/approve/", {"next": away})
    assert answer["Location"] == "/approvals/"


def test_a_sheet_is_sent_back_with_a_note(person: People, project: Project) -> None:
    dmitri, chloe = person(), person("manager")
    sheet = submitted(dmitri, project)
    client = browse(chloe)
    answer = client.post(f"/approvals/{sheet.pk}/reject/", {"seen": sheet.version, "note": " "})
    assert answer.status_code == 409
    assert "Say in the note what has to change" in answer.content.decode()
    assert client.post(f"/approvals/{sheet.pk}/reject/", {"seen": sheet.version, "note": "Split it"}).status_code == 302
    assert "Split it" in browse(dmitri).get("/timesheet/2026-11-16/").content.decode()
    assert "was sent back by" in browse(dmitri).get("/timesheet/2026-11-16/").content.decode()


def test_a_stale_decision_keeps_the_typed_note(person: People, project: Project) -> None:
    dmitri, chloe = person(), person("manager")
    sheet = submitted(dmitri, project)
    services.recall(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)
    services.submit(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)
    answer = browse(chloe).post(f"/approvals/{sheet.pk}/reject/", {"seen": sheet.version, "note": "Split Monday"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "was changed since you opened this page" in page
    assert ">Split Monday</textarea>" in page
    sheet.refresh_from_db()
    assert sheet.status == "submitted"


def test_staff_read_their_own_sheet_and_decide_nothing(person: People, project: Project) -> None:
    dmitri = person()
    sheet = submitted(dmitri, project)
    client = browse(dmitri)
    page = client.get(f"/approvals/{sheet.pk}/")
    assert page.status_code == 200
    assert "Approve</button>" not in page.content.decode()
    assert client.post(f"/approvals/{sheet.pk}/approve/", {"seen": sheet.version}).status_code == 403


def test_whose_time_is_missing(person: People, project: Project, firm: Firm) -> None:
    done, draft, chloe = person(name="Done Dora"), person(name="Draft Dan"), person("manager")
    StaffFactory.create(firm=firm, name="Gone Gil", is_active=False)
    last_week = date(2026, 11, 9)
    done.entry(project, -7)
    services.submit(by=done.membership, staff=done.staff, day=last_week)
    draft.entry(project, -6, 90)
    page = browse(chloe).get("/approvals/?tab=missing").content.decode()
    assert "Nov 9 – 15, 2026" in page
    assert "Draft Dan" in page
    assert "Done Dora" not in page
    assert "Gone Gil" not in page
    assert 'data-label="Entered">1:30<' in page


def test_approvals_cost_the_same_queries_for_any_number(person: People, firm: Firm) -> None:
    client = browse(person("manager"))
    for tab in ("waiting", "missing", "decided"):
        counts = []
        for number in (1, 12):
            for _ in range(number):
                sheet = TimesheetFactory.create(firm=firm, status="approved" if tab == "decided" else "submitted")
                TimeEntryFactory.create(firm=firm, timesheet=sheet)
            client.get(f"/approvals/?tab={tab}")
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/approvals/?tab={tab}").status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert counts[1] <= 12, [q["sql"][:120] for q in queries]


def test_a_row_is_added_by_the_page_without_script(person: People, project: Project) -> None:
    client = browse(person())
    assert "Website relaunch" in client.get("/timesheet/2026-11-16/add/?q=acme").content.decode()
    answer = client.post("/timesheet/2026-11-16/add/", {"project": project.pk})
    assert answer["Location"] == f"/timesheet/2026-11-16/?focus={project.pk}-0-0"
    assert TimesheetRow.objects.get().project == project


@pytest.mark.parametrize(
    "sent", [{}, {"project": "x"}, {"project": "0"}, {"project": "9" * 30}, {"project": "99999999"}]
)
def test_a_row_of_nothing_is_refused(person: People, sent: dict[str, str]) -> None:
    answer = browse(person()).post("/timesheet/2026-11-16/add/", sent)
    assert answer.status_code == 422
    assert not TimesheetRow.objects.exists()


def test_the_day_saves_time_and_note_without_script(person: People, project: Project) -> None:
    dmitri = person()
    dmitri.entry(project, minutes=60, note="Old")
    client, name = browse(dmitri), f"{project.pk}-0-0:2026-11-16"
    form = {f"c:{name}": "2", f"s:{name}": "0|1:00", f"n:{name}": "New", f"o:{name}": "Old"}
    assert client.post("/timesheet/day/2026-11-16/", form).status_code == 302
    assert dmitri.stored() == [(project.pk, MONDAY, 120, "New")]
    bad = form | {f"c:{name}": "", f"n:{name}": "Kept", f"s:{name}": "1|2:00", f"o:{name}": "New"}
    answer = client.post("/timesheet/day/2026-11-16/", bad)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Enter the time first, then its note." in page
    assert 'value="Kept"' in page
    assert dmitri.stored() == [(project.pk, MONDAY, 120, "New")]


def test_the_pending_list_tells_what_waits(person: People, project: Project) -> None:
    dmitri, chloe = person(), person("manager")
    submitted(dmitri, project)
    page = browse(chloe).get(reverse("dashboard:home")).content.decode()
    assert "1 timesheet waits for your approval" in page
    assert "Your time in Nov 9 – 15, 2026 isn’t submitted" in page.replace("&#x27;", "’")
