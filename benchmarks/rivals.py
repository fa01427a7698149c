"""python-quickbooks, unmodified, posting the same time to the same simulator. It keeps no state and knows no limits.

After a 429 it waits a second and goes on where it was refused, though Intuit asks for a minute: the best it could do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from quickbooks.batch import batch_create as in_batches
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects import TimeActivity
from quickbooks.objects.base import Ref

from simulators.online.remote import Simulator

from .measuring import Spent, spending

BATCH = 30


class Result(NamedTuple):
    """`paced` within Intuit's limits, `free` without; how many answers were 429."""

    paced: Spent
    free: Spent
    refused: int


class Rival:
    """A client of one company."""

    def __init__(self, books: Simulator, realm: str, remote: dict[str, list[str]]) -> None:
        granted = books.grant(realm)
        auth = AuthClient(
            "demo-client", "demo-secret", "http://127.0.0.1:8000/callback",
            f"{books.url}/.well-known/openid_sandbox_configuration/",
            access_token=granted["access_token"], refresh_token=granted["refresh_token"], realm_id=realm,
        )  # fmt: skip
        self.client = QuickBooks(
            auth_client=auth, refresh_token=granted["refresh_token"], company_id=realm, minorversion=75
        )
        self.client.sandbox = False
        self.client.api_url_v3 = f"{books.url}/v3"
        self.remote = remote
        self.refused = 0

    def run(self, way: Way, count: int, minute: float) -> Spent:
        documents = [self._document(number) for number in range(count)]
        with spending() as spent:
            way(self, documents, minute)
        return spent

    def _document(self, number: int) -> TimeActivity:
        document = TimeActivity()
        document.NameOf, document.BillableStatus = "Employee", "NotBillable"
        document.EmployeeRef = _ref(self.remote["employee"], number)
        document.CustomerRef = _ref(self.remote["customer"], number)
        document.ItemRef = _ref(self.remote["item"], number)
        document.TxnDate = f"2026-01-{1 + number % 28:02}"
        document.Hours, document.Minutes = 1 + number % 7, 15
        document.Description = f"Work on item {number}"
        return document

    def patiently(self, send: Callable[[], Any], minute: float) -> None:
        while True:
            try:
                send()
            except QuickbooksException:
                self.refused += 1
                time.sleep(minute / 60)
            else:
                return


Way = Callable[[Rival, list[TimeActivity], float], None]


def save(rival: Rival, documents: list[TimeActivity], minute: float) -> None:
    for each in documents:
        rival.patiently(lambda: each.save(qb=rival.client), minute)  # noqa: B023 -- called at once


def batch_create(rival: Rival, documents: list[TimeActivity], minute: float) -> None:
    """In the library's own batches. Given the whole list at once, its first 429 would lose every id got before."""
    for start in range(0, len(documents), BATCH):
        some = documents[start : start + BATCH]
        rival.patiently(lambda: in_batches(some, qb=rival.client), minute)  # noqa: B023 -- called at once


def _ref(ids: list[str], number: int) -> Ref:
    found = Ref()
    found.value = ids[number % len(ids)]
    return found
