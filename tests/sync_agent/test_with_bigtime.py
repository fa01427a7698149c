"""The Sync Agent, BigTime itself and a company file: connecting, syncing, posting, and both repairs."""

from __future__ import annotations

import io
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import F
from pytest_django.live_server_helper import LiveServer

from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.firm.models import Firm, Role
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations import registry
from integrations.models import Carrier, Connection, Link, Operation, SyncRun
from integrations.quickbooks.desktop import poster, services
from integrations.quickbooks.desktop.models import Agent, Channel
from integrations.sync import guard, outbox, runs
from integrations.sync.clock import quiet
from integrations.sync.outbox import Record
from simulators.remote import ROOT
from sync_agent.command_line import main
from sync_agent.configuration import Configuration, load
from sync_agent.instance import is_running
from tests.factories import MembershipFactory, UserFactory
from tests.simulators.desktop.caller import DesktopSimulator, running_desktop
from tests.waiting import until

pytestmark = pytest.mark.slow
PASSWORD = "correct-horse-battery"
MONDAY = date(2026, 11, 16)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DesktopSimulator]:
    with running_desktop(tmp_path_factory.mktemp("books"), "--seed", "empty") as simulator:
        yield simulator


@dataclass
class Office:
    """A firm that enabled and granted, a company file with a few records, and the program between them."""

    firm: Firm
    books: DesktopSimulator
    file: str
    address: str
    email: str
    monkeypatch: pytest.MonkeyPatch

    @property
    def connection(self) -> Connection:
        return Connection.objects.get(firm=self.firm)

    def connect(self) -> int:
        self.monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
        host = [sys.executable, "-m", "simulators.desktop.host", "--url", self.books.url, "--file", self.file]
        given = ["--server", self.address, "--email", self.email, "--password-stdin", "--host", shlex.join(host)]
        return main(["connect", *given])

    def work(self) -> SyncRun:
        """As a worker does with what the agent has read; a preview is imported."""
        run = SyncRun.objects.filter(connection=self.connection).latest("pk")
        registry.get(run.connection.system).driver.sync(run)
        run.refresh_from_db()
        if run.state == SyncRun.State.PREVIEW:
            runs.import_preview(run=run)
            registry.get(run.connection.system).driver.sync(run)
            run.refresh_from_db()
        return run

    def sync(self) -> SyncRun:
        assert main(["sync"]) == 0
        return self.work()

    def links(self) -> set[tuple[str, int]]:
        """Of the lists; what was posted grows by itself."""
        lists = Link.objects.filter(connection=self.connection).exclude(entity="time_entry")
        return set(lists.values_list("remote__remote_id", "local_id"))


@pytest.fixture
def office(
    transactional_db: None, live_server: LiveServer, firm: Firm, books: DesktopSimulator, settings: Any,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest,
) -> Iterator[Office]:  # fmt: skip
    settings.BASE_URL, settings.REDIS_URL = live_server.url, ""
    settings.INSTANCE_FILE = tmp_path / "instance"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "agent"}}
    cache.clear()
    guard._looked.clear()
    guard._newest.clear()
    by = MembershipFactory.create(firm=firm, role=Role.ADMINISTRATOR, user=UserFactory.create(password=PASSWORD)).user
    services.grant(channel=services.enable(firm=firm, by=by), by=by)
    file = books.create(f"Harbor Design {request.node.name[:40]}")
    books.conditions(file, access_answer="always")
    books.add(file, "Customer", Name="Acme")
    books.add(file, "Customer", Name="Website", ParentRef="Acme")
    books.add(file, "Employee", FirstName="Maya", LastName="Okafor")
    books.add(file, "Account", Name="Fees", AccountType="Income")
    rate = {"Price": "150.00", "AccountRef": "Fees"}
    books.add(file, "ItemService", Name="Design", SalesOrPurchase=rate)
    yield Office(firm, books, file, live_server.url, by.email, monkeypatch)
    cache.clear()


def test_from_connecting_to_time_in_the_company_file(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert office.connect() == 0, capsys.readouterr().err
    said = capsys.readouterr().out
    assert f"Company file: {office.books.path(office.file)}" in said
    assert "First sync: 100%" in said
    assert office.work().state == SyncRun.State.DONE
    project = Project.objects.get(firm=office.firm, name="Website")
    channel = Channel.objects.get()
    assert (channel.company_file, channel.active.computer) == (
        office.books.path(office.file), Agent.objects.get().computer,
    )  # fmt: skip

    _post(office, project, 3)
    office.sync()

    posted = office.books.dump(office.file, "TimeTracking")
    assert len(posted) == 3
    assert {row["EntityRef"]["FullName"] for row in posted} == {"Maya Okafor"}
    assert {row["CustomerRef"]["FullName"] for row in posted} == {"Acme:Website"}
    office.sync()
    assert len(office.books.dump(office.file, "TimeTracking")) == 3


def _disable_and_enable(office: Office) -> None:
    """Method 1: on the tile Disable, then Enable and Grant; the agent signs in and connects again."""
    services.disable(connection=office.connection)
    assert main(["sync"]) == 1
    by = MembershipFactory.create(firm=office.firm, role=Role.ADMINISTRATOR).user
    services.grant(channel=services.enable(firm=office.firm, by=by), by=by)
    assert office.connect() == 0


def _remove_the_permission(office: Office) -> None:
    """Method 2 up to the configuration: both programs ended, no process left, the permission removed in QuickBooks."""
    assert main(["quit"]) == 0
    office.books.conditions(office.file, not_started=True)
    assert not is_running()
    office.books.conditions(office.file, not_started=False, access_answer=None)
    office.books.call("PUT", f"/{office.file}/access", {"app": "BigTime Sync Agent", "access": ""})
    assert office.books.call("GET", f"/{office.file}/access")["grants"] == []


def _connect_as_admin(office: Office) -> None:
    """QuickBooks asks afresh; somebody at its screen answers, and what it remembers is Admin."""
    answering = threading.Thread(target=_answer_always, args=(office,), daemon=True)
    answering.start()
    assert office.connect() == 0
    answering.join(30)
    (grant,) = office.books.call("GET", f"/{office.file}/access")["grants"]
    assert (grant["app"], grant["access"], grant["user"]) == ("BigTime Sync Agent", "always", "Admin")


def _answer_always(office: Office) -> None:
    for _ in range(300):
        if office.books.call("GET", f"/{office.file}/access")["dialogs"]:
            office.books.call("POST", f"/{office.file}/access", {"answer": "always"})
            return
        time.sleep(0.1)


def _reset_connection(office: Office) -> None:
    _remove_the_permission(office)
    assert main(["reset"]) == 0
    assert main(["sync"]) == 1
    _connect_as_admin(office)


def _delete_the_configuration_file(office: Office) -> None:
    _remove_the_permission(office)
    Configuration().path().unlink()
    assert main(["sync"]) == 1
    _connect_as_admin(office)


@pytest.mark.parametrize("repair", [_disable_and_enable, _reset_connection, _delete_the_configuration_file])
def test_after_either_repair_nothing_is_doubled_and_nothing_is_lost(
    office: Office, repair: Callable[[Office], None]
) -> None:
    assert office.connect() == 0
    office.work()
    project = Project.objects.get(firm=office.firm, name="Website")
    _post(office, project, 2)
    office.sync()
    links, counts = office.links(), _counts(office.firm)
    posted = {row["TxnID"] for row in office.books.dump(office.file, "TimeTracking")}
    assert len(posted) == 2
    # Approved and put into the queue just before, and still to be sent.
    _post(office, project, 1, after=7)

    repair(office)
    office.work()
    _post(office, project, 1, after=14)
    office.sync()

    assert office.links() == links
    assert _counts(office.firm) == counts
    held = office.books.dump(office.file, "TimeTracking")
    assert (len(held), posted <= {row["TxnID"] for row in held}) == (4, True)
    written = [entry["op"] for entry in office.books.journal(office.file, entity="TimeTracking")]
    assert written == ["add"] * 4
    assert set(Operation.objects.values_list("state", flat=True)) == {"posted"}
    assert Agent.objects.valid().count() == 1


def test_a_folder_copied_in_the_middle_doubles_nothing_on_another_computer(
    office: Office, agent_home: Path, tmp_path: Path
) -> None:
    assert office.connect() == 0
    office.work()
    _post(office, Project.objects.get(firm=office.firm, name="Website"), 3)
    settings, options = load(), ["--url", office.books.url, "--file", office.file, "--computer"]
    sleepy = (sys.executable, "-m", "tests.sync_agent.sleepy_host", str(tmp_path), *options, "Front")
    settings.with_changes(host=sleepy)
    first = subprocess.Popen([sys.executable, "-m", "sync_agent", "sync"], cwd=ROOT)
    until((tmp_path / "asleep").exists)
    shutil.copytree(agent_home, tmp_path / "copy")
    office.monkeypatch.setenv("SYNC_AGENT_HOME", str(tmp_path / "copy"))
    settings.with_changes(host=(sys.executable, "-m", "simulators.desktop.host", *options, "Copy"))

    office.sync()

    assert _states() == {"in_doubt": 3}
    (tmp_path / "awake").touch()
    assert first.wait(60) == 1
    passed = poster.HANDED * quiet()
    Carrier.objects.update(sent_at=F("sent_at") - passed)
    Operation.objects.update(not_before=F("not_before") - passed)
    office.sync()
    assert _states() == {"posted": 3}
    assert [each["op"] for each in office.books.journal(office.file, entity="TimeTracking")] == ["add"] * 3


def test_killed_in_the_middle_the_same_computer_goes_on_at_once(office: Office) -> None:
    assert office.connect() == 0
    office.work()
    _post(office, Project.objects.get(firm=office.firm, name="Website"), 3)
    first = subprocess.Popen([sys.executable, "-m", "sync_agent", "sync"], cwd=ROOT)
    until(lambda: _states()["sending"] == 3)
    first.kill()
    first.wait()

    office.sync()

    assert _states() == {"posted": 3}
    assert [each["op"] for each in office.books.journal(office.file, entity="TimeTracking")] == ["add"] * 3


def _states() -> Counter[str]:
    return Counter(Operation.objects.values_list("state", flat=True))


def _counts(firm: Firm) -> tuple[int, ...]:
    return tuple(model.objects.filter(firm=firm).count() for model in (Project, Staff, LaborCode))


def _post(office: Office, project: Project, number: int, *, after: int = 0) -> None:
    """Approved entries, put into the outbox."""
    staff = Staff.objects.get(firm=office.firm, name="Maya Okafor")
    code = LaborCode.objects.get(firm=office.firm, name="Design")
    week = MONDAY + timedelta(days=after)
    sheet = Timesheet.objects.create(
        firm=office.firm, staff=staff, starts_on=week, ends_on=week + timedelta(days=6),
        status=Timesheet.Status.APPROVED,
    )  # fmt: skip
    made = [
        TimeEntry(
            firm=office.firm, timesheet=sheet, staff=staff, project=project, labor_code=code, is_billable=True,
            work_date=week + timedelta(days=index), minutes=30 + index, note=f"Work {index}",
        )
        for index in range(number)
    ]  # fmt: skip
    TimeEntry.objects.bulk_create(made)
    records = [Record("timesheets.timeentry", each.pk, f"{each.work_date}") for each in made]
    outbox.push(connection=office.connection, entity="time_entry", records=records, by=None)
