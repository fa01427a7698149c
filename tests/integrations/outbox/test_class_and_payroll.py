"""A class goes into QuickBooks Online with time, or its readiness says why not. Payroll items stay here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from bigtime.codes.models import TrackingClass
from bigtime.firm.models import Firm
from bigtime.timesheets.models import TimeEntry
from integrations.models import Link, RemoteRecord
from integrations.sync import readiness
from tests.factories.work import PayrollItemFactory, TrackingClassFactory
from tests.postable import Postable


@pytest.fixture
def east(postable: Postable) -> TrackingClass:
    """A class of the firm and of the books, linked; the firm's classes are optional."""
    Firm.objects.update(class_use="optional")
    made: TrackingClass = TrackingClassFactory.create(firm=postable.connection.firm, name="East")
    postable.link("class", made, postable.create("Class", Name="East"))
    return made


@pytest.fixture
def one(postable: Postable, east: TrackingClass) -> TimeEntry:
    (entry,) = postable.entries(1)
    TimeEntry.objects.update(tracking_class=east)
    return entry


def judged(postable: Postable, entry: TimeEntry) -> readiness.Readiness:
    return readiness.check(postable.connection, "time_entry", [entry.pk])[entry.pk]


def test_the_class_arrives_in_the_books(postable: Postable, one: TimeEntry) -> None:
    PayrollItemFactory.create(firm=postable.connection.firm)
    document = judged(postable, one).document
    assert document is not None
    assert document["ClassRef"] == {"value": postable.remote["class"]}
    # Declared after the duration and before the words.
    names = list(document)
    assert names.index("Minutes") < names.index("ClassRef") < names.index("Description")
    [operation] = postable.push([one])
    postable.drain()
    operation.refresh_from_db()
    assert operation.state == "posted"
    [row] = postable.in_books()
    assert row["ClassRef"] == {"value": postable.remote["class"], "name": "East"}


LINK_PAGE = "/company/integrations/sync/ours/codes.trackingclass/{}/?entity=class"


def unlink(postable: Postable) -> None:
    Link.objects.filter(entity="class").delete()


def make_inactive(postable: Postable) -> None:
    RemoteRecord.objects.filter(entity="class").update(is_active=False)


def switch_off(postable: Postable) -> None:
    postable.connection.facts["classes"] = False


@pytest.mark.parametrize(
    ("spoil", "code", "sentence", "address"),
    [
        (unlink, "link_class", "East isn't linked to a QuickBooks class.", LINK_PAGE),
        (make_inactive, "inactive", "East is inactive in QuickBooks.", LINK_PAGE),
        (
            switch_off,
            "classes_off",
            "Classes are switched off in QuickBooks. Switch them on there and Update now, or post time without.",
            "/company/integrations/settings/",
        ),
    ],
)
def test_what_keeps_a_class_from_going_has_its_sentence_and_page(
    postable: Postable, one: TimeEntry, east: TrackingClass,
    spoil: Callable[[Postable], Any], code: str, sentence: str, address: str,
) -> None:  # fmt: skip
    spoil(postable)
    found = judged(postable, one)
    assert [(each.code, each.text, each.url) for each in found.blockers] == [(code, sentence, address.format(east.pk))]


def test_a_required_class_that_is_missing_keeps_time_here(postable: Postable, one: TimeEntry) -> None:
    TimeEntry.objects.update(tracking_class=None)
    assert judged(postable, one).ready
    Firm.objects.update(class_use="required")
    [blocker] = judged(postable, one).blockers
    assert (blocker.code, blocker.text, blocker.url) == (
        "no_class", "This time has no class.", f"/approvals/{one.timesheet_id}/"
    )  # fmt: skip


def use_none(postable: Postable) -> None:
    Firm.objects.update(class_use="off")


def post_none(postable: Postable) -> None:
    postable.options(post_class=False)


@pytest.mark.parametrize("off", [use_none, post_none])
def test_no_class_goes_where_the_firm_does_not_want_it(
    postable: Postable, one: TimeEntry, off: Callable[[Postable], Any]
) -> None:
    off(postable)
    Link.objects.filter(entity="class").delete()
    document = judged(postable, one).document
    assert document is not None
    assert "ClassRef" not in document


def test_the_books_refuse_a_class_they_do_not_use(postable: Postable, one: TimeEntry) -> None:
    """As they would where somebody switches classes off between two syncs."""
    RemoteRecord.objects.filter(entity="class").update(remote_id="999999")
    [operation] = postable.push([one])
    postable.drain()
    operation.refresh_from_db()
    assert operation.state in ("rejected", "blocked_mapping")
    assert operation.error_code == "2500"
    assert postable.in_books() == []


def test_classes_cost_no_statement_more(postable: Postable, east: TrackingClass) -> None:
    entries = postable.entries(20)
    TimeEntry.objects.update(tracking_class=east)
    with CaptureQueriesContext(connections["default"]) as seen:
        readiness.check(postable.connection, "time_entry", [each.pk for each in entries])
    assert len(seen) == 2
