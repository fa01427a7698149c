"""Everything of a list: pages of a thousand, several at once, each remembered when it is in the mirror.

Records are read in the order of their creation, which doesn't change while we read; what changes meanwhile is caught
by the next look at the changes since the load began. A load that was interrupted asks only for what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from integrations.models import Watermark
from integrations.sync import pull
from integrations.sync.mapper import Entity
from integrations.sync.work import Work

from .client import Client, Page
from .dialect import online_literal
from .fetching import Answer, Fetchers, patiently

THREADS = 5
# Without this the query hides what is inactive.
ALL = "Active IN (true, false)"
BY_CREATION = "MetaData.CreateTime"
BY_CHANGE = "MetaData.LastUpdatedTime"
COUNT, VERIFY = "count", "verify"


@dataclass(slots=True)
class Load:
    """One list being read. `pages` are in the mirror, `asked` were asked for; `full` is the highest full page."""

    entity: Entity
    mark: Watermark
    since: datetime | None = None
    total: int | None = None
    pages: set[int] = field(default_factory=set)
    full: int = -1
    again: bool = False
    asked: set[Any] = field(default_factory=set)  # page numbers, and what was counted
    seen: set[str] | None = None  # ids, where what is gone has to be found

    @classmethod
    def of(cls, entity: Entity, mark: Watermark) -> Load:
        """Goes on where an interrupted load stopped; a list that was read before is compared as a whole, in one go."""
        if mark.high is not None:
            return cls(entity, mark, seen=set())
        kept = mark.position
        since = datetime.fromisoformat(kept["since"]) if kept.get("since") else None
        pages, full = set(kept.get("pages", [])), kept.get("full", -1)
        return cls(entity, mark, since, kept.get("total"), pages, full, again=kept.get("again", False))

    def kept(self) -> dict[str, Any]:
        since = self.since.isoformat() if self.since else None
        return {
            "since": since,
            "total": self.total,
            "pages": sorted(self.pages),
            "full": self.full,
            "again": self.again,
        }

    def needed(self) -> set[int]:
        """Pages to read as far as is known: by the count, and one past every full page."""
        counted = (self.total + pull.PAGE - 1) // pull.PAGE if self.total else 1
        return set(range(max(counted, self.full + 2 if self.total is not None else 1)))

    def is_whole(self) -> bool:
        return (self.total is not None or (0 in self.pages and self.full < 0)) and self.needed() <= self.pages


def load(work: Work, dialect: Any, entities: Sequence[Entity], marks: dict[str, Watermark]) -> None:
    """Reads the lists whole. Raises what the client raises, and Stopped; what was saved stays."""
    loads = {entity.key: Load.of(entity, marks[entity.key]) for entity in entities}
    with Fetchers(work.connection, THREADS) as fetchers:
        for each in loads.values():
            _ask(work, each, fetchers)
        while fetchers.waiting:
            answer = fetchers.answer()
            work.calls += answer.calls
            _take(work, dialect, loads[answer.about[0]], answer)
            work.check()
            _ask(work, loads[answer.about[0]], fetchers)


def _ask(work: Work, each: Load, fetchers: Fetchers) -> None:
    """All that is known to be missing: the first page; when it is full, how many there are; then the rest."""
    name, key = each.entity.online, each.entity.key
    if each.mark.high == each.since and each.since is not None and not each.mark.position:
        return
    for number in sorted(each.needed() - each.pages - each.asked):
        fetchers.ask((key, number), _page(name, number))
        each.asked.add(number)
    what = COUNT if each.full >= 0 and each.total is None else VERIFY if each.is_whole() else ""
    if what and what not in each.asked:
        each.asked.add(what)
        fetchers.ask((key, what), lambda client: client.count(name, ALL))


def _page(name: str, number: int) -> Callable[[Client], Page]:
    return lambda client: client.query(name, ALL, BY_CREATION, 1 + number * pull.PAGE, pull.PAGE)


def _take(work: Work, dialect: Any, each: Load, answer: Answer) -> None:
    what = answer.about[1]
    if what == COUNT:
        each.total = answer.value
    elif what == VERIFY:
        _verify(work, each, answer.value)
    else:
        _take_page(work, dialect, each, what, answer.value)


def _take_page(work: Work, dialect: Any, each: Load, number: int, page: Page) -> None:
    each.since = min(each.since or page.server_time, page.server_time)
    each.pages.add(number)
    each.full = max(each.full, number if len(page.rows) >= pull.PAGE else -1)
    if each.seen is not None:
        each.seen |= {str(row.get("Id")) for row in page.rows}
    alone = number == 0 and each.full < 0
    each.mark.position = each.kept()
    if alone:
        each.mark.high, each.mark.position = each.since, {}
    first = each.mark.high is None or (alone and each.seen is None)
    total = len(page.rows) if alone else each.total
    pull.save(work, each.entity, dialect, page.rows, each.mark, total=total, done=alone, first=first)
    if alone:
        _compare(work, each)


def _verify(work: Work, each: Load, number: int) -> None:
    """Rows may shift under a load when records are merged meanwhile; then the list is read once more."""
    if pull.held(work.connection, each.entity) < number and not each.again:
        each.pages, each.asked, each.full, each.again = set(), set(), -1, True
        return
    each.mark.high, each.mark.position = each.since, {}
    pull.finish(work, each.entity, each.mark, number)
    _compare(work, each)


def _compare(work: Work, each: Load) -> None:
    if each.seen is not None:
        pull.vanished(work, each.entity, each.seen)


def catch_up(work: Work, dialect: Any, entity: Entity, mark: Watermark, client: Client) -> None:
    """What changed since the watermark, by query, oldest first: the watermark follows page by page.

    Each page begins at the second the former ended with, so that nothing shifts out of sight when records change
    meanwhile.
    """
    high = mark.high or timezone.now()
    end, at, start = None, online_literal(high - pull.OVERLAP), 1
    while True:
        work.check()
        where = f"{ALL} AND MetaData.LastUpdatedTime >= '{at}'"
        page = patiently(lambda: client.query(entity.online, where, BY_CHANGE, start, pull.PAGE))  # noqa: B023 -- called at once
        work.calls += 1
        end = end or page.server_time
        done = len(page.rows) < pull.PAGE
        newest = dialect.identify(page.rows[-1]).changed_at if page.rows else None
        high = end if done else max(high, newest or high)
        mark.high = high
        pull.save(work, entity, dialect, page.rows, mark, done=done)
        if done:
            return
        reached = online_literal(newest) if newest else at
        at, start = (reached, 1) if reached != at else (at, start + pull.PAGE)
