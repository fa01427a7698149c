"""Sessions of one channel follow each other: real connections in real threads."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

from integrations.quickbooks.desktop import tickets
from integrations.quickbooks.desktop.models import Looked, Session
from tests.waiting import until

from .conftest import Office


def elsewhere(pool: ThreadPoolExecutor, office: Office) -> Future[tuple[Session, str]]:
    def act() -> tuple[Session, str]:
        try:
            return tickets.open_session(office.agent)
        finally:
            connection.close()

    return pool.submit(act)


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return cursor.fetchone()[0] > 0


def test_a_new_session_lets_the_call_under_way_finish_with_what_was_looked_up(office: Office) -> None:
    former, ticket = tickets.open_session(office.agent)
    Looked.objects.create(session=former, remote_id="1", data={})
    with ThreadPoolExecutor(1) as pool:
        with tickets.taken(ticket) as held:
            assert held == former
            opening = elsewhere(pool, office)
            until(waits_for_a_lock)
            assert Looked.objects.filter(session=former).count() == 1
        opened, _ = opening.result(timeout=10)
    assert Looked.objects.count() == 0
    assert tickets.find(ticket) is None
    assert list(Session.objects.filter(closed_at=None)) == [opened]


def test_of_sessions_opened_at_once_one_stays_open(office: Office) -> None:
    with ThreadPoolExecutor(4) as pool:
        for opening in [elsewhere(pool, office) for _ in range(4)]:
            opening.result(timeout=10)
    assert Session.objects.count() == 4
    assert Session.objects.filter(closed_at=None).count() == 1
