"""The tile, the panel behind it, and one run for however many presses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bigtime.firm.models import Firm
from integrations.models import Connection, SyncIssue, SyncRun, SyncStep
from tests.factories import ClientFactory, FirmFactory, StaffFactory
from tests.factories.books import ConnectionFactory, LinkFactory

from .conftest import SYNC, said, text

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]
State = SyncRun.State
HTMX = {"HTTP_HX_REQUEST": "true"}


def run_of(connection: Connection, state: str = State.PULLING, **values: Any) -> SyncRun:
    run = SyncRun.objects.create(connection=connection, state=state, **values)
    SyncStep.objects.create(run=run, entity="customer", order=0, total=200, pulled=50)
    SyncStep.objects.create(run=run, entity="employee", order=1, total=4, pulled=4, pulled_done=True)
    return run


def test_without_books_an_administrator_is_led_to_connecting(admin: Client) -> None:
    page = text(admin.get("/"))
    assert "Connect QuickBooks" in page
    assert 'href="/company/integrations/"' in page
    assert "Update now" not in page
    assert "QuickBooks isn’t connected" in text(admin.get(SYNC))


def test_without_books_an_accountant_sees_no_tile(signed_in: SignedIn) -> None:
    client = signed_in("accountant")
    assert 'id="sync-tile"' not in text(client.get("/"))
    assert "Ask an administrator to connect your books" in text(client.get(SYNC))


def test_books_that_were_disabled_are_named_and_connected_again(admin: Client, connection: Connection) -> None:
    Connection.objects.update(status="disabled", company_name="Blue Heron")
    page = text(admin.get(SYNC))
    assert "Blue Heron isn’t connected. Every link is kept." in page
    assert "Nothing is connected yet" not in page
    assert "/company/integrations/quickbooks-online/enable/" in page
    assert "Connect it again" in page


@pytest.mark.parametrize("role", ["manager", "staff"])
def test_others_see_no_tile_and_no_page(signed_in: SignedIn, connection: Connection, role: str) -> None:
    client = signed_in(role)
    page = text(client.get("/"))
    assert 'id="sync-tile"' not in page
    assert SYNC not in page
    answer = client.get(SYNC)
    assert answer.status_code == 403
    assert "This page is for administrators and accountants only." in text(answer)


def test_the_tile_of_connected_books(admin: Client, connection: Connection, firm: Firm) -> None:
    Connection.objects.update(closed_through=date(2026, 6, 30), next_check_at=timezone.now() + timedelta(minutes=9))
    for _ in range(3):
        LinkFactory.create(
            connection=connection, local_model="clients.client", local_id=ClientFactory.create(firm=firm).pk
        )
    page = text(admin.get("/"))
    assert "<dt>Clients</dt><dd>3</dd>" in page
    assert "<dt>Projects</dt><dd>0</dd>" in page
    assert "just now" in page
    assert "Update now" in page
    assert "Next check" in page
    assert "Books closed through Jun 30, 2026." in page
    assert "Authorization none: reconnect" in page


def test_one_person_linked_twice_is_one(admin: Client, connection: Connection, firm: Firm) -> None:
    person = StaffFactory.create(firm=firm)
    for entity in ("employee", "vendor"):
        LinkFactory.create(connection=connection, entity=entity, local_model="staff.staff", local_id=person.pk)
    assert "<dt>Staff</dt><dd>1</dd>" in text(admin.get("/"))


def test_who_decides_when_the_books_are_read_next(admin: Client, connection: Connection) -> None:
    Connection.objects.update(imported_at=timezone.now(), next_check_at=None)
    assert "<dt>Next check</dt><dd>only by hand</dd>" in text(admin.get(SYNC))
    Connection.objects.update(system="quickbooks_desktop")
    page = text(admin.get(SYNC))
    assert "Next check" not in page
    assert "only by hand" not in page


def test_what_needs_a_decision_is_counted_and_leads_there(admin: Client, connection: Connection, remote: Any) -> None:
    for kind in ("decision", "rejected", "warning"):
        SyncIssue.objects.create(
            connection=connection, entity="employee", remote=remote("employee", kind), kind=kind, code=kind, message="?"
        )
    page = text(admin.get("/"))
    assert "2 need a decision" in page
    assert "2 records of QuickBooks to decide" in page
    assert f'href="{SYNC}attention/"' in page


def test_a_paused_connection_offers_reconnect_and_no_update(signed_in: SignedIn, connection: Connection) -> None:
    Connection.objects.update(status="paused", pause_reason="QuickBooks refused us.")
    page = text(signed_in("administrator").get("/"))
    assert "Needs reconnecting" in page
    assert "Update now" not in page
    assert 'class="btn primary" href="/company/integrations/quickbooks-online/enable/">Reconnect' in page
    accountant = signed_in("accountant")
    assert "An administrator reconnects." in text(accountant.get("/"))
    answer = accountant.post(f"{SYNC}start/", follow=True)
    assert said(answer) == ["QuickBooks isn't connected. Connect again, then update."]
    assert not SyncRun.objects.exists()


def test_a_running_sync_shows_in_the_tile_and_stops_asking_at_its_end(admin: Client, connection: Connection) -> None:
    run = run_of(connection)
    tile = admin.get(f"{SYNC}tile/", **HTMX)
    assert tile.status_code == 200
    assert f'hx-get="{SYNC}tile/"' in text(tile)
    assert '<progress class="mt" value="26" max="100"' in text(tile)
    SyncRun.objects.filter(pk=run.pk).update(state=State.DONE)
    tile = admin.get(f"{SYNC}tile/", **HTMX)
    assert tile.status_code == 286
    assert "hx-get" not in text(tile)
    assert "Update now" in text(tile)


def test_the_tiles_address_opened_by_itself_is_the_panel(admin: Client, connection: Connection) -> None:
    assert admin.get(f"{SYNC}tile/").url == SYNC  # type: ignore[attr-defined]


def test_two_presses_are_one_run(admin: Client, connection: Connection) -> None:
    admin.post(f"{SYNC}start/")
    answer = admin.post(f"{SYNC}start/", follow=True)
    assert SyncRun.objects.count() == 1
    assert said(answer) == ["A sync is running already; this is it."]
    assert SyncRun.objects.get().started_by == admin.membership.user  # type: ignore[attr-defined]


def test_progress_by_list_with_time_left(admin: Client, connection: Connection) -> None:
    run_of(connection, started_at=timezone.now() - timedelta(minutes=1))
    page = text(admin.get(f"{SYNC}?part=run", **HTMX))
    assert "50 of 200" in page
    assert "26 % · about 3 minutes left" in page
    assert "<html" not in page
    assert "every 1s" in text(admin.get(SYNC))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.DONE, "The sync is done."),
        (State.PREVIEW, "The books are read. Look at what would be imported."),
        (State.FAILED, "The sync stopped. What is done stays done."),
        (State.CANCELLED, "The sync was cancelled. Resume goes on where it stopped."),
    ],
)
def test_at_its_end_the_page_is_shown_anew_with_a_toast(
    admin: Client, connection: Connection, state: str, words: str
) -> None:
    run_of(connection, state)
    answer = admin.get(f"{SYNC}?part=run", **HTMX)
    assert (answer.status_code, answer["HX-Refresh"]) == (286, "true")
    assert said(admin.get(SYNC)) == [words]


def test_results_lead_to_their_records(admin: Client, connection: Connection) -> None:
    run = run_of(connection, State.DONE)
    run.steps.filter(entity="customer").update(created=3, updated=2, inactivated=1, attention=4)
    page = text(admin.get(SYNC))
    assert f'href="{SYNC}{run.pk}/?entity=customer&amp;action=created">3</a>' in page
    assert f'href="{SYNC}{run.pk}/?entity=customer&amp;action=inactivated">1</a>' in page
    assert f'href="{SYNC}attention/"><b>4</b></a>' in page


def test_cancelled_and_gone_on_with(admin: Client, connection: Connection) -> None:
    run = run_of(connection, State.QUEUED)
    assert said(admin.post(f"{SYNC}{run.pk}/cancel/", follow=True)) == ["Cancelled. Resume goes on where it stopped."]
    assert SyncRun.objects.get().state == State.CANCELLED
    assert "Resume" in text(admin.get(SYNC))
    assert said(admin.post(f"{SYNC}{run.pk}/cancel/", follow=True)) == [
        "That sync had ended already. Nothing was changed."
    ]
    admin.post(f"{SYNC}{run.pk}/resume/")
    assert SyncRun.objects.get().state == State.QUEUED


def test_only_an_administrator_may_disconnect(signed_in: SignedIn, connection: Connection) -> None:
    disable = "/company/integrations/quickbooks-online/disable/"
    assert disable in text(signed_in("administrator").get(SYNC))
    assert disable not in text(signed_in("accountant").get(SYNC))


def test_another_firms_run_and_record_are_not_found(admin: Client, connection: Connection) -> None:
    theirs = run_of(ConnectionFactory.create(firm=FirmFactory.create()), State.CANCELLED)
    for path in ("", "cancel/", "resume/", "import/"):
        ask = admin.get if not path else admin.post
        assert ask(f"{SYNC}{theirs.pk}/{path}").status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == State.CANCELLED


@pytest.mark.parametrize(
    "path", [SYNC, f"{SYNC}history/", f"{SYNC}attention/", f"{SYNC}links/", f"{SYNC}tile/", "RUN", "RECORD"]
)
def test_pages_cost_the_same_whatever_they_show(
    admin: Client, connection: Connection, firm: Firm, remote: Any, path: str
) -> None:
    run = run_of(connection, State.DONE)
    record = remote("customer", "Old Client")
    path = {"RUN": f"{SYNC}{run.pk}/", "RECORD": f"{SYNC}records/{record.pk}/"}.get(path, path)
    costs = []
    for number in (3, 30):
        for n in range(number):
            mine = ClientFactory.create(firm=firm, name=f"Customer {number} {n}")
            row = remote("customer", f"Customer {number} {n}", parent_id=record.remote_id)
            LinkFactory.create(connection=connection, remote=row, local_model="clients.client", local_id=mine.pk)
            SyncIssue.objects.create(
                connection=connection, entity="customer", remote=row, kind="warning", code="cut", message="?"
            )
            run.changes.create(
                entity="customer", remote=row, name=row.name, action="updated", fields={"phone": ["", "1"]}
            )
            remote("customer", f"Customer {number} {n} LLC")
        admin.get(path, **(HTMX if path.endswith("tile/") else {}))
        with CaptureQueriesContext(
            database,
        ) as captured:
            assert admin.get(path, **(HTMX if path.endswith("tile/") else {})).status_code in (200, 286)
        costs.append(len(captured))
    assert costs[0] == costs[1]
    assert costs[1] <= MOST.get(path, 15), [each["sql"] for each in captured]


MOST: dict[str, int] = {}


@pytest.mark.parametrize(
    "path",
    ["links/?entity=customer", "links/act/", "attention/", "attention/act/", "preview/", "preview/decide/", "start/"],
)
def test_a_page_left_open_over_disable_leads_to_sync(admin: Any, connection: Connection, path: str) -> None:
    Connection.objects.filter(pk=connection.pk).update(status="disabled")
    ask = admin.post if path.endswith(("act/", "decide/", "start/")) else admin.get
    answer = ask(f"{SYNC}{path}", follow=True)
    assert answer.redirect_chain == [(SYNC, 302)]
    assert ("Nothing was changed." in text(answer)) is (ask == admin.post)
    moved = ask(f"{SYNC}{path}", headers={"HX-Request": "true"})
    assert moved.headers["HX-Redirect"] == SYNC
