"""Sixty thousand jobs by iterator, cut at random places fifty times and finished without loss or repeat."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from typing import Any

import pytest

from bigtime.firm.models import Firm
from integrations.models import RemoteRecord, SyncStep
from integrations.quickbooks.desktop import callbacks
from integrations.quickbooks.desktop.soap import OPERATIONS, Call
from integrations.sync import pull, runs
from simulators.desktop.remote import CompanyFile, Desktop
from tests.company_file import APP, Soap, WebConnector

from .firm import DesktopFirm
from .test_kills import SEED

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.timeout(900)]
CUSTOMERS, JOBS, CUTS = 10_000, 50_000, 50
ALL = CUSTOMERS + JOBS
# Most visits are short; a few come far, since what is cut late has more to lose.
PAGES = [*[1] * 8, 2, 6]
PLACES = ["after_answer", "answer_lost", "sync_before_page_commit", "sync_after_page_commit"]


class Died(BaseException):
    """The server ends here: nobody catches it, as nobody catches kill -9."""


class Direct(Soap):
    """The service's operations without their bytes."""

    def __init__(self) -> None:
        self.rows = 0

    def call(self, operation: str, last: str = "", **parameters: Any) -> list[str]:
        self.rows += str(parameters.get("response", "")).count("<CustomerRet>")
        given = {name: str(parameters.get(name, "")) for name in OPERATIONS[operation]}
        result = callbacks.answer(Call(operation, given), "127.0.0.1", last)
        return [str(result)] if isinstance(result, str | int) else list(result)


@pytest.fixture
def office(books_setting: None, desktop: Desktop, firm: Firm, transactional_db: None) -> DesktopFirm:
    """Connected, never synced, with a company file that is large."""
    made = DesktopFirm(firm, desktop.create("Long List", APP), is_synced=False)
    made.file.fill(customers=CUSTOMERS, jobs=JOBS)
    return made


def cut(connector: WebConnector, place: str, pages: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One visit that brings so many pages and ends there."""
    if place == "after_answer":
        assert 0 <= connector.visit(cut_after=pages) < 100
    elif place == "answer_lost":
        assert 0 <= connector.visit(lose=pages - 1) < 100
    else:
        reached = Counter[str]()

        def point(name: str) -> None:
            reached[name] += 1
            if name == place and reached[name] == pages:
                raise Died

        with monkeypatch.context() as patched:
            patched.setattr(pull, "point", point)
            with pytest.raises(Died):
                connector.visit()


def in_file(file: CompanyFile) -> set[tuple[str, str]]:
    """Id and edit sequence of every customer and job, read past the simulator."""
    rows = sqlite3.connect(f"file:{file.path}?mode=ro", uri=True).execute(
        "SELECT id, edit FROM lists WHERE entity = 'Customer'"
    )
    return {(own, str(edit)) for own, edit in rows}


def mirrored(office: DesktopFirm) -> dict[str, tuple[str, Any]]:
    """Version and time of the last write, by id."""
    rows = RemoteRecord.objects.filter(connection=office.channel.connection_id, entity="customer", deleted_at=None)
    return {own: (version, at) for own, version, at in rows.values_list("remote_id", "version", "received_at")}


def test_a_session_cut_fifty_times_loses_nothing_and_writes_nothing_twice(
    office: DesktopFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(SEED)
    place = office.computers[0]
    soap = Direct()
    connector = WebConnector(office.file, place.agent.username, place.secret, soap)
    run = runs.start(connection=office.connection)
    for number in range(CUTS):
        cut(connector, PLACES[number % len(PLACES)], dice.choice(PAGES), monkeypatch)
    half = mirrored(office)
    carried = soap.rows

    assert connector.visit() == 100, (SEED, connector.last_error)

    held = mirrored(office)
    assert {(own, version) for own, (version, _) in held.items()} == in_file(office.file), SEED
    assert len(held) == ALL
    # Every reading began at the beginning; what the mirror had already was not written again.
    assert 0 < len(half) < ALL < carried + ALL == soap.rows
    assert {own: held[own] for own in half} == half, SEED
    step = SyncStep.objects.get(run=run, entity="customer")
    assert (step.pulled, step.total, step.changed, step.pulled_done) == (ALL, ALL, ALL, True), SEED
