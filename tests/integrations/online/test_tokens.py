"""Refreshing under a lock, surviving death after the answer, and what happens when Intuit refuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from bigtime.core import encryption
from integrations.models import Connection, Exchange
from integrations.quickbooks.online import oauth, tokens
from integrations.quickbooks.online.models import IntuitApp, Token
from integrations.sync.errors import Disconnected, Retryable
from simulators.online.remote import Simulator

ROOT = Path(__file__).resolve().parents[3]
Make = Callable[..., Connection]


@pytest.fixture
def rotating(simulator: Simulator) -> Iterator[Simulator]:
    """A simulator that changes the refresh token at every refresh, the harshest reading of Intuit's rule."""
    simulator.config(rotation="always")
    simulator.stats(reset=True)
    yield simulator
    simulator.config(rotation="daily", rotation_grace=86400.0)


def near_expiry(connection: Connection) -> Token:
    now = timezone.now()
    Token.objects.filter(connection=connection).update(
        access_expires_at=now + timedelta(minutes=1), refreshed_at=now - timedelta(minutes=59)
    )
    return Token.objects.get(connection=connection)


def refreshes(simulator: Simulator) -> int:
    return int(simulator.stats()["token_refreshes"])


@pytest.mark.django_db
def test_a_fresh_token_costs_no_call(make_connection: Make, rotating: Simulator) -> None:
    connection = make_connection()
    before = Token.objects.get()
    assert [tokens.access_token(connection) for _ in range(3)] == [before.access_token] * 3
    assert refreshes(rotating) == 0


@pytest.mark.django_db
def test_near_expiry_both_tokens_are_replaced_and_the_former_kept(make_connection: Make, rotating: Simulator) -> None:
    connection = make_connection()
    before = near_expiry(connection)
    fresh = tokens.access_token(connection)
    after = Token.objects.get()
    assert fresh == after.access_token != before.access_token
    assert after.previous_refresh_token == before.refresh_token != after.refresh_token
    assert after.refreshes == 1
    assert after.access_expires_at - timezone.now() > timedelta(minutes=59)
    assert after.refresh_expires_at - timezone.now() > timedelta(days=100)
    hard = after.hard_expires_at
    assert hard is not None
    assert timedelta(days=1824) < hard - timezone.now() <= timedelta(days=1825)
    assert refreshes(rotating) == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_make_exactly_one_call(make_connection: Make, rotating: Simulator) -> None:
    connection = make_connection()
    near_expiry(connection)
    start, got = threading.Barrier(50), []

    def ask() -> None:
        try:
            start.wait()
            got.append(tokens.access_token(Connection.objects.get(pk=connection.pk)))
        finally:
            database.close()

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 50
    assert set(got) == {Token.objects.get().access_token}
    assert refreshes(rotating) == 1


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_run_inside_a_transaction_that_could_undo_it(make_connection: Make, rotating: Simulator) -> None:
    connection = make_connection()
    near_expiry(connection)
    with pytest.raises(RuntimeError), transaction.atomic():
        tokens.access_token(connection)
    assert refreshes(rotating) == 0


@pytest.mark.django_db
def test_after_a_401_only_the_first_asks_again(make_connection: Make, rotating: Simulator) -> None:
    connection = make_connection()
    rejected = Token.objects.get().access_token
    fresh = tokens.refresh_rejected(connection, rejected)
    assert tokens.refresh_rejected(connection, rejected) == fresh != rejected
    assert refreshes(rotating) == 1


CHILD = """
import sys, django
django.setup()
from integrations.models import Connection
from integrations.quickbooks.online import tokens
tokens.access_token(Connection.objects.get(pk=int(sys.argv[1])))
"""


def refresh_and_die(connection: Connection, point: str) -> int:
    database_settings = database.settings_dict
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "bigtime.settings",
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database_settings),
        "INTUIT_ENVIRONMENT": "simulator",
        "INTUIT_CLIENT_ID": settings.INTUIT_CLIENT_ID,
        "INTUIT_CLIENT_SECRET": settings.INTUIT_CLIENT_SECRET,
        "INTUIT_SIMULATOR_URL": settings.INTUIT_SIMULATOR_URL,
        "BIGTIME_ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
        "BIGTIME_CRASH_AT": point,
    }
    command = [sys.executable, "-c", CHILD, str(connection.pk)]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


@pytest.mark.crash
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["token_answered", "token_written"])
def test_death_after_intuit_s_answer_loses_no_grant(make_connection: Make, rotating: Simulator, point: str) -> None:
    connection = make_connection()
    before = near_expiry(connection)
    assert refresh_and_die(connection, point) == -signal.SIGKILL
    stored = Token.objects.get()
    assert (stored.access_token, stored.refresh_token) == (before.access_token, before.refresh_token)
    assert refreshes(rotating) == 1
    # What is stored is Intuit's former token by now, and it still works.
    assert tokens.access_token(connection) == Token.objects.get().access_token != before.access_token
    connection.refresh_from_db()
    assert connection.status == "active"


@pytest.mark.django_db
def test_an_answer_lost_on_the_wire_loses_no_grant(make_connection: Make, rotating: Simulator) -> None:
    connection = make_connection()
    before = near_expiry(connection)
    rotating.faults(connection.company_id, [{"kind": "reset_after", "match": {"operation": "token"}, "count": 1}])
    with pytest.raises(Retryable):
        tokens.access_token(connection)
    assert Token.objects.get().refresh_token == before.refresh_token
    assert tokens.access_token(connection) == Token.objects.get().access_token


@pytest.mark.django_db
def test_the_former_token_is_tried_when_the_current_one_is_refused(make_connection: Make, rotating: Simulator) -> None:
    connection = make_connection()
    good = near_expiry(connection).refresh_token
    token = Token.objects.get()
    token.refresh_token, token.previous_refresh_token = "AB11-from-a-branch-that-never-was", good
    token.save()
    assert tokens.access_token(connection) == Token.objects.get().access_token
    assert refreshes(rotating) == 1


@pytest.mark.django_db
def test_a_refused_grant_pauses_and_is_not_asked_about_again(make_connection: Make, rotating: Simulator) -> None:
    connection = make_connection()
    before = near_expiry(connection)
    rotating.call("POST", f"/{connection.company_id}/revoke")
    for _ in range(2):
        with pytest.raises(Disconnected) as refusal:
            tokens.access_token(connection)
        assert refusal.value.code == "invalid_grant"
        assert refusal.value.message == "QuickBooks no longer accepts our authorization. Reconnect to continue."
    connection.refresh_from_db()
    assert (connection.status, connection.pause_code) == ("paused", "invalid_grant")
    assert connection.pause_reason == refusal.value.message
    assert Token.objects.get().refresh_token == before.refresh_token


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["error_500", "error_503", "throttled", "html", "reset_before"])
def test_a_bad_moment_changes_nothing(make_connection: Make, rotating: Simulator, kind: str) -> None:
    connection = make_connection()
    before = near_expiry(connection)
    rotating.faults(connection.company_id, [{"kind": kind, "match": {"operation": "token"}, "count": 1}])
    with pytest.raises(Retryable):
        tokens.access_token(connection)
    connection.refresh_from_db()
    assert connection.status == "active"
    assert Token.objects.get().refresh_token == before.refresh_token
    assert tokens.access_token(connection) != before.access_token


@pytest.mark.django_db
def test_a_wrong_secret_pauses_with_its_own_reason(make_connection: Make, rotating: Simulator, settings: Any) -> None:
    connection = make_connection()
    near_expiry(connection)
    settings.INTUIT_CLIENT_SECRET = "another"
    with pytest.raises(Disconnected) as refusal:
        tokens.access_token(connection)
    assert refusal.value.code == "invalid_client"
    connection.refresh_from_db()
    assert connection.pause_code == "invalid_client"


@pytest.mark.django_db
def test_the_firm_s_own_app_refreshes_its_own_grants(make_connection: Make, rotating: Simulator, settings: Any) -> None:
    connection = make_connection()
    near_expiry(connection)
    settings.INTUIT_CLIENT_ID, settings.INTUIT_CLIENT_SECRET = "", ""
    with pytest.raises(Disconnected) as refusal:
        tokens.access_token(connection)
    assert refusal.value.code == "no_app"
    Connection.objects.update(status="active", pause_code="")
    IntuitApp.objects.create(
        firm=connection.firm, environment="simulator", client_id="demo-client", client_secret="demo-secret"
    )
    assert tokens.access_token(connection) == Token.objects.get().access_token


@pytest.mark.django_db
def test_a_disabled_connection_gives_no_token(make_connection: Make, rotating: Simulator) -> None:
    connection = make_connection()
    Connection.objects.update(status="disabled")
    with pytest.raises(Disconnected) as refusal:
        tokens.access_token(connection)
    assert refusal.value.code == "disabled"
    connection.refresh_from_db()
    assert connection.status == "disabled"


@pytest.mark.django_db
def test_lost_keys_pause_and_a_new_grant_mends_it(make_connection: Make, rotating: Simulator, settings: Any) -> None:
    connection = make_connection()
    settings.ENCRYPTION_KEYS = [encryption.Fernet.generate_key().decode()]
    with pytest.raises(Disconnected) as refusal:
        tokens.access_token(connection)
    assert refusal.value.code == "undecryptable"
    now = timezone.now()
    grant = oauth.Grant("access", "refresh", now + timedelta(hours=1), now + timedelta(days=100), None)
    tokens.store_grant(connection, grant)
    Connection.objects.update(status="active", pause_code="")
    assert tokens.access_token(connection) == "access"


@pytest.mark.django_db
def test_revoking_ends_it_at_intuit_and_erases_it_here(make_connection: Make, rotating: Simulator) -> None:
    connection = make_connection()
    former = Token.objects.get().refresh_token
    assert tokens.revoke(connection) is True
    assert not Token.objects.exists()
    credentials = tokens.intuit_app.of_connection(connection)
    with pytest.raises(Disconnected):
        oauth.refresh(credentials, former)


@pytest.mark.django_db
def test_tokens_are_erased_even_when_intuit_is_away(make_connection: Make, rotating: Simulator, settings: Any) -> None:
    connection = make_connection()
    settings.INTUIT_SIMULATOR_URL = "http://127.0.0.1:9"
    assert tokens.revoke(connection) is False
    assert not Token.objects.exists()


@pytest.mark.django_db
def test_no_token_shows_anywhere(
    make_connection: Make, rotating: Simulator, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    """Logs at their loudest, tracebacks, reprs, the database's bytes and the stored exchanges."""
    connection = make_connection()
    shown = []
    with caplog.at_level("DEBUG"):
        first = near_expiry(connection)
        tokens.access_token(connection)
        second = near_expiry(connection)
        shown += [
            repr(second),
            repr(second.__class__),
            repr(oauth.Grant("a-canary", "r-canary", *[timezone.now()] * 3)),
        ]
        rotating.call("POST", f"/{connection.company_id}/revoke")
        try:
            tokens.access_token(connection)
        except Disconnected as error:
            shown += traceback.format_exception(error)
    with database.cursor() as cursor:
        cursor.execute("SELECT t::text FROM quickbooks_online_token t")
        shown += [row[0] for row in cursor.fetchall()]
    shown += [f"{e.path} {e.request} {e.answer} {e.error}" for e in Exchange.objects.all()]
    text = "\n".join([caplog.text, *shown])
    secrets = {first.access_token, first.refresh_token, second.access_token, second.refresh_token}
    assert [s for s in secrets | {"a-canary", "r-canary", settings.INTUIT_CLIENT_SECRET} if s in text] == []
