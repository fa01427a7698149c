"""Later syncs: what changed, however much it is; and everything again after a long silence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bigtime.clients.models import Client
from integrations.models import RemoteRecord, SyncIssue, Watermark
from integrations.sync import pull

from .conftest import Books

pytestmark = pytest.mark.django_db(transaction=True)


def test_more_changes_than_one_call_tells_are_read_list_by_list(books: Books) -> None:
    books.sync()
    books.customer("Acme")
    # The simulator spreads what it fills in between the newest record and now: these share a second or two.
    books.simulator.fill(books.realm, customers=2300, jobs=0, time_activities=0)
    run = books.sync()
    assert RemoteRecord.objects.filter(entity="customer").count() == 2301
    assert run.steps.get(entity="customer").created == Client.objects.count()
    mark = Watermark.objects.get(entity="customer")
    assert mark.high is not None
    assert timezone.now() - mark.high < timedelta(minutes=2)
    before = run.calls
    assert books.sync().calls <= before


def test_after_a_long_silence_everything_is_compared_and_what_is_gone_is_marked(books: Books) -> None:
    books.customer("Acme")
    books.customer("Globex")
    books.sync()
    RemoteRecord.objects.create(
        connection=books.connection, entity="customer", remote_id="777", version="0", name="Merged away", pending=False
    )
    Watermark.objects.update(high=timezone.now() - timedelta(days=40))
    run = books.sync()
    gone = RemoteRecord.objects.exclude(deleted_at=None)
    assert [row.name for row in gone] == ["Merged away"]
    assert run.steps.get(entity="customer").created == 0
    assert Watermark.objects.filter(high__lt=timezone.now() - timedelta(days=1)).count() == 0


def test_when_very_much_is_gone_at_once_nothing_is_marked_and_a_person_is_asked(books: Books) -> None:
    books.sync()
    RemoteRecord.objects.bulk_create(
        RemoteRecord(
            connection=books.connection, entity="vendor", remote_id=f"x{number}", version="0", name=f"V {number}"
        )
        for number in range(250)
    )
    Watermark.objects.update(high=timezone.now() - timedelta(days=40))
    books.sync()
    assert not RemoteRecord.objects.exclude(deleted_at=None).exists()
    assert SyncIssue.objects.get(code="mass_vanish").kind == "decision"


def test_the_closing_date_and_the_features_are_read_each_time(books: Books) -> None:
    books.sync()
    books.simulator.call("PUT", f"/{books.realm}/closing", {"date": "2026-03-31"})
    books.sync()
    assert str(books.connection.closed_through) == "2026-03-31"
    assert books.connection.home_currency == "USD"
    assert "time_tracking" in books.connection.facts
    stamp = books.connection.updated_at, books.connection.facts["read_at"]
    books.sync()
    assert books.connection.facts["read_at"] == stamp[1]


def test_lists_of_more_than_a_page_are_whole(books: Books) -> None:
    books.simulator.fill(books.realm, customers=1000, jobs=0, time_activities=0)
    run = books.sync()
    assert RemoteRecord.objects.filter(entity="customer").count() == 1000
    pages = sum(-(-(step.total or 0) // pull.PAGE) for step in run.steps.all())
    assert run.calls <= pages + 12
