"""QuickBooks Desktop through the Sync Agent: a large company file read, and time posted, beside smaller messages."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Exchange, Operation, RemoteRecord
from integrations.sync import markers
from posting import services
from posting.filters import Filters
from simulators.desktop.remote import Desktop

from .company_file import Office, Visited, simulator, web
from .measuring import median, p95
from .table import Row
from .work import Work

MONDAY = date(2026, 1, 5)
PEOPLE, CUSTOMERS, SERVICES = 10, 20, 6
# At these sizes the aims were set.
MOST_CALLS_READING, READ = 410, 200_000
MOST_CALLS_POSTING, POSTED = 210, 10_000
MOST_CPU, MOST_SECONDS, MOST_MEMORY = 500, 0.150, 1.1


def rows(*, small: bool) -> Iterator[Row]:
    yield Row("Desktop: CPU seconds of ten million additions just now", f"{_speed():.2f}", "scales all CPU times below")
    large = (20, 80) if small else (10_000, 50_000)
    entries = (10, 40) if small else (1_000, 3_000, POSTED)
    with simulator() as desktop:
        read = list(_read(desktop, [(large[0] // 10, large[1] // 10), large]))
        yield from _reading(*read)
        if not small:
            ((_, longest),) = _read(desktop, [(READ // 4, READ * 3 // 4)])
            yield from _calls_of(READ, longest)
        posted = [Posting(desktop, count) for count in entries]
        yield from _posting(posted)
        yield from _as_others(desktop, read[1], posted[-1], small=small)


def _speed() -> float:
    """How far other work stretches CPU time on this machine: caches and cores are shared."""
    began, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - began


def _read(desktop: Desktop, sizes: Sequence[tuple[int, int]]) -> Iterator[tuple[Office, Visited]]:
    """First syncs, each by a web server of its own."""
    for customers, jobs in sizes:
        with web() as server:
            office = Office(desktop, server, f"Read {customers + jobs}")
            office.books.fill(customers=customers, jobs=jobs)
            yield office, office.visit()


def _held(office: Office) -> int:
    return RemoteRecord.objects.filter(connection=office.connection).count()


def _reading(tenth: tuple[Office, Visited], whole: tuple[Office, Visited]) -> Iterator[Row]:
    office, visited = whole
    records = _held(office)
    yield from _calls_of(records, visited)
    requests, message_sets = _requests(office)
    yield Row("  requests; message sets; SOAP calls", f"{requests}; {message_sets}; {visited.calls}")
    yield Row(
        "  records a second, into the mirror", f"{records / visited.carried.wall:,.0f}", f"{visited.carried.wall:.1f} s"
    )
    yield Row("  CPU a record, server; its database; agent: µs", _cpu(visited, records))
    yield from _answers(visited)
    yield from _memory("first sync", _held(tenth[0]), tenth[1], records, visited)


def _calls_of(records: int, visited: Visited) -> Iterator[Row]:
    has_aim = records >= READ
    yield Row(
        f"Desktop, first sync of {records:,} records: SOAP calls", f"{visited.calls}",
        aim=f"≤ {MOST_CALLS_READING} for {READ:,}", met=visited.calls <= MOST_CALLS_READING if has_aim else None,
    )  # fmt: skip


def _requests(office: Office) -> tuple[int, int]:
    texts = list(Exchange.objects.filter(connection=office.connection).values_list("request", flat=True))
    return sum(text.count("Rq requestID=") for text in texts), len(texts)


def _cpu(visited: Visited, count: int) -> str:
    parts = (visited.server_cpu, visited.database_cpu, visited.carried.cpu)
    return "; ".join(f"{part / count * 1e6:,.0f}" for part in parts)


def _answers(visited: Visited) -> Iterator[Row]:
    """Wall clock, so it says more of the machine than of us when that is busy with other things."""
    times = [seconds for _, seconds in visited.carried.calls]
    slowest = p95(times)
    yield Row(
        "  answers of the server, p95 (median): ms", f"{slowest * 1000:,.0f} ({median(times) * 1000:,.0f})",
        f"CPU a call {visited.server_cpu / visited.calls * 1000:,.0f}", aim="≤ 150", met=slowest <= MOST_SECONDS,
    )  # fmt: skip


def _memory(what: str, fewer: int, small: Visited, more: int, large: Visited) -> Iterator[Row]:
    for side, most, least in (
        ("server", large.server_megabytes, small.server_megabytes),
        ("agent", large.carried.megabytes, small.carried.megabytes),
    ):
        ratio = most / least
        yield Row(
            f"  peak memory of the {side}, {what}: MB", f"{most:.0f} at {more:,}", f"{least:.0f} at {fewer:,}",
            f"{ratio:.2f} ×", f"≤ {MOST_MEMORY:.2f} ×", ratio <= MOST_MEMORY,
        )  # fmt: skip


class Posting:
    """One firm's approved time, and the visit that took it into the company file."""

    def __init__(self, desktop: Desktop, wanted: int, application: str = "bigtime.wsgi") -> None:
        self.wanted = wanted
        with web(application) as server:
            self.office = Office(desktop, server, f"Post {wanted} by {application}")
            self._books()
            self.office.visit()
            self.office.work()
            self._press()
            self.visited = self.office.visit()

    def _books(self) -> None:
        """Services are priced, and nobody is paid by the hour."""
        income = self.office.books.add("Account", Name="Fees", AccountType="Income")
        for number in range(PEOPLE):
            self.office.books.add("Employee", FirstName="Person", LastName=f"{number:03}")
        for number in range(CUSTOMERS):
            self.office.books.add("Customer", Name=f"Customer {number:03}")
        for number in range(SERVICES):
            priced = {"Price": "100.00", "AccountRef": {"ListID": income}}
            self.office.books.add("ItemService", Name=f"Service {number}", SalesOrPurchase=priced)

    def _press(self) -> None:
        firm = self.office.connection.firm
        people, projects, codes = (
            list(model.objects.filter(firm=firm).order_by("pk")) for model in (Staff, Project, LaborCode)
        )
        work = Work(firm, people, projects, [code for code in codes if code.name.startswith("Service")])
        weeks = -(-self.wanted // work.a_week)
        work.weeks(MONDAY, weeks)
        work.entries(MONDAY, MONDAY + timedelta(weeks=weeks), posted_before=MONDAY)
        more = TimeEntry.objects.for_firm(firm).order_by("-pk").values("pk")[: work.a_week * weeks - self.wanted]
        TimeEntry.objects.filter(pk__in=more).delete()
        services.post_time(
            connection=self.office.connection, timesheets=Timesheet.objects.for_firm(firm),
            filters=Filters(span="all"), key=uuid.uuid4(), by=None,
        )  # fmt: skip

    def verdict(self) -> tuple[int, int]:
        """Lost and doubled, by the company file's side and by ours."""
        held = Counter(markers.find(each.get("Notes", "")) for each in self.office.books.dump("TimeTracking"))
        posted = Operation.objects.filter(connection=self.office.connection, state=Operation.State.POSTED)
        known = set(posted.values_list("marker", flat=True))
        return self.wanted - len(known & set(held)), held.total() - len(held)


def _posting(postings: Sequence[Posting]) -> Iterator[Row]:
    for posting in postings[1:]:
        visited, wanted = posting.visited, posting.wanted
        is_aimed_at = wanted == POSTED
        cpu = visited.server_cpu / wanted * 1e6
        lost, doubled = posting.verdict()
        yield Row(
            f"Desktop, post {wanted:,} entries: SOAP calls", f"{visited.calls}", f"{visited.carried.requests} sets",
            aim=f"≤ {MOST_CALLS_POSTING} for {POSTED:,}",
            met=visited.calls <= MOST_CALLS_POSTING if is_aimed_at else None,
        )  # fmt: skip
        yield Row(
            "  CPU an entry, server: µs", f"{cpu:,.0f}",
            f"database {visited.database_cpu / wanted * 1e6:,.0f}, agent {visited.carried.cpu / wanted * 1e6:,.0f}",
            aim=f"≤ {MOST_CPU}", met=cpu <= MOST_CPU,
        )  # fmt: skip
        yield Row("  seconds; entries a second", f"{visited.carried.wall:.1f}; {wanted / visited.carried.wall:,.0f}")
        yield from _answers(visited)
        yield Row("  lost; doubled", f"{lost}; {doubled}", aim="0; 0", met=not lost + doubled)
    least, most = postings[0], postings[-1]
    yield from _memory("posting", least.wanted, least.visited, most.wanted, most.visited)


def _as_others(desktop: Desktop, read: tuple[Office, Visited], posted: Posting, *, small: bool) -> Iterator[Row]:
    """The same program, told to ask for 25 records at a time and to send one add: what the smaller messages cost."""
    with web("benchmarks.frugal") as server:
        office = Office(desktop, server, "Read by 25")
        office.books.fill(customers=10 if small else 100, jobs=40 if small else 400)
        visited = office.visit()
    yield from _beside("first sync, a record", read[1], _held(read[0]), visited, _held(office), "25 records a page")
    theirs = Posting(desktop, 10 if small else 200, "benchmarks.frugal")
    yield from _beside(
        "posting, an entry", posted.visited, posted.wanted, theirs.visited, theirs.wanted, "one add a message set"
    )


def _beside(what: str, ours: Visited, mine: int, theirs: Visited, others: int, words: str) -> Iterator[Row]:
    calls = ours.calls / mine, theirs.calls / others
    yield Row(
        f"Desktop, {what}: SOAP calls", f"{calls[0]:.4f}", f"{calls[1]:.4f} with {words}",
        f"{calls[1] / calls[0]:.0f} × as many",
    )  # fmt: skip
    cpu = ours.server_cpu / mine * 1e6, theirs.server_cpu / others * 1e6
    yield Row("  CPU of the server: µs", f"{cpu[0]:,.0f}", f"{cpu[1]:,.0f}", f"{cpu[1] / cpu[0]:.1f} ×")
    wall = ours.carried.wall / mine * 1000, theirs.carried.wall / others * 1000
    yield Row("  wall clock: ms", f"{wall[0]:.2f}", f"{wall[1]:.2f}", f"{wall[1] / wall[0]:.1f} ×")
