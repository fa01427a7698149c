"""Post Timesheets and one posting's page: exact figures, states in words, previews, progress, constant SQL."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from bigtime.firm.models import Firm
from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation
from posting.filters import Filters
from posting.models import Batch
from tests.factories import ClientFactory, ConnectionFactory, ProjectFactory

from .desk import Desk

pytestmark = pytest.mark.django_db
URL = "/quickbooks/post-timesheets/"
ALL = "?span=all&state=all"


def text(answer: Any) -> str:
    """What a person reads: no tags, white space made plain."""
    html = re.sub(r"<(script|style|svg|option)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def rows(answer: Any) -> list[list[str]]:
    """The cells of each row of the table, as a person reads them."""
    body = answer.content.decode()
    found = re.findall(r"<tr(?: data-minutes[^>]*)?>(.*?)</tr>", body[body.index("<tbody") :], flags=re.DOTALL)
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
        ]
        for row in found
        if "data-label" in row
    ]


def state_of(answer: Any) -> str:
    (row,) = rows(answer)
    return row[6]


def test_figures_of_each_status_and_of_what_is_posted(desk: Desk, aisha: Any) -> None:
    desk.sheet(60, 75, status="draft")
    desk.sheet(90, status="submitted", weeks_ago=1)
    approved = desk.sheet(125, 100, 15, weeks_ago=2)
    TimeEntry.objects.filter(timesheet=approved, minutes=100).update(lock="posted")
    found = rows(aisha.get(URL + ALL))
    assert [row[2:7] for row in found] == [
        ["2:15", "0:00", "0:00", "0:00", "Not ready Not submitted"],
        ["1:30", "1:30", "0:00", "0:00", "Not ready Waiting for approval"],
        ["4:00", "4:00", "4:00", "1:40", "2 ready"],
    ]


def test_the_last_line_sums_every_page_as_filtered(desk: Desk, aisha: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posting.views.PAGE", 1)
    desk.sheet(60, 75, status="draft")
    desk.sheet(90, status="submitted", weeks_ago=1)
    approved = desk.sheet(125, 100, 15, weeks_ago=2)
    TimeEntry.objects.filter(timesheet=approved, minutes=100).update(lock="posted")
    desk.sheet(30, weeks_ago=3, project=ProjectFactory.create(firm=desk.connection.firm))
    assert len(rows(aisha.get(URL + ALL))) == 1
    assert "4 periods 8:15 6:00 4:30 1:40 Together" in text(aisha.get(URL + ALL))
    only = f"&client={desk.project.client_id}"
    assert "3 periods 7:45 5:30 4:00 1:40 Together" in text(aisha.get(URL + ALL + only))


def test_before_the_first_import_it_says_what_comes_first(desk: Desk, aisha: Any) -> None:
    desk.sheet(60)
    words = "Nothing has been imported from QuickBooks yet"
    desk.connection.imported_at = None
    desk.connection.save()
    assert words in text(aisha.get(URL))
    desk.connection.imported_at = timezone.now()
    desk.connection.save()
    assert words not in text(aisha.get(URL))


def test_people_are_headings_and_rows_are_periods_newest_first(desk: Desk, aisha: Any) -> None:
    elena = desk.person("Elena Rossi")
    desk.sheet(60, staff=elena, weeks_ago=1)
    desk.sheet(60, staff=elena)
    desk.sheet(60)
    page = text(aisha.get(URL + ALL))
    assert page.index("Elena Rossi Employee") < page.index("Maya Okafor Employee")
    starts = [sheet.starts_on for sheet in Filters(span="all", state="all").timesheets(desk.connection.firm)]
    assert starts == sorted(starts[:2], reverse=True) + starts[2:]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("ready", "1 queued"),
        ("sending", "1 sending"),
        ("in_doubt", "1 unknown outcome"),
        ("blocked_mapping", "1 failed Acme isn't linked."),
        ("needs_person", "1 failed Acme isn't linked."),
        ("rejected", "1 failed Acme isn't linked."),
    ],
)
def test_what_became_of_it_in_words(desk: Desk, aisha: Any, state: str, words: str) -> None:
    desk.post(desk.sheet(60))
    failed = state in Operation.FAILED
    desk.settle(state, "Acme isn't linked." if failed else "")
    assert state_of(aisha.get(URL + ALL)) == words


def test_posted_and_a_later_failure_of_the_same_record(desk: Desk, aisha: Any) -> None:
    desk.post(desk.sheet(60))
    desk.settle("rejected", "Refused.")
    TimeEntry.objects.update(lock="")
    desk.post()
    assert state_of(aisha.get(URL + ALL)) == "1 queued"
    desk.settle("posted")
    TimeEntry.objects.update(lock="posted")
    assert state_of(aisha.get(URL + ALL)) == "Posted"


def test_not_ready_says_what_it_needs_and_where(desk: Desk, aisha: Any) -> None:
    desk.sheet(60, 30, staff=desk.person("Nobody Known", linked=False))
    answer = aisha.get(URL)
    assert state_of(answer) == "2 not ready Nobody Known isn't linked to a QuickBooks employee or vendor."
    assert re.search(r'<a class="link small" href="/[^"]+">Nobody Known isn&#x27;t linked', answer.content.decode())
    assert (
        "disabled"
        in re.search(r'<input type="checkbox" class="check" name="timesheet"[^>]*>', answer.content.decode())[0]
    )  # type: ignore[index]


def test_only_this_month_unposted_by_default(desk: Desk, aisha: Any) -> None:
    desk.sheet(60)
    desk.sheet(61, weeks_ago=9)
    posted = desk.sheet(62, staff=desk.person("Elena Rossi"))
    TimeEntry.objects.filter(timesheet=posted).update(lock="posted")
    assert [row[2] for row in rows(aisha.get(URL))] == ["1:00"]
    assert [row[2] for row in rows(aisha.get(f"{URL}?span=nonsense&staff=x&client=-1"))] == ["1:00"]


def test_what_is_missing_in_quickbooks_is_found_by_its_state(desk: Desk, aisha: Any) -> None:
    gone, again, never = desk.sheet(60), desk.sheet(61, weeks_ago=9), desk.sheet(62, weeks_ago=1)
    desk.post(gone)
    desk.post(again)
    Operation.objects.update(state="absent")
    TimeEntry.objects.filter(timesheet=gone).update(lock="")
    TimeEntry.objects.filter(timesheet=again).update(lock="posted")
    assert [row[2] for row in rows(aisha.get(f"{URL}?span=all&state=missing"))] == ["1:00"]
    assert "1:02" in [row[2] for row in rows(aisha.get(f"{URL}?span=all"))], never
    assert (
        f'href="{URL}?span=all&state=missing">post them again</a>' in aisha.get("/quickbooks/errors/").content.decode()
    )


def test_dates_of_one_s_own(desk: Desk, aisha: Any) -> None:
    """Beside the spans: in the address, in what "all that match" sends, and in every way back."""
    early, late = desk.sheet(60, weeks_ago=9), desk.sheet(61, weeks_ago=8)
    desk.sheet(62)
    one = f"?span=dates&start={early.starts_on}&end={early.ends_on}"
    answer = aisha.get(URL + one)
    assert [row[2] for row in rows(answer)] == ["1:00"]
    assert [row[2] for row in rows(aisha.get(f"{URL}?span=dates&end={late.ends_on}"))] == ["1:01", "1:00"]
    assert [row[2] for row in rows(aisha.get(f"{URL}?span=dates&start={late.starts_on}"))] == ["1:02", "1:01"]
    body = answer.content.decode()
    assert re.search(rf'<input type="date" name="start" value="{early.starts_on}" form="dates"', body)
    back = quote(f"{URL}{one}", safe="")
    assert f'href="{URL}{early.pk}/preview/?next={back}"' in body
    preview = aisha.get(f"{URL}{early.pk}/preview/?next={back}").content.decode()
    assert f'href="{escape(URL + one)}">Post Timesheets</a>' in preview
    form = dict(re.findall(r'name="(key|books|count|filters)" value="([^"]*)"', body)) | {"all": "1"}
    form["filters"] = unescape(form["filters"])
    posted = aisha.post(f"{URL}post/", form)
    assert desk.queued() == [60]
    assert posted.url.endswith(quote(f"{URL}{one}&state=unposted", safe=""))


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-11-20", "2026-11-19", "From is after To. Change one of the two."),
        ("x<y", "2026-11-19", "Enter a valid date."),
    ],
)
def test_dates_that_make_no_span_are_kept_as_typed_and_find_nothing(
    desk: Desk, aisha: Any, start: str, end: str, words: str
) -> None:
    desk.sheet(60)
    query = urlencode({"span": "dates", "start": start, "end": end})
    answer = aisha.get(f"{URL}?{query}")
    page = answer.content.decode()
    assert (rows(answer) if "<tbody" in page else [], words in text(answer)) == ([], True)
    assert "Nothing is shown" in text(answer)
    for name, typed in (("start", start), ("end", end)):
        assert len(re.findall(rf'name="{name}" value="{re.escape(escape(typed))}"', page)) == 2
    form = {"key": "5a7c5c3e-8f0e-4a52-9f5e-0d4c4a3f6b15", "filters": query, "all": "1", "count": "1"}
    aisha.post(f"{URL}post/", form | {"books": str(desk.connection.pk)})
    assert Operation.objects.count() == 0


def test_no_dates_are_this_month(desk: Desk, aisha: Any) -> None:
    desk.sheet(60)
    desk.sheet(61, weeks_ago=9)
    assert [row[2] for row in rows(aisha.get(f"{URL}?span=dates&start=&end="))] == ["1:00"]


def test_a_client_s_filter_changes_the_figures(desk: Desk, aisha: Any) -> None:
    desk.sheet(60, 75)
    other = ProjectFactory.create(firm=desk.connection.firm, client=ClientFactory.create(firm=desk.connection.firm))
    TimeEntry.objects.filter(minutes=75).update(project=other)
    assert [row[2] for row in rows(aisha.get(f"{URL}?client={other.client_id}"))] == ["1:15"]


def test_empty_says_what_to_do(desk: Desk, aisha: Any) -> None:
    assert "Nothing waits this month" in text(aisha.get(URL))
    answer = aisha.get(f"{URL}?span=last_month&client=7")
    assert "Nothing is left to post here" in text(answer)
    assert 'href="?span=last_month&amp;client=7&amp;state=all">Show it in any state</a>' in answer.content.decode()
    assert "No period matches" in text(aisha.get(f"{URL}?span=last_month&state=posted"))


def test_what_keeps_a_row_leads_to_its_cure_and_back(desk: Desk, aisha: Any) -> None:
    sheet = desk.sheet(60, staff=desk.person("Ben Ortiz", linked=False))
    back = "%2Fquickbooks%2Fpost-timesheets%2F%3Fspan%3Dall%26staff%3D" + str(sheet.staff_id)
    page = aisha.get(f"{URL}?span=all&staff={sheet.staff_id}").content.decode()
    assert re.search(rf'href="/company/integrations/sync/ours/staff.staff/\d+/[^"]*next={back}"', page)


def test_the_dashboard_counts_what_could_not_be_posted_beside_what_was_not_sent(desk: Desk, aisha: Any) -> None:
    desk.post(desk.sheet(60, 75))
    desk.sheet(90, weeks_ago=1)
    assert "couldn’t be posted" not in text(aisha.get("/"))
    Operation.objects.filter(local_id=TimeEntry.objects.get(minutes=75).pk).update(state="rejected")
    answer = aisha.get("/")
    assert "1 entry couldn’t be posted" in text(answer)
    assert "1:30 approved hours not posted" in text(answer)
    assert 'href="/quickbooks/errors/">See why' in answer.content.decode()
    Operation.objects.update(state="rejected")
    assert "2 entries couldn’t be posted" in text(aisha.get("/"))


def test_not_connected(desk: Desk, aisha: Any, signed_in: Any) -> None:
    desk.connection.status = "disabled"
    desk.connection.save()
    for path in (URL, "/quickbooks/errors/"):
        assert "Ask an administrator to connect your books" in text(aisha.get(path))
    assert "Connect QuickBooks" in text(signed_in("administrator").get(URL))


def test_a_paused_connection_says_that_it_waits(desk: Desk, aisha: Any) -> None:
    desk.connection.status, desk.connection.pause_reason = "paused", "QuickBooks refused us."
    desk.connection.save()
    assert "QuickBooks refused us. What you post waits here until that is mended." in text(aisha.get(URL))


def test_pages_and_how_many_entries_all_that_match_are(desk: Desk, aisha: Any) -> None:
    for at in range(51):
        desk.sheet(60, 30, weeks_ago=at, status="submitted" if at == 7 else "approved")
    answer = aisha.get(URL + ALL)
    assert len(rows(answer)) == 50
    assert "All 51 periods that match: 100 approved entries not posted yet, 75:00 hours" in text(answer)
    assert len(rows(aisha.get(f"{URL}{ALL}&page=2"))) == 1


def test_as_many_statements_for_fifty_rows_as_for_ten(desk: Desk, aisha: Any) -> None:
    """16: eight of the frame, then timesheets counted and read, entries, readiness (2), operations, people, clients."""

    def asked() -> int:
        with CaptureQueriesContext(
            database,
        ) as queries:
            assert aisha.get(URL + ALL).status_code == 200
        return len(queries)

    for at in range(10):
        desk.sheet(60, 30, weeks_ago=at)
    asked()
    ten = asked()
    for at in range(10, 50):
        desk.sheet(60, 30, weeks_ago=at)
    assert asked() == ten
    assert ten <= 16


def test_pressing_the_button_leads_to_the_posting(desk: Desk, aisha: Any) -> None:
    sheet, other = desk.sheet(60, 30), desk.sheet(45, weeks_ago=1)
    form = {"key": "5a7c5c3e-8f0e-4a52-9f5e-0d4c4a3f6b11", "filters": "span=all", "timesheet": [sheet.pk]}
    form["books"] = str(desk.connection.pk)
    answer = aisha.post(f"{URL}post/", form)
    batch = Batch.objects.get()
    back = quote(f"{URL}?span=all&state=unposted", safe="")
    assert (answer.status_code, answer.url) == (302, f"/quickbooks/batches/{batch.pk}/?next={back}")
    assert f'href="{URL}?span=all&amp;state=unposted">Post Timesheets</a>' in aisha.get(answer.url).content.decode()
    assert desk.queued() == [60, 30]
    assert batch.created_by == aisha.membership.user
    # Twice the same is once; another selection on the same page, come back to, is another posting.
    assert aisha.post(f"{URL}post/", form).url == answer.url
    assert aisha.post(f"{URL}post/", {**form, "timesheet": [other.pk]}).url != answer.url
    assert desk.queued() == [60, 30, 45]


def test_all_sends_what_the_filters_match_whatever_is_ticked(desk: Desk, aisha: Any) -> None:
    sheet, _ = desk.sheet(60), desk.sheet(45, weeks_ago=1)
    form = {"key": "5a7c5c3e-8f0e-4a52-9f5e-0d4c4a3f6b12", "filters": "span=all", "timesheet": [sheet.pk], "all": "1"}
    form |= {"books": str(desk.connection.pk), "count": "2"}
    posted = aisha.post(f"{URL}post/", form)
    assert sorted(desk.queued()) == [45, 60]
    # A second click finds nothing left to post, and leads to the same posting.
    assert aisha.post(f"{URL}post/", form).url == posted.url
    assert posted.url.startswith(f"/quickbooks/batches/{Batch.objects.get().pk}/?")


def test_all_are_those_that_were_shown(desk: Desk, aisha: Any) -> None:
    desk.sheet(60, 75)
    later = desk.sheet(45, status="submitted", weeks_ago=1)
    body = aisha.get(URL + ALL).content.decode()
    form = dict(re.findall(r'name="(key|books|count|filters)" value="([^"]*)"', body)) | {"all": "1"}
    form["filters"] = unescape(form["filters"])
    assert form["count"] == "2"
    later.status = "approved"
    later.save()
    for stale in (form, {**form, "count": "x"}, {k: v for k, v in form.items() if k != "count"}):
        answer = aisha.post(f"{URL}post/", stale, follow=True)
        words = "What matches has changed since this page was opened: 3 approved entries now. Nothing was sent."
        assert words in text(answer)
    assert Operation.objects.count() == Batch.objects.count() == 0
    assert 'name="count" value="3"' in answer.content.decode()
    aisha.post(f"{URL}post/", {**form, "count": "3"})
    assert sorted(desk.queued()) == [45, 60, 75]


def test_a_page_left_open_while_the_company_changed_sends_nothing(desk: Desk, aisha: Any) -> None:
    """Nor one of another firm, come back to after the person changed the firm."""
    sheet = desk.sheet(60)
    form = {"key": "5a7c5c3e-8f0e-4a52-9f5e-0d4c4a3f6b14", "filters": "span=all", "timesheet": [sheet.pk]}
    for stale in ({}, {"books": str(desk.connection.pk + 1)}, {"all": "1"}, {"books": "x", "all": "1"}):
        answer = aisha.post(f"{URL}post/", {**form, **stale}, follow=True)
        assert "This page was opened for other books than Quiet Books. Nothing was sent: look again." in text(answer)
    assert Operation.objects.count() == Batch.objects.count() == 0
    assert f'name="books" value="{desk.connection.pk}"' in aisha.get(URL + ALL).content.decode()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"key": "not a key", "filters": "span=all"}, "The page was incomplete, nothing was sent."),
        ({"filters": "span=all"}, "The page was incomplete, nothing was sent."),
        ({"key": "5a7c5c3e-8f0e-4a52-9f5e-0d4c4a3f6b13"}, "Nothing was sent: select at least one row"),
        (
            {"key": "5a7c5c3e-8f0e-4a52-9f5e-0d4c4a3f6b13", "timesheet": ["²", "-1", "9" * 40]},
            "Nothing was sent: select at least one row",
        ),
    ],
    ids=["broken key", "no key", "nothing ticked", "nonsense ticked"],
)
def test_an_incomplete_form_sends_nothing(desk: Desk, aisha: Any, form: dict[str, Any], words: str) -> None:
    desk.sheet(60)
    assert words in text(aisha.post(f"{URL}post/", {**form, "books": desk.connection.pk}, follow=True))
    assert Operation.objects.count() == Batch.objects.count() == 0


def test_preview_is_the_document_to_the_letter(desk: Desk, aisha: Any) -> None:
    sheet = desk.sheet(75, note="Kick-off")
    page = text(aisha.get(f"{URL}{sheet.pk}/preview/"))
    assert "1:15 hours" in page
    assert f"TxnDate {sheet.starts_on.isoformat()}" in page
    for words in ("NameOf Employee", "Hours 1", "Minutes 15", "Description Kick-off", "BillableStatus NotBillable"):
        assert words in page


def test_preview_names_every_blocker(desk: Desk, aisha: Any) -> None:
    sheet = desk.sheet(75, staff=desk.person("Nobody Known", linked=False), labor_code=None)
    page = text(aisha.get(f"{URL}{sheet.pk}/preview/"))
    assert "Nobody Known isn't linked to a QuickBooks employee or vendor." in page
    assert "This time has no labor code." in page
    assert "TxnDate" not in page


@pytest.mark.parametrize(
    ("system", "one", "many"),
    [("quickbooks_online", "time activity", "time activities"), ("quickbooks_desktop", "time entry", "time entries")],
)
def test_it_is_called_as_the_edition_calls_it(firm: Firm, aisha: Any, system: str, one: str, many: str) -> None:
    sheet = Desk(ConnectionFactory.create(firm=firm, system=system)).sheet(60)
    assert f"Approved time becomes {many} in" in text(aisha.get(URL))
    assert f"The {one} QuickBooks will get" in text(aisha.get(f"{URL}{sheet.pk}/preview/"))


def test_preview_in_the_page_is_a_dialog(desk: Desk, aisha: Any) -> None:
    sheet = desk.sheet(75)
    body = aisha.get(f"{URL}{sheet.pk}/preview/", headers={"HX-Request": "true"}).content.decode()
    assert body.lstrip().startswith('<dialog class="wide" data-open')
    assert "<html" not in body
    assert f'href="{URL}{sheet.pk}/preview/">Open as a page' in body


def test_preview_says_why_it_is_locked(desk: Desk, aisha: Any) -> None:
    sheet = desk.sheet(75)
    TimeEntry.objects.update(lock="posted", lock_note="Posted to QuickBooks on Nov 20, 2026")
    page = text(aisha.get(f"{URL}{sheet.pk}/preview/"))
    assert "Posted to QuickBooks on Nov 20, 2026" in page


@pytest.mark.parametrize(
    ("state", "word"), [("ready", "Queued"), ("in_doubt", "Unknown outcome"), ("needs_person", "Failed")]
)
def test_the_preview_says_where_each_entry_stands(desk: Desk, aisha: Any, state: str, word: str) -> None:
    sheet = desk.sheet(60)
    desk.post(sheet)
    desk.settle(state, "Which one is it?" if word == "Failed" else "")
    page = text(aisha.get(f"{URL}{sheet.pk}/preview/"))
    assert f" · 1:00 Acme · Site · Consulting {word} " in page
    assert ("Which one is it?" in page, "Waiting to be posted" in page) == (word == "Failed", word != "Failed")


@pytest.fixture
def running(desk: Desk) -> Batch:
    """Six lines: two posted, and one each queued, of unknown outcome, failed and skipped."""
    batch = desk.post(desk.sheet(10, 20, 30, 40, 50, 60)).batch
    states = ["posted", "posted", "ready", "in_doubt", "rejected", "skipped"]
    for operation, state in zip(Operation.objects.order_by("pk"), states, strict=True):
        operation.state = state
        operation.error_text = "Refused." if state == "rejected" else ""
        operation.not_before = timezone.now() + timedelta(minutes=2, seconds=30) if state == "in_doubt" else None
        operation.save()
    return batch


def test_progress_in_numbers(running: Batch, aisha: Any) -> None:
    answer = aisha.get(f"/quickbooks/batches/{running.pk}/")
    page = text(answer)
    assert "Posting… 4 of 6" in page
    assert "Posted 2 0:30 h Queued 1 Unknown outcome 1 Failed 1 Skipped 1 The connection broke" in page
    assert "asked whether it has them before anything is sent again, next in 2 minutes" in page.replace("\xa0", " ")
    assert '<progress class="l " value="4" max="6"' in answer.content.decode()
    assert "Refused." in page


def test_what_is_asked_at_any_moment_now_names_no_time(running: Batch, aisha: Any) -> None:
    Operation.objects.filter(state="in_doubt").update(not_before=timezone.now())
    page = text(aisha.get(f"/quickbooks/batches/{running.pk}/"))
    assert "asked whether it has them before anything is sent again. Nothing is sent twice." in page


def test_results_by_state(running: Batch, aisha: Any) -> None:
    def lengths(query: str) -> list[str]:
        body = aisha.get(f"/quickbooks/batches/{running.pk}/{query}").content.decode()
        return re.findall(r'data-label="Hours">([\d:]+)<', body)

    assert lengths("") == ["0:10", "0:20", "0:30", "0:40", "0:50", "1:00"]
    assert lengths("?only=posted") == ["0:10", "0:20"]
    assert lengths("?only=failed") == ["0:50"]
    assert lengths("?only=queued") == ["0:30"]
    assert lengths("?only=unknown") == ["0:40"]
    assert lengths("?only=skipped") == ["1:00"]


def tabs(page: Any) -> str:
    shown = re.search(r'<nav class="tabs".*?</nav>', page.content.decode(), re.DOTALL)
    assert shown
    return " ".join(re.sub(r"<[^>]+>", " ", shown[0]).split())


def test_a_tab_for_each_state_that_the_posting_has(running: Batch, aisha: Any) -> None:
    address = f"/quickbooks/batches/{running.pk}/"
    assert tabs(aisha.get(address)) == "All 6 Posted 2 Queued 1 Unknown outcome 1 Failed 1 Skipped 1"
    Operation.objects.filter(state__in=["ready", "in_doubt", "rejected"]).update(state="posted")
    Operation.objects.filter(state="skipped").update(state="absent")
    assert tabs(aisha.get(address)) == "All 6 Posted 5 Missing in QuickBooks 1"
    assert tabs(aisha.get(f"{address}?only=queued")) == "All 6 Posted 5 Queued 0 Missing in QuickBooks 1"


def test_what_is_sent_and_not_answered_says_until_when_it_waits(desk: Desk, aisha: Any) -> None:
    batch = desk.post(desk.sheet(10, 20)).batch
    now = timezone.now()
    until = now + timedelta(minutes=2)
    Operation.objects.update(state="sending", sent_at=now - timedelta(seconds=50), lease_until=until)
    address = f"/quickbooks/batches/{batch.pk}/"
    assert "hasn’t answered" not in text(aisha.get(address)), "only just sent"
    Operation.objects.update(sent_at=now - timedelta(minutes=3))
    page = text(aisha.get(address)).replace("\xa0", " ")
    assert "QuickBooks hasn’t answered for 2 sent 3 minutes ago ." in page
    clock = date_format(timezone.localtime(until, ZoneInfo(desk.connection.firm.time_zone)), "H:i:s")
    assert f"The answer is waited for until {clock}; then QuickBooks is asked whether it has them" in page
    assert "Nothing is lost, and nothing is sent twice." in page


def test_polling_stops_at_the_end_with_a_message(running: Batch, desk: Desk, aisha: Any) -> None:
    path = f"/quickbooks/batches/{running.pk}/?part=progress"
    during = aisha.get(path, headers={"HX-Request": "true"})
    assert (during.status_code, "hx-get" in during.content.decode(), during.headers.get("HX-Trigger")) == (
        200,
        True,
        None,
    )
    assert "You can leave this page; it goes on." in text(during)
    Operation.objects.filter(state__in=["ready", "in_doubt"]).update(state="posted")
    after = aisha.get(path, headers={"HX-Request": "true"})
    assert (after.status_code, "hx-get" in after.content.decode()) == (286, False)
    assert "it goes on" not in text(after)
    assert "Finished, 1 failed: 4 of 6 are in QuickBooks." in after.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (["posted", "posted"], "All posted"),
        (["posted", "rejected"], "Finished, 1 failed"),
        (["posted", "skipped"], "Finished"),
        (["posted", "ready"], "Posting…"),
        (["posted", "in_doubt"], "Posting…"),
    ],
)
def test_how_it_stands_as_a_heading(desk: Desk, aisha: Any, states: list[str], words: str) -> None:
    batch = desk.post(desk.sheet(10, 20)).batch
    for operation, state in zip(Operation.objects.order_by("pk"), states, strict=True):
        Operation.objects.filter(pk=operation.pk).update(state=state)
    assert f"<h2>{words}</h2>" in aisha.get(f"/quickbooks/batches/{batch.pk}/").content.decode()


def test_past_postings_in_the_firm_s_time(desk: Desk, aisha: Any) -> None:
    firm = desk.connection.firm
    firm.time_zone = "America/Los_Angeles"
    firm.save()
    batch = desk.post(desk.sheet(10, 20), by=aisha.membership.user).batch
    Batch.objects.filter(pk=batch.pk).update(created_at=datetime(2026, 11, 20, 3, 15, tzinfo=UTC))
    assert "Nov 19, 2026, 19:15 Aisha Khan Quiet Books 2 0:30" in text(aisha.get("/quickbooks/batches/"))
