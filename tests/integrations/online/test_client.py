from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from quickbooks.client import QuickBooks

from integrations.models import Connection, Exchange
from integrations.quickbooks.online import transport
from integrations.quickbooks.online.client import Client, quoted, server_time
from integrations.sync.errors import Disconnected, Rejected, Retryable, UnknownOutcome
from simulators.online.remote import Simulator


@pytest.fixture
def connection(transactional_db: None, make_connection: Callable[..., Connection], simulator: Simulator) -> Connection:
    simulator.config(limits=False)
    return make_connection()


@pytest.fixture
def client(connection: Connection) -> Iterator[Client]:
    client = Client(connection)
    yield client
    client.close()


def test_it_is_python_quickbooks_underneath(client: Client) -> None:
    assert isinstance(client._wire, QuickBooks)
    assert transport.Wire.make_request is QuickBooks.make_request


def test_pages_counts_and_records(client: Client, simulator: Simulator) -> None:
    realm = client.connection.company_id
    before = client.count("Customer")
    made = [simulator.create(realm, "Customer", DisplayName=f"O'Neill \\ {n}") for n in range(5)]

    page = client.query(
        "Customer", where="Active IN (true, false)", order_by="MetaData.CreateTime", start=before + 2, size=2
    )

    assert [row["DisplayName"] for row in page.rows] == ["O'Neill \\ 1", "O'Neill \\ 2"]
    assert abs(page.server_time - datetime.now(UTC)) < timedelta(minutes=1)
    assert client.count("Customer", where=f"DisplayName = {quoted(chr(79) + chr(39) + 'Neill ' + chr(92) + ' 3')}") == 1
    assert client.count("Customer") == before + 5
    first = made[0].get("Customer", made[0])
    record = client.read("Customer", first["Id"])
    assert record is not None
    assert record["DisplayName"] == "O'Neill \\ 0"
    assert client.read("Customer", "999999") is None
    assert client.calls == 6


def test_company_and_preferences(client: Client) -> None:
    assert client.company_info()["CompanyName"] == "Test Books"
    assert "AccountingInfoPrefs" in client.preferences()


def test_changes_name_each_entity_asked_for(client: Client, simulator: Simulator) -> None:
    simulator.create(client.connection.company_id, "Customer", DisplayName="New")
    changes = client.changes(["Customer", "Vendor"], datetime.now(UTC) - timedelta(hours=1))
    assert changes.complete
    assert "New" in [row["DisplayName"] for row in changes.rows["Customer"]]
    assert "Vendor" in changes.rows


def test_a_query_that_is_wrong_is_refused_with_intuits_words(client: Client) -> None:
    with pytest.raises(Rejected) as raised:
        client.query("Customer", where="Nonsense = 'x'")
    assert raised.value.code == "4001"


@pytest.mark.parametrize("kind", ["error_500", "html", "truncated", "reset_before", "reset_after"])
def test_a_read_that_fails_can_be_asked_again(client: Client, simulator: Simulator, kind: str) -> None:
    simulator.faults(client.connection.company_id, [{"kind": kind}])
    with pytest.raises(Retryable):
        client.query("Customer")


@pytest.mark.parametrize("kind", ["error_500", "html", "truncated", "reset_before", "reset_after"])
def test_a_write_that_fails_the_same_way_is_unknown(client: Client, simulator: Simulator, kind: str) -> None:
    simulator.faults(client.connection.company_id, [{"kind": kind}])
    with pytest.raises(UnknownOutcome):
        client.batch([{"bId": "1", "operation": "create", "TimeActivity": {}}], "request-1")


def test_a_lost_grant_pauses_the_connection(client: Client, simulator: Simulator) -> None:
    simulator.faults(client.connection.company_id, [{"kind": "forbidden"}])
    with pytest.raises(Disconnected):
        client.count("Customer")
    client.connection.refresh_from_db()
    assert (client.connection.status, client.connection.pause_code) == ("paused", "3100")


def test_every_call_is_kept_without_its_secrets(client: Client) -> None:
    client.count("Customer")
    client._transport.token = "wrong-token-that-must-not-be-kept"
    client.count("Customer")
    rows = list(Exchange.objects.order_by("pk"))
    assert [row.status for row in rows] == [200, 401, 200]
    assert all(row.tid for row in rows)
    text = " ".join(f"{row.path} {row.request} {row.answer}" for row in rows)
    assert "wrong-token" not in text
    assert client._transport.token not in text


class _Odd(http.server.BaseHTTPRequestHandler):
    """Answers as its path says: an endless body, one that drips, a redirect."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        getattr(self, self.server.manner)()  # type: ignore[attr-defined]

    def endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(4000):
                self.wfile.write(b"x" * 65536)
        except OSError:
            return

    def drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b" ")
                threading.Event().wait(0.05)
        except OSError:
            return

    def redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.mark.parametrize("manner", ["endless", "drip", "redirect"])
def test_odd_servers_end_in_time_as_unknown(connection: Connection, settings: Any, manner: str) -> None:
    settings.LEASE_SECONDS = 2.0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Odd)
    server.manner = manner  # type: ignore[attr-defined]
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.INTUIT_SIMULATOR_URL = f"http://127.0.0.1:{server.server_port}"
    client = Client(connection)
    with pytest.raises(UnknownOutcome):
        client.batch([{"bId": "1"}], "request-1")
    with pytest.raises(Retryable):
        client.count("Customer")
    server.shutdown()
    server.server_close()


def test_nothing_is_sent_after_its_time(client: Client, simulator: Simulator) -> None:
    with pytest.raises(Retryable) as raised:
        client.batch([{"bId": "1"}], "request-1", send_by=0.0)
    assert raised.value.code == "late"
    assert Exchange.objects.count() == 0


def test_clocks_are_read_in_either_form() -> None:
    moment = datetime(2026, 1, 2, 11, 4, 5, tzinfo=UTC)
    assert server_time("2026-01-02T03:04:05-08:00") == moment
    assert server_time("Fri, 02 Jan 2026 11:04:05 GMT") == moment
    assert abs(server_time(None) - datetime.now(UTC)) < timedelta(seconds=5)
