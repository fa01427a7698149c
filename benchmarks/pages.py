"""The pages that carry most rows, in a firm with a year of time and in the same firm with eleven."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean

from django.db import connection as database
from django.test import Client, override_settings
from django.urls import reverse

from bigtime.firm.models import Firm, Membership, Role, User
from bigtime.timesheets.models import Timesheet
from integrations.models import Connection

from .measuring import median, p95, spending, statements
from .table import Row
from .work import Work, entries_of

PEOPLE = 60
REQUESTS = 40
MOST_STATEMENTS = 12
MOST_MILLISECONDS = 60
MOST_GROWTH = 1.5
ADMIN = "django.contrib.admin, the list of time entries"

POSTED = """
INSERT INTO integrations_operation (connection_id, entity, verb, local_model, local_id, seq, label, marker, payload,
    payload_sha256, request_id, state, attempts, misses, position, remote_id, remote_version, via, error_code,
    error_text, created_at, finished_at)
SELECT %(connection)s, 'time_entry', 'create', 'timesheets.timeentry', entry.id, 1, 'entry', 'B' || entry.id,
    jsonb_build_object('TxnDate', entry.work_date, 'Hours', 1, 'Minutes', 15, 'Description', entry.note), '', '',
    'posted', 1, 0, '1', entry.id::text, '0', 'answer', '', '', now(), now()
FROM timesheets_timeentry entry WHERE entry.firm_id = %(firm)s AND entry.lock = 'posted'
    AND entry.work_date >= %(first)s AND entry.work_date < %(end)s
"""


@dataclass(slots=True)
class Timed:
    """A page's addresses, taken in turn; what one request took, in milliseconds, and asked."""

    addresses: list[str]
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)  # coarse, so only their mean says something
    statements: int = 0

    @property
    def p95(self) -> float:
        return p95(self.times)

    def words(self) -> str:
        cpu = f"CPU {median(self.cpu):.0f} + {fmean(self.database):.0f} in PostgreSQL"
        return f"{self.p95:.0f} (median {median(self.times):.0f}, {cpu}, {self.statements} SQL)"


def rows(*, small: bool) -> Iterator[Row]:
    """All pages take turns, so that all meet the same load."""
    # Once for all: changed in between, the addresses would be put together anew in the time of the page that follows.
    with override_settings(ROOT_URLCONF="benchmarks.admin_urls"):
        yield from _rows(small=small)


def _rows(*, small: bool) -> Iterator[Row]:
    sizes, requests = ((1_000, 4_000), 3) if small else ((100_000, 1_000_000), REQUESTS)
    place, found = Place(), list[dict[str, Timed]]()
    for size in sizes:
        place.grow(size)
        pages = place.pages()
        for page in pages.values():
            place.warm(page)
        for turn in range(requests):
            for page in pages.values():
                place.ask(page, turn)
        found.append(pages)
    for name in found[0]:
        yield from _of(name, [each[name] for each in found], [each[ADMIN] for each in found], sizes)


def _of(name: str, timed: Sequence[Timed], admin: Sequence[Timed], sizes: tuple[int, int]) -> Iterator[Row]:
    less, more = timed
    grown, is_ours = more.p95 / less.p95, name != ADMIN
    beside = [
        f"admin's list {each.p95:.0f}, {one.p95 / each.p95:.2f} ×" for one, each in zip(timed, admin, strict=True)
    ]
    yield Row(
        f"{name}: p95 ms with {sizes[0]:,} entries", less.words(), beside[0] if is_ours else "",
        aim=f"≤ {MOST_MILLISECONDS}, ≤ {MOST_STATEMENTS} SQL" if is_ours else "",
        met=less.p95 <= MOST_MILLISECONDS and less.statements <= MOST_STATEMENTS if is_ours else None,
    )  # fmt: skip
    yield Row(
        f"  with {sizes[1]:,}", more.words(), beside[1] if is_ours else "", f"{grown:.2f} ×",
        f"≤ {MOST_GROWTH} ×, equal SQL" if is_ours else "",
        grown <= MOST_GROWTH and more.statements == less.statements if is_ours else None,
    )  # fmt: skip


class Place:
    """One firm of sixty people that grows into its past: the newest weeks stay as they are."""

    def __init__(self) -> None:
        self.firm = Firm.objects.create(name="Pages")
        self.user = User.objects.create(email="pages@example.com", name="Person 000")
        Membership.objects.create(firm=self.firm, user=self.user, role=Role.ADMINISTRATOR)
        User.objects.filter(pk=self.user.pk).update(is_staff=True, is_superuser=True)
        self.work = Work.create(self.firm, people=PEOPLE, projects=200)
        self.work.people[0].user = self.user
        self.work.people[0].save()
        self.connection = Connection.objects.create(
            firm=self.firm, system="quickbooks_online", environment="simulator", company_id="pages",
            company_name="Pages", home_currency="USD", imported_at="2026-01-01T00:00Z",
        )  # fmt: skip
        for entity, ours in (
            ("employee", self.work.people), ("customer", self.work.projects), ("item", self.work.codes),
        ):  # fmt: skip
            self.work.link(self.connection, entity, ours, [str(each.pk) for each in ours])
        self.client = Client()
        self.client.force_login(self.user, backend="bigtime.firm.backends.MemberBackend")
        today = date.today()  # noqa: DTZ011 -- the pages ask for the firm's today; a day's difference is no matter
        self.monday = today - timedelta(days=today.weekday())
        self.oldest = self.monday + timedelta(weeks=1)

    def grow(self, size: int) -> None:
        """This week is open, the last one handed in, three approved and not posted, all before that posted."""
        recent = {0: Timesheet.Status.DRAFT, 1: Timesheet.Status.SUBMITTED}
        end = self.oldest
        while entries_of(self.firm) < size and self.oldest > self.monday - timedelta(weeks=4):
            self.oldest -= timedelta(weeks=1)
            age = (self.monday - self.oldest).days // 7
            self.work.weeks(self.oldest, 1, status=recent.get(age, Timesheet.Status.APPROVED))
            self._fill(self.oldest, self.oldest + timedelta(weeks=1))
        end, missing = self.oldest, size - entries_of(self.firm)
        if missing > 0:
            number = -(-missing // self.work.a_week)
            self.oldest -= timedelta(weeks=number)
            self.work.weeks(self.oldest, number)
            self._fill(self.oldest, end)
        with database.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def _fill(self, first: date, end: date) -> None:
        self.work.entries(first, end, posted_before=self.monday - timedelta(weeks=4))
        with database.cursor() as cursor:
            values = {"connection": self.connection.pk, "firm": self.firm.pk, "first": first, "end": end}
            cursor.execute(POSTED, values)

    def pages(self) -> dict[str, Timed]:
        weeks = [self.monday - timedelta(weeks=ago) for ago in range(4)]
        post = reverse("posting:timesheets")
        return {
            "dashboard": Timed([reverse("dashboard:home")]),
            "timesheet": Timed([reverse("timesheets:week_of", args=[day]) for day in weeks]),
            "approvals": Timed([reverse("timesheets:approvals")]),
            "approvals, decided": Timed([f"{reverse('timesheets:approvals')}?tab=decided"]),
            "Post Timesheets": Timed([post]),
            "Post Timesheets, posted of all time": Timed([f"{post}?span=all&state=posted"]),
            ADMIN: Timed(["/admin/timesheets/timeentry/"]),
        }

    def warm(self, page: Timed) -> None:
        """Once for the caches, once for the count of statements."""
        for address in page.addresses:
            self._get(address)
        with statements() as counted:
            self._get(page.addresses[0])
        page.statements = counted.count

    def ask(self, page: Timed, turn: int) -> None:
        with spending() as spent:
            self._get(page.addresses[turn % len(page.addresses)])
        page.times.append(spent.wall * 1000)
        page.cpu.append(spent.cpu * 1000)
        page.database.append(spent.database * 1000)

    def _get(self, address: str) -> None:
        answer = self.client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
