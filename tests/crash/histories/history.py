"""What every history has: firms and their books, people who work and meddle, and what must be true at any moment."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bigtime.timesheets.models import TimeEntry
from integrations.models import Connection, Operation, OperationEvent, RemoteRecord
from integrations.sync import guard, outbox, outcomes, presence

from .firms import Posting
from .world import Clock, Fate, Ledger, Row, virtual

LONG_ENOUGH = 400.0
places = st.integers(0, 1)
picks = st.integers(0, 99)


class History(RuleBasedStateMachine):
    """Everything is undone at the end. `place` picks a firm where there are several.

    `seen` counts over all histories how operations came to their ends, to show that what is meant to happen happens.
    """

    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self, firms: list[Posting]) -> None:
        super().__init__()
        self.firms, self.fate = firms, Fate()
        self.beginning = transaction.savepoint()
        self.time = Clock()
        self.world = virtual(self.time, self.fate)
        self.world.__enter__()
        self.ledgers = [Ledger(each.connection, self.time) for each in firms]
        self.backup: str | None = None
        self.made = 0
        self.new_process()

    def firm(self, place: int) -> Posting:
        return self.firms[place % len(self.firms)]

    def new_process(self) -> None:
        self.fate.CRASH_AT = ""
        guard._looked.clear()
        guard._newest.clear()

    # Work and time

    @rule(place=places, number=st.integers(1, 4))
    def approve(self, place: int, number: int) -> None:
        entries = [self.firm(place).entry(self.made + n) for n in range(number)]
        self.made += number
        self.firm(place).push(entries)

    @rule(place=places)
    def post_what_is_free(self, place: int) -> None:
        self.firm(place).push(self.firm(place).free())

    @rule(seconds=st.sampled_from([5.0, 30.0, 90.0, 200.0, 1000.0]))
    def wait(self, seconds: float) -> None:
        self.time.wait(seconds)
        for ledger in self.ledgers:
            ledger.settle()

    @rule()
    def everything_is_killed(self) -> None:
        """Workers with what they held, and the broker with its hints, of which nothing here knows anyway."""
        self.drop()
        self.new_process()

    @rule()
    def backed_up(self) -> None:
        self.backup = transaction.savepoint()

    @rule()
    def restored(self) -> None:
        """With everything stopped, and what was under way at an end."""
        if self.backup is None:
            return
        self.drop()
        self.wait(LONG_ENOUGH)
        transaction.savepoint_rollback(self.backup)
        self.new_process()

    def drop(self) -> None:
        """Whoever held something is dead."""
        raise NotImplementedError

    # People

    @rule(place=places)
    def reconnects_and_syncs(self, place: int) -> None:
        connection = self.firm(place).connection
        active = {"status": Connection.Status.ACTIVE, "last_sync_at": self.time.now}
        Connection.objects.filter(pk=connection.pk).update(**active)
        RemoteRecord.objects.filter(connection=connection).update(is_active=True, deleted_at=None)

    @rule(place=places)
    def makes_the_customer_inactive(self, place: int) -> None:
        RemoteRecord.objects.filter(connection=self.firm(place).connection, entity="customer").update(is_active=False)

    def _row(self, pick: int) -> tuple[Ledger, Row] | None:
        """Drawn by number, so that what is drawn next doesn't hang on what there is."""
        rows = [(ledger, row) for ledger in self.ledgers for row in ledger.rows.values()]
        return rows[pick % len(rows)] if rows else None

    @rule(pick=picks)
    def edits_in_the_books(self, pick: int) -> None:
        found = self._row(pick)
        if found:
            found[0].edit(found[1], TxnDate="2026-01-31")

    @rule(pick=picks)
    def deletes_in_the_books(self, pick: int) -> None:
        found = self._row(pick)
        if found:
            found[0].delete(found[1])

    @rule(place=places)
    def withdraws(self, place: int) -> None:
        outbox.withdraw(operations=self.firm(place).operations()[:2], by=None)

    @rule(place=places)
    def tries_again(self, place: int) -> None:
        outbox.retry(operations=self.firm(place).operations(), by=None)

    # What must be true at any moment

    @invariant()
    def holds(self) -> None:
        for firm, ledger in zip(self.firms, self.ledgers, strict=True):
            operations = firm.operations(*Operation.LIVE)
            _nothing_is_there_twice(ledger)
            _posted_is_what_the_books_hold(operations, ledger)
            _open_and_posted_work_is_locked(operations, firm)

    # The end

    def teardown(self) -> None:
        try:
            self._comes_to_its_end()
        finally:
            self.undo()

    def undo(self) -> None:
        self.world.__exit__(None, None, None)
        transaction.savepoint_rollback(self.beginning)

    def _comes_to_its_end(self) -> None:
        """I2: the faults have stopped, and so each operation gets to where a person sees its end."""
        self.drop()
        self.new_process()
        open_ones = Operation.objects.filter(state__in=Operation.OPEN).exclude(state=Operation.State.NEEDS_PERSON)
        for _ in range(12):
            self.wait(LONG_ENOUGH)
            for place in range(len(self.firms)):
                self.reconnects_and_syncs(place)
                self.work_without_faults(place)
            if not open_ones.exists():
                break
        assert not open_ones.exists(), [(o.pk, o.state, o.error_text) for each in self.firms for o in each.operations()]
        self.holds()
        self.seen.update(via for each in self.firms for via in [o.via or o.state for o in each.operations()])
        for firm, ledger in zip(self.firms, self.ledgers, strict=True):
            _sums_agree(firm, ledger)
        sent = OperationEvent.objects.filter(from_state="sending")
        assert not sent.filter(evidence={}).exists()  # I4

    def work_without_faults(self, place: int) -> None:
        """Until nothing is due."""
        raise NotImplementedError


def _nothing_is_there_twice(ledger: Ledger) -> None:
    """I1"""
    counts = Counter(_note(row.document) for row in ledger.rows.values())
    assert not counts or max(counts.values()) == 1, counts


def _posted_is_what_the_books_hold(operations: list[Operation], ledger: Ledger) -> None:
    """I3, under the right id; and I8, since each edition's ids are its own."""
    for each in operations:
        row = ledger.rows.get(each.remote_id)
        if each.state == Operation.State.POSTED and row is not None:
            assert ledger.marker(row) == each.marker
            assert row.edited or _says_so(row.document, each)


def _says_so(document: dict[str, Any], posted: Operation) -> bool:
    """Of what was found again and can't be drawn up whole by now, as far as that goes: see `scan._draw_up`."""
    said = posted.payload or {}
    return said == document or (
        posted.via == outcomes.BY_LOOK and bool(said) and said == {path: document.get(path) for path in said}
    )


def _open_and_posted_work_is_locked(operations: list[Operation], firm: Posting) -> None:
    """I6"""
    states = {each.local_id: each.state for each in operations}
    for pk, lock in TimeEntry.objects.filter(firm=firm.connection.firm).values_list("pk", "lock"):
        state = states.get(pk)
        expected = "" if state is None else "posted" if state in presence.POSTED else "posting"
        assert lock == expected, (state, lock)


def _sums_agree(firm: Posting, ledger: Ledger) -> None:
    """I7: what the books hold of ours and nobody touched there is what counts as posted, to the minute."""
    entries = {each.note: each for each in TimeEntry.objects.filter(firm=firm.connection.firm)}
    posted = {each.remote_id: each for each in firm.operations("posted")}
    there = {row.id: row for row in ledger.rows.values() if _note(row.document) in entries and not row.edited}
    ours = {own: entries[each.label].minutes for own, each in posted.items() if own in there}
    assert ours == {own: entries[_note(row.document)].minutes for own, row in there.items()}


def _note(document: dict[str, Any]) -> str:
    return str(document.get("Description") or document.get("Notes")).splitlines()[0]
