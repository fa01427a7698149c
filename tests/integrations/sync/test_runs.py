"""Runs: previewed first, joined, cancelled and gone on with, killed and gone on with, never two at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bigtime.clients.models import Client, Project
from bigtime.staff.models import Staff
from integrations.models import Connection, Link, Proposal, RemoteRecord, SyncIssue, SyncRun, Watermark
from integrations.quickbooks.online import puller
from integrations.sync import matching, runs, work
from integrations.sync.errors import Disconnected, Rejected

from .conftest import Books

pytestmark = pytest.mark.django_db(transaction=True)
State = SyncRun.State
PLACES = ["sync_before_page_commit", "sync_after_page_commit", "sync_before_apply_commit", "sync_after_apply_commit"]


def preview(books: Books) -> SyncRun:
    run = runs.start(connection=books.connection)
    puller.sync(run)
    run.refresh_from_db()
    assert run.state == State.PREVIEW, run.error
    return run


def written() -> int:
    """Tuples ever inserted, updated or deleted in the mirror, by the database's own count."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
            " WHERE relname = 'integrations_remoterecord'"
        )
        return int(cursor.fetchone()[0])


def test_the_first_sync_is_previewed_and_writes_nothing_before_import(books: Books) -> None:
    firm = books.connection.firm
    Client.objects.create(firm=firm, name="globex")
    acme = books.customer("Acme")
    books.customer("Audit", acme)
    books.customer("Old", acme, Active=False)
    books.customer("Globex")
    run = preview(books)
    assert (Client.objects.count(), Project.objects.count(), Staff.objects.count()) == (1, 0, 0)
    assert not Link.objects.exists()
    shown = matching.proposals(books.connection, "customer")
    assert [(row.remote.name, row.outcome, row.local_name) for row in shown] == [
        ("Acme", "new", "Acme"),
        ("Audit", "new", "Audit"),
        ("Globex", "matched", "globex"),
    ]
    assert matching.counts(books.connection)["customer"] == {"new": 2, "matched": 1, "none": 1}
    runs.import_preview(run=run)
    runs.import_preview(run=run)
    puller.sync(run)
    books.finished(run)
    assert sorted(Project.objects.values_list("name", flat=True)) == ["Audit", "Globex"]
    assert not Proposal.objects.exists()
    with pytest.raises(Rejected, match="no longer open"):
        runs.import_preview(run=run)


def test_what_is_excluded_in_the_preview_is_never_brought_over(books: Books) -> None:
    acme = books.customer("Acme")
    books.customer("Audit", acme)
    books.customer("Secret", acme)
    books.customer("Globex")
    run = preview(books)
    chosen = RemoteRecord.objects.filter(name__in=["Secret", "Globex"]).values_list("pk", flat=True)
    matching.decide(connection=books.connection, entity="customer", remotes=list(chosen), decision="exclude")
    assert matching.counts(books.connection)["customer"] == {"new": 2, "excluded": 2}
    puller.sync(runs.import_preview(run=run))
    books.finished(run)
    assert list(Client.objects.values_list("name", flat=True)) == ["Acme"]
    assert list(Project.objects.values_list("name", flat=True)) == ["Audit"]
    books.edit("Customer", acme, CompanyName="Acme Inc")
    books.connection.refresh_from_db()
    books.sync()
    assert Project.objects.count() == 1


def test_linking_a_customer_in_the_preview_matches_its_jobs_too(books: Books) -> None:
    firm = books.connection.firm
    ours = Client.objects.create(firm=firm, name="ACME Corporation")
    audit = Project.objects.create(firm=firm, client=ours, name="Audit")
    acme = books.customer("Acme")
    books.customer("Audit", acme)
    run = preview(books)
    top = RemoteRecord.objects.get(name="Acme")
    matching.decide(
        connection=books.connection,
        entity="customer",
        remotes=[top.pk],
        decision="link",
        local=("clients.client", ours.pk),
    )
    assert matching.counts(books.connection)["customer"] == {"linked": 1, "matched": 1}
    puller.sync(runs.import_preview(run=run))
    books.finished(run)
    assert list(Client.objects.values_list("name", flat=True)) == ["ACME Corporation"]
    assert Link.objects.get(local_model="clients.project").local_id == audit.pk


def test_a_second_click_joins_the_run(books: Books) -> None:
    first = runs.start(connection=books.connection)
    assert runs.start(connection=books.connection).pk == first.pk
    puller.sync(first)
    assert runs.start(connection=books.connection).pk == first.pk
    assert SyncRun.objects.count() == 1


def test_nothing_starts_while_disconnected(books: Books) -> None:
    Connection.objects.update(status="paused")
    with pytest.raises(Disconnected, match="isn't connected"):
        runs.start(connection=books.connection)
    assert not SyncRun.objects.exists()


def test_a_revoked_grant_fails_the_run_and_pauses_the_connection(books: Books) -> None:
    books.simulator.call("POST", f"/{books.realm}/revoke")
    run = runs.start(connection=books.connection)
    puller.sync(run)
    run.refresh_from_db()
    books.connection.refresh_from_db()
    assert (run.state, books.connection.status) == (State.FAILED, "paused")
    assert run.error


def test_a_cancelled_run_goes_on_where_it_stopped(books: Books) -> None:
    books.simulator.fill(books.realm, customers=2500, jobs=0, time_activities=0)
    run = runs.start(connection=books.connection)
    SyncRun.objects.update(cancel_requested=True)
    puller.sync(run)
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    run = runs.resume(run=run)
    assert (run.state, run.cancel_requested) == (State.QUEUED, False)
    puller.sync(run)
    run.refresh_from_db()
    assert run.state == State.PREVIEW
    assert RemoteRecord.objects.filter(entity="customer").count() == 2500
    assert runs.cancel(run=run).state == State.CANCELLED


def test_an_unreachable_quickbooks_leaves_the_run_open_for_a_later_try(books: Books, settings: Any) -> None:
    settings.INTUIT_SIMULATOR_URL = "http://127.0.0.1:9"
    settings.MINUTE_SECONDS = 1.0
    run = runs.start(connection=books.connection)
    puller.sync(run)
    run.refresh_from_db()
    assert (run.state, run.attempts, run.heartbeat_at) == (State.PULLING, 1, None)
    assert run.not_before is not None
    assert run.not_before > timezone.now()
    assert run.error
    assert runs.sweep() == []
    settings.INTUIT_SIMULATOR_URL = books.simulator.url
    SyncRun.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert [each.pk for each in runs.sweep()] == [run.pk]
    puller.sync(run)
    run.refresh_from_db()
    assert run.state == State.PREVIEW


def test_a_bug_is_recorded_and_the_run_fails_in_words(books: Books) -> None:
    run = runs.start(connection=books.connection)
    with work.working(run, 10) as mine:
        assert mine is not None
        raise ZeroDivisionError("boom")
    run.refresh_from_db()
    assert (run.state, run.error_code) == (State.FAILED, "internal")
    assert "ZeroDivisionError: boom" in SyncIssue.objects.get(kind="internal").detail


def test_a_worker_that_lost_its_run_writes_nothing_more(books: Books) -> None:
    run = runs.start(connection=books.connection)
    with work.working(run, 10) as mine:
        assert mine is not None
        SyncRun.objects.update(fence="00000000-0000-0000-0000-000000000000")
        mine.beat()
        pytest.fail("a lost worker went on")
    run.refresh_from_db()
    assert run.is_open


def test_two_workers_at_once_do_the_work_once(books: Books) -> None:
    acme = books.customer("Acme")
    books.customer("Audit", acme)
    run = runs.start(connection=books.connection)

    def worker() -> None:
        try:
            puller.sync(run)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.refresh_from_db()
    assert run.state == State.PREVIEW
    step = run.steps.get(entity="customer")
    assert (step.pulled, step.changed) == (2, 2)


@pytest.mark.crash
@pytest.mark.parametrize("place", PLACES)
def test_a_killed_worker_loses_nothing(books: Books, place: str) -> None:
    books.simulator.fill(books.realm, customers=1200, jobs=300, time_activities=0)
    books.connection.imported_at = timezone.now()
    books.connection.save()
    run = runs.start(connection=books.connection)
    name = database.settings_dict["NAME"]
    address = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
    environment = os.environ | {
        "DATABASE_URL": address,
        "BIGTIME_CRASH_AT": place,
        "INTUIT_SIMULATOR_URL": books.simulator.url,
    }
    code = (
        "import django; django.setup();"
        "from integrations.models import SyncRun; from integrations.quickbooks.online import puller;"
        f"puller.sync(SyncRun.objects.get(pk={run.pk}))"
    )
    environment["DJANGO_SETTINGS_MODULE"] = "bigtime.settings"
    dead = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert dead.returncode == -9, dead.stderr
    run.refresh_from_db()
    assert run.is_open
    books.sync()
    rows = books.rows("Customer")
    mirrored = dict(RemoteRecord.objects.filter(entity="customer").values_list("remote_id", "version"))
    assert mirrored == {row["Id"]: row["SyncToken"] for row in rows}
    tops = sum("ParentRef" not in row for row in rows)
    parents = {row["ParentRef"]["value"] for row in rows if "ParentRef" in row}
    assert Client.objects.count() == tops
    assert Project.objects.count() == sum(row["Id"] not in parents for row in rows)


def test_a_resync_writes_no_tuple_and_a_page_costs_the_same_whatever_its_size(books: Books) -> None:
    def statements(customers: int) -> tuple[int, int]:
        if customers:
            books.simulator.fill(books.realm, customers=customers, jobs=0, time_activities=0)
        with CaptureQueriesContext(database) as captured:
            run = books.sync()
        # What the wire asks (tokens, limits), in transactions of its own, depends on the clock, not on the page.
        wire = ("quickbooks_online_", "BEGIN", "COMMIT")
        return sum(not any(word in query["sql"] for word in wire) for query in captured), run.calls

    statements(60)
    few, _ = statements(60)
    many, _ = statements(700)
    assert many == few
    before = written()
    idle, calls = statements(0)
    assert written() == before
    assert calls <= 3
    assert idle < few


def test_a_load_that_was_interrupted_asks_only_for_what_is_missing(books: Books) -> None:
    books.simulator.fill(books.realm, customers=3200, jobs=0, time_activities=0)
    run = runs.start(connection=books.connection)
    with pytest.MonkeyPatch.context() as patch:

        def stop_after_two(self: work.Work) -> None:
            position = Watermark.objects.get(entity="customer").position
            if len(position.get("pages", [])) >= 2:
                raise work.Stopped("time")

        patch.setattr(work.Work, "check", stop_after_two)
        puller.sync(run)
    run.refresh_from_db()
    assert run.state == State.PULLING
    books.simulator.stats(reset=True)
    puller.sync(run)
    run.refresh_from_db()
    assert run.state == State.PREVIEW
    assert RemoteRecord.objects.filter(entity="customer").count() == 3200
    # Two of four pages, the count again where it wasn't kept, the check at the end, and the preferences.
    assert books.simulator.stats()["calls"]["query"] <= 4
