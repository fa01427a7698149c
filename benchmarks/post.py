"""Posting approved time, from the press of the button to the last answer, beside python-quickbooks doing the same."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date, timedelta

from django.conf import settings

from bigtime.firm.models import Firm
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Operation
from integrations.quickbooks.online import poster
from integrations.sync import markers
from posting import services
from posting.filters import Filters
from simulators.online.remote import Simulator

from . import rivals
from .books import company, connected
from .measuring import Spent, median, spending, spread
from .table import Row
from .work import Work

BATCHES_A_MINUTE = 40
LARGEST_BATCH = 30
MONDAY = date(2026, 1, 5)
TASK_SECONDS = 45.0
SLOWER = 5.0  # seconds: what the machine itself needs for a batch weighs less


def rows(books: Simulator, *, small: bool, minute: float) -> list[Row]:
    wanted, times = (180, 1) if small else (10_000, 3)
    runs = _runs(books, wanted, times, minute)
    found = [*_of(runs, minute), *_beside(books, runs, minute, small=small)]
    if not small and minute < SLOWER:
        found += _pace(_runs(books, wanted, 1, SLOWER), SLOWER)
    return found


def _runs(books: Simulator, wanted: int, times: int, minute: float) -> list[Run]:
    settings.MINUTE_SECONDS = minute
    books.config(minute=minute, limits=True)
    runs = [Run(books, f"Posting {turn} at {minute:g}", wanted) for turn in range(times)]
    for run in runs:
        run.post()
    return runs


class Run:
    """One company, its time, and what posting it took."""

    def __init__(self, books: Simulator, name: str, wanted: int) -> None:
        self.books, self.wanted = books, wanted
        self.realm = company(books, name, customers=20)
        self.connection = connected(books, self.realm, Firm.objects.create(name=name), imported=True)
        self.remote = remote_ids(books, self.realm)
        self.queueing, self.sending = Spent(), Spent()
        self.calls: Counter[str] = Counter()
        self.batches = self.throttled = 0
        self._time()

    def _time(self) -> None:
        work = Work.create(self.connection.firm, people=len(self.remote["employee"]), projects=20)
        work.link(self.connection, "employee", work.people, self.remote["employee"])
        work.link(self.connection, "customer", work.projects, self.remote["customer"])
        work.link(self.connection, "item", work.codes, self.remote["item"])
        number = -(-self.wanted // work.a_week)
        work.weeks(MONDAY, number)
        work.entries(MONDAY, MONDAY + timedelta(weeks=number), posted_before=MONDAY)
        more = TimeEntry.objects.for_firm(work.firm).order_by("-pk").values("pk")[: work.a_week * number - self.wanted]
        TimeEntry.objects.filter(pk__in=more).delete()

    def post(self) -> None:
        connection, sheets = self.connection, Timesheet.objects.for_firm(self.connection.firm)
        with spending() as self.queueing:
            filters = Filters(span="all")
            services.post_time(connection=connection, timesheets=sheets, filters=filters, key=uuid.uuid4(), by=None)
        self.books.stats(reset=True)
        with spending() as self.sending:
            while Operation.objects.filter(connection=connection, state=Operation.State.READY).exists():
                poster.drain(connection, seconds=TASK_SECONDS)
        stats = self.books.stats()
        self.batches, self.throttled = stats["batches"], stats["throttled"]
        self.calls = Counter(stats["calls"])

    def floor(self, minute: float) -> float:
        """Seconds that the limit of batches alone takes, evenly paced."""
        return -(-self.wanted // LARGEST_BATCH) / BATCHES_A_MINUTE * minute

    def verdict(self) -> tuple[int, int]:
        """Lost and doubled, by QuickBooks' side and by ours."""
        held = Counter(
            markers.find(each.get("Description", "")) for each in self.books.dump(self.realm, "TimeActivity")
        )
        posted = Operation.objects.filter(connection=self.connection, state=Operation.State.POSTED)
        known = set(posted.values_list("marker", flat=True))
        return self.wanted - len(known & set(held)), held.total() - len(held)


def remote_ids(books: Simulator, realm: str) -> dict[str, list[str]]:
    """Ten employees, six services and the customers there are."""
    income = {"value": books.create(realm, "Account", Name="Income of services", AccountType="Income")["Id"]}
    return {
        "employee": [
            books.create(realm, "Employee", GivenName="Person", FamilyName=f"{n:03}")["Id"] for n in range(10)
        ],
        "item": [
            books.create(realm, "Item", Name=f"Service {n}", Type="Service", IncomeAccountRef=income)["Id"]
            for n in range(6)
        ],
        "customer": [each["Id"] for each in books.dump(realm, "Customer")],
    }


def _of(runs: list[Run], minute: float) -> list[Row]:
    count = runs[0].wanted
    per_call = [run.wanted / run.batches for run in runs]
    cpu = [run.sending.cpu / count * 1e6 for run in runs]
    queueing = [run.queueing.cpu / count * 1e6 for run in runs]
    throttled = sum(run.throttled for run in runs)
    lost, doubled = (sum(each) for each in zip(*(run.verdict() for run in runs), strict=True))
    return [
        Row(
            f"post {count:,} entries: entries a write call", f"{min(per_call):.2f}", "save() 1",
            f"{min(per_call):.0f} ×", "≥ 29", min(per_call) >= 29,
        ),
        *_pace(runs, minute),
        Row("  answers 429", f"{throttled}", aim="0", met=not throttled),
        Row("  reads", f"{_reads(runs[0].calls)}", "the look for forgotten postings, once a process"),
        Row(
            "  CPU an entry, claim to posted, µs", spread(cpu), aim="≤ 400", met=median(cpu) <= 400,
        ),
        Row("  CPU an entry, pressing the button, µs", spread(queueing)),
        Row("  lost; doubled", f"{lost}; {doubled}", aim="0; 0", met=not lost + doubled),
    ]  # fmt: skip


def _pace(runs: list[Run], minute: float) -> list[Row]:
    """How near to what Intuit's limits allow. The shorter the minute, the more of it is our own work."""
    walls, floor = [run.sending.wall for run in runs], runs[0].floor(minute)
    ratio = median(walls) / floor
    pace = "at Intuit's real pace" if minute == 60 else f"with Intuit's minute as {minute:g} s"
    return [
        Row(
            f"  seconds, {pace}", spread(walls, digits=2), f"floor {floor:.2f} (40 batches/min)", f"{ratio:.2f} ×",
            "≤ 1.05 ×", ratio <= 1.05,
        )
    ]  # fmt: skip


def _reads(calls: Counter[str]) -> int:
    return sum(count for kind, count in calls.items() if kind != "batch")


def _beside(books: Simulator, runs: list[Run], minute: float, *, small: bool) -> list[Row]:
    """They keep no state at all: no row says what was sent, and nothing finds it again."""
    ours = runs[0].wanted
    walls, cpu = median([run.sending.wall for run in runs]), median([run.sending.cpu for run in runs]) / ours * 1e6
    found = []
    for words, way, count in (
        ("save() one by one", rivals.save, 30 if small else 1_000),
        ("batch_create()", rivals.batch_create, 60 if small else ours),
    ):
        rival = _rival(books, words, way, count, minute)
        scaled = rival.paced.wall / count * ours
        free = rival.free.cpu / count * 1e6
        found += [
            Row(
                f"python-quickbooks {words}, {count:,} entries: seconds for {ours:,}", f"{walls:.2f}",
                f"{scaled:.2f}, {rival.refused} × 429", f"{scaled / walls:.1f} × as long",
            ),
            Row("  CPU an entry, no limits, no state kept, µs", f"{cpu:.0f}", f"{free:.0f}", f"{free / cpu:.1f} ×"),
        ]  # fmt: skip
    return found


def _rival(books: Simulator, name: str, way: rivals.Way, count: int, minute: float) -> rivals.Result:
    realm = company(books, name, customers=20)
    rival = rivals.Rival(books, realm, remote_ids(books, realm))
    books.config(limits=True)
    paced = rival.run(way, count, minute)
    books.config(limits=False)
    free = rival.run(way, count, minute)
    return rivals.Result(paced, free, rival.refused)
