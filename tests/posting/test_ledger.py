"""The posting ledger: who, what, when, what was sent and answered, ids on both sides; the export is what is shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from bigtime.core import status_words
from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation, OperationEvent
from tests.factories import ConnectionFactory, FirmFactory, LaborCodeFactory, RemoteRecordFactory, TaskFactory
from tests.postable import Postable

from .desk import Desk
from .test_pages import text

pytestmark = pytest.mark.django_db
URL = "/quickbooks/ledger/"


def export(client: Any, query: str = "") -> list[list[str]]:
    answer = client.get(f"{URL}?format=csv{query}")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


@pytest.fixture
def two(desk: Desk, aisha: Any) -> list[Operation]:
    """One posted, one refused, asked for by Aisha at a known moment."""
    desk.post(desk.sheet(60, 75), by=aisha.membership.user)
    posted, refused = Operation.objects.order_by("pk")
    moment = datetime(2026, 11, 20, 3, 15, 30, tzinfo=UTC)
    values = {"marker": "AAAAAAAAAA", "remote_id": "4711", "attempts": 1, "finished_at": moment}
    values["payload"] = {"TxnDate": "2026-11-18", "Hours": 1}
    Operation.objects.filter(pk=posted.pk).update(state="posted", created_at=moment, **values)
    values = {"marker": "BBBBBBBBBB", "error_text": "=Refused", "attempts": 2}
    Operation.objects.filter(pk=refused.pk).update(state="rejected", created_at=moment, **values)
    firm = desk.connection.firm
    firm.time_zone = "America/Los_Angeles"
    firm.save()
    return list(Operation.objects.order_by("pk"))


def test_the_export_is_exact_and_safe_in_a_spreadsheet(two: list[Operation], aisha: Any) -> None:
    posted, refused = two
    day = TimeEntry.objects.get(pk=refused.local_id).work_date.isoformat()
    head, *rows = export(aisha, "&sort=record")
    assert head == [
        "Record", "Day", "Hours", "State", "Asked for", "By", "Settled", "QuickBooks number", "Mark", "Reason",
    ]  # fmt: skip
    assert rows == [
        [posted.label, "2026-11-18", "1.00", "Posted", "2026-11-19 19:15:30", "Aisha Khan",
         "2026-11-19 19:15:30", "4711", "AAAAAAAAAA", ""],
        [refused.label, day, "1.25", "Failed", "2026-11-19 19:15:30", "Aisha Khan", "", "",
         "BBBBBBBBBB", "'=Refused"],
    ]  # fmt: skip
    every = "".join(f"&cols={each}" for each in ("record", "verb", "tries"))
    assert export(aisha, f"&sort=record{every}")[1:] == [[posted.label, "Create", "1"], [refused.label, "Create", "2"]]


WORDS = {
    "Queued": ["ready"], "Sending": ["sending"], "Unknown outcome": ["in_doubt"], "Posted": ["posted"],
    "Changed since posted": ["posted_diverged"], "Missing in QuickBooks": ["absent"],
    "Failed": ["blocked_mapping", "blocked_inactive", "blocked_period", "blocked_auth", "rejected", "needs_person"],
    "Skipped": ["cancelled", "skipped"],
}  # fmt: skip


def test_the_same_status_words_in_table_filter_sort_and_export(desk: Desk, aisha: Any) -> None:
    desk.post(desk.sheet(*[10] * len(Operation.State)))
    for operation, state in zip(Operation.objects.all(), Operation.State, strict=True):
        Operation.objects.filter(pk=operation.pk).update(state=state, remote_id=state.value)
    exported = [row[3] for row in export(aisha, "&sort=state")[1:]]
    assert exported == sorted(word for word, states in WORDS.items() for _ in states)
    page = aisha.get(URL).content.decode()
    for word, states in WORDS.items():
        key = word.lower().replace(" ", "_")
        colour, known = status_words.WORDS[key]
        assert (known, page.count(f'<span class="tag {colour}">{word}</span>')) == (word, len(states)) or not colour
        assert f'href="/quickbooks/ledger/?state={key}"><span class="clip">{word}</span>' in page
        assert {row[7] for row in export(aisha, f"&state={key}")[1:]} == set(states)


def test_the_export_is_what_the_filters_show(two: list[Operation], aisha: Any) -> None:
    assert [row[8] for row in export(aisha, "&state=failed")[1:]] == ["BBBBBBBBBB"]
    assert [row[8] for row in export(aisha, "&q=4711")[1:]] == ["AAAAAAAAAA"]
    assert export(aisha, "&q=nothing+such")[1:] == []


def test_another_firm_s_postings_are_not_in_it(two: list[Operation], aisha: Any) -> None:
    theirs = Desk(ConnectionFactory.create(firm=FirmFactory.create()))
    theirs.post(theirs.sheet(33))
    assert len(export(aisha)) == 3
    foreign = Operation.objects.get(connection=theirs.connection)
    assert aisha.get(f"{URL}{foreign.pk}/").status_code == 404


def test_a_record_s_own_page(two: list[Operation], aisha: Any) -> None:
    posted, refused = two
    OperationEvent.objects.create(operation=posted, to_state="posted", evidence={"tid": "1-abc", "remote_id": "4711"})
    page = text(aisha.get(f"{URL}{posted.pk}/"))
    for words in ("QuickBooks number 4711", "~AAAAAAAAAA", "Nov 19, 2026, 19:15 by Aisha Khan", "tid: 1-abc"):
        assert words in page
    assert "Attach its number" not in page
    assert "Attach its number" in text(aisha.get(f"{URL}{refused.pk}/"))


def test_what_was_changed_over_there_is_told_in_words(two: list[Operation], aisha: Any) -> None:
    posted, _ = two
    evidence = {"version": "3", "differences": ["minutes", "employee", "vendor"]}
    OperationEvent.objects.create(operation=posted, to_state="posted_diverged", evidence=evidence)
    said = "QuickBooks has now other values for: the length of time, the person. They are left as they are."
    assert said in text(aisha.get(f"{URL}{posted.pk}/"))


def test_what_was_changed_over_there_is_found_by_the_words_shown(two: list[Operation], aisha: Any) -> None:
    posted, _ = two
    Operation.objects.filter(pk=posted.pk).update(state="posted_diverged")
    for differences in (["rate"], ["minutes", "employee"]):
        evidence = {"differences": differences}
        OperationEvent.objects.create(operation=posted, to_state="posted_diverged", evidence=evidence)
    assert "Changed in QuickBooks: the length of time, the person" in text(aisha.get(URL))
    for words in ("length of time", "Changed in QuickBooks: the length of time, the person", "person", "changed"):
        assert [row[0] for row in export(aisha, f"&{urlencode({'q': words})}")[1:]] == [posted.label], words
    for words in ("rate", "the note", "length Refused"):
        assert export(aisha, f"&{urlencode({'q': words})}")[1:] == [], words


@pytest.fixture
def changed(desk: Desk, two: list[Operation]) -> Operation:
    """Edited in QuickBooks: longer, for another job, by a contractor, of whom nothing was read yet.

    Their numbers are none that a factory counts up to.
    """
    posted, _ = two
    for entity, number, name, above in (
        ("customer", "Q7", "Acme", ""), ("customer", "Q8", "Site", "Q7"), ("customer", "Q9", "Other", "Q7"),
        ("employee", "Q3", "Maya Okafor", ""),
    ):  # fmt: skip
        RemoteRecordFactory.create(
            connection=desk.connection, entity=entity, remote_id=number, name=name, parent_id=above
        )
    evidence = {
        "version": "3",
        "differences": ["day", "kind", "employee", "customer", "minutes", "description", "billable", "rate"],
        "sent": {
            "day": "2026-11-18", "kind": "Employee", "employee": "Q3", "customer": "Q8", "minutes": 150,
            "billable": "Billable", "rate": 120.0,
        },
        "there": {
            "day": "2026-11-19", "kind": "Vendor", "vendor": "44", "customer": "Q9", "minutes": 270,
            "description": "Longer", "billable": "HasBeenBilled", "rate": 125.5,
        },
    }  # fmt: skip
    Operation.objects.filter(pk=posted.pk).update(state="posted_diverged")
    OperationEvent.objects.create(operation=posted, to_state="posted_diverged", evidence=evidence)
    return posted


def test_days_that_were_never_sent_are_those_of_the_entries_also_in_order(two: list[Operation], aisha: Any) -> None:
    posted, refused = two
    day = TimeEntry.objects.get(pk=refused.local_id).work_date
    for sent, order in ((day - timedelta(days=1), [posted, refused]), (day + timedelta(days=1), [refused, posted])):
        Operation.objects.filter(pk=posted.pk).update(payload={"TxnDate": sent.isoformat()})
        days = {posted.pk: sent.isoformat(), refused.pk: day.isoformat()}
        expected = [[each.label, days[each.pk]] for each in order]
        assert export(aisha, "&sort=day&cols=record&cols=day")[1:] == expected
        assert export(aisha, "&sort=-day&cols=record&cols=day")[1:] == expected[::-1]


def test_a_record_whose_entry_is_gone_has_no_day(two: list[Operation], aisha: Any) -> None:
    _, refused = two
    Operation.objects.filter(pk=refused.pk).update(local_id=0)
    assert export(aisha, "&sort=day&cols=record&cols=day&cols=person&cols=task&cols=code")[2] == [
        refused.label, "", "", "", "",
    ]  # fmt: skip


def test_whose_and_what_can_be_columns(desk: Desk, aisha: Any) -> None:
    firm = desk.connection.firm
    of_task = LaborCodeFactory.create(firm=firm, name="Reviewing")
    task = TaskFactory.create(firm=firm, project=desk.project, name="Review", labor_code=of_task)
    desk.link("item", of_task)
    desk.post(desk.sheet(60))
    desk.post(desk.sheet(75, weeks_ago=1, task=task, labor_code=None))
    chosen = "".join(f"&cols={each}" for each in ("hours", "person", "client", "project", "task", "code"))
    head, *rows = export(aisha, f"&sort=asked{chosen}")
    assert head[1:] == ["Person", "Client", "Project", "Task", "Labor code", "Hours"]
    assert [row[1:] for row in rows] == [
        ["Maya Okafor", "Acme", "Site", "", "Consulting", "1.00"],
        ["Maya Okafor", "Acme", "Site", "Review", "Reviewing", "1.25"],
    ]


def test_both_sides_of_what_was_changed_stand_side_by_side(changed: Operation, aisha: Any) -> None:
    page = text(aisha.get(f"{URL}{changed.pk}/"))
    table = page.partition("Field Sent from here In QuickBooks now ")[2].partition(" Both are left as they are.")[0]
    assert table == (
        "Date Nov 18, 2026 Nov 19, 2026 Person Maya Okafor number 44 Customer or job Acme:Site Acme:Other"
        " Length of time 2:30 4:30 Note – Longer Billable status Billable Billed Rate 120.00 125.50"
    )
    assert "'minutes': 270" not in page
    OperationEvent.objects.create(operation=changed, to_state="posted")
    Operation.objects.filter(pk=changed.pk).update(state="posted")
    assert "Sent from here" not in text(aisha.get(f"{URL}{changed.pk}/"))


def test_values_that_were_not_written_down_are_not_shown(two: list[Operation], aisha: Any) -> None:
    posted, _ = two
    Operation.objects.filter(pk=posted.pk).update(state="posted_diverged")
    evidence = {"version": "3", "differences": ["minutes"]}
    OperationEvent.objects.create(operation=posted, to_state="posted_diverged", evidence=evidence)
    page = text(aisha.get(f"{URL}{posted.pk}/"))
    assert "QuickBooks has now other values for: the length of time." in page
    assert "Sent from here" not in page


def test_the_reason_names_what_was_changed_last(changed: Operation, aisha: Any) -> None:
    words = "the date, the person, the customer or job, the length of time, the note, the billable status, the rate"
    assert [row[9] for row in export(aisha, "&state=changed_since_posted")[1:]] == [f"Changed in QuickBooks: {words}"]
    OperationEvent.objects.create(
        operation=changed, to_state="posted_diverged", evidence={"differences": ["item", "minutes"]}
    )
    said = "Changed in QuickBooks: the service, the length of time"
    assert [row[9] for row in export(aisha, "&sort=record")[1:]] == [said, "'=Refused"]
    assert said in text(aisha.get(f"{URL}?state=changed_since_posted"))


def test_an_earlier_try_points_to_the_later_one(desk: Desk, two: list[Operation], aisha: Any) -> None:
    _, refused = two
    later = Operation.objects.create(
        connection=desk.connection, entity="time_entry", local_model=refused.local_model, local_id=refused.local_id,
        seq=2, marker="CCCCCCCCCC", state="posted",
    )  # fmt: skip
    answer = aisha.get(f"{URL}{refused.pk}/")
    assert "This was tried again since: Posted" in text(answer)
    assert f'href="{URL}{later.pk}/"' in answer.content.decode()
    assert "Attach its number" not in text(answer)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_s_own_answer_stays_when_it_waits_again(
    postable: Postable, drain: Callable[[], None], signed_in: Callable[..., Client]
) -> None:
    aisha: Any = signed_in("accountant", in_firm=postable.connection.firm)
    first, second = postable.push(postable.entries(2))
    drain()
    Operation.objects.update(state="ready", position="", payload=None)
    page = text(aisha.get(f"{URL}{second.pk}/"))
    second.refresh_from_db()
    assert f'"Id": "{second.remote_id}"' in page
    assert first.marker not in page
    assert "A new document is made when it is sent again." in page


@pytest.mark.django_db(transaction=True)
def test_what_was_sent_and_answered_without_anybody_else_s(
    postable: Postable, drain: Callable[[], None], signed_in: Callable[..., Client]
) -> None:
    aisha: Any = signed_in("accountant", in_firm=postable.connection.firm)
    first, second = postable.push(postable.entries(2))
    drain()
    second.refresh_from_db()
    page = text(aisha.get(f"{URL}{second.pk}/"))
    assert f'"Description": "Entry 1\\n~{second.marker}"' in page
    assert "What QuickBooks answered HTTP 200" in page
    assert f'"Id": "{second.remote_id}"' in page
    assert first.marker not in page
    assert "Bearer" not in page
