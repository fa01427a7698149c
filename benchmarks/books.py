"""Empty books of QuickBooks Online for the length of a benchmark, and connections to their companies."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from bigtime.firm.models import Firm
from integrations.models import Connection
from integrations.quickbooks.online.models import Token
from simulators.online.remote import Simulator
from simulators.remote import started


@contextmanager
def simulator() -> Iterator[Simulator]:
    """At zero latency."""
    with tempfile.TemporaryDirectory(prefix="bigtime-bench-") as folder:
        log = Path(folder, "simulator.txt")
        with started("simulators.online", Path(folder), log, "/_sim/config", "--seed", "empty") as url:
            yield Simulator(url)


def company(books: Simulator, name: str, **sizes: int) -> str:
    """The realm of a new one; `sizes` are customers, jobs and time_activities to fill it with."""
    realm = books.create_realm(name)
    books.fill(realm, **sizes)
    return realm


def connected(books: Simulator, realm: str, firm: Firm, *, imported: bool = False) -> Connection:
    """A connection with tokens, as an authorization would leave it."""
    now = timezone.now()
    connection = Connection.objects.create(
        firm=firm, system="quickbooks_online", environment="simulator", company_id=realm, company_name=firm.name,
        home_currency="USD", imported_at=now if imported else None,
    )  # fmt: skip
    answer = books.grant(realm)
    Token.objects.create(
        connection=connection, access_token=answer["access_token"], refresh_token=answer["refresh_token"],
        access_expires_at=now + timedelta(hours=1), refresh_expires_at=now + timedelta(days=100), refreshed_at=now,
    )  # fmt: skip
    return connection
