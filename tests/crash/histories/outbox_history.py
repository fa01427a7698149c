"""Histories of the outbox as its workers make it, on both editions: any order of work, faults, deaths and restores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from integrations.models import Connection
from integrations.sync import guard, outbox, presence, reposting, resolve, scan
from integrations.sync.errors import Disconnected, Rejected, Retryable, UnknownOutcome
from integrations.sync.outbox import Claimed
from integrations.sync.outcomes import Result

from .firms import Posting
from .history import History, picks, places
from .world import Died

LONGEST_EXECUTION = 119.0
WORKING = [
    "claim_before_commit", "after_claim", "scan_read", "scan_before_commit", "resolve_taken", "resolve_read",
    "resolve_before_commit", "after_resolve", "expire_before_commit",
]  # fmt: skip
SETTLING = ["settle_before_commit", "after_settle"]
FAILURES = [
    Retryable("Throttled.", code="429", after=60),
    Retryable("Can't be reached.", code="connect"),
    UnknownOutcome("A fault of their own.", code="500"),
    Rejected("Unreadable.", code="2010"),
    Disconnected("Sign in again.", code="401"),
]


@dataclass
class Message:
    """In a worker's hands: `answers` once the books have spoken and the worker hasn't heard it yet."""

    place: int
    claimed: Claimed
    answers: dict[str, Result] | None = None


class OutboxHistory(History):
    def __init__(self, firms: list[Posting]) -> None:
        self.held: list[Message] = []
        super().__init__(firms)

    @rule(place=places, limit=st.integers(1, 5), dies=st.sampled_from([""] * 12 + WORKING))
    def work(self, place: int, limit: int, dies: str) -> None:
        self.fate.CRASH_AT = dies
        try:
            claimed = self._drain(place, limit)
        except Died:
            self.new_process()
        else:
            self.held += [Message(place, claimed)] if claimed else []
        self.fate.CRASH_AT = ""

    def _drain(self, place: int, limit: int) -> Claimed | None:
        """As the poster of the Online edition does."""
        connection = Connection.objects.select_related("firm").get(pk=self.firm(place).connection.pk)
        outbox.expire(connection)
        if connection.status != Connection.Status.ACTIVE:
            return None
        outbox.lift(connection)
        again = set(reposting.due(connection).values_list("pk", flat=True))
        if guard.must_look(connection) or again:
            scan.run(connection, self.ledgers[place])
        resolve.due(connection, self.ledgers[place])
        claimed = outbox.claim(connection, limit=limit, looked=again)
        if claimed is not None:
            assert {each.connection_id for each in claimed.operations} == {connection.pk}  # I8
            guard.sent(connection, claimed.carrier.pk)
        return claimed

    # What becomes of a message

    def _takes(self, pick: int) -> Message | None:
        """A message that goes out now; None where there is none, or it is too late for it, which its worker says."""
        waiting = [each for each in self.held if each.answers is None]
        if not waiting:
            return None
        message = waiting[pick % len(waiting)]
        self.held.remove(message)
        if self.time.boot() <= message.claimed.send_by:
            return message
        self._said(message, Retryable("Too late to send.", code="late"))
        return None

    def _said(self, message: Message, error: Any, dies: str = "") -> None:
        self.fate.CRASH_AT = dies
        try:
            outbox.release(message.claimed, error)
        except Died:
            self.new_process()
        self.fate.CRASH_AT = ""

    def _add(self, message: Message, number: int | None = None) -> dict[str, Result]:
        some = message.claimed.operations[:number]
        return {each.position: self.ledgers[message.place].add(each.payload or {}) for each in some}

    @rule(pick=picks)
    def executed(self, pick: int) -> None:
        """All of it; the worker hears of it now or later or never."""
        message = self._takes(pick)
        if message is not None:
            message.answers = self._add(message)
            self.held.append(message)

    @rule(pick=picks, number=st.integers(0, 3), told=st.sampled_from(["silence", "failed", "partly"]))
    def cut_off(self, pick: int, number: int, told: str) -> None:
        """Some of it was executed; the answer is lost, or says nothing about the rest."""
        message = self._takes(pick)
        if message is None:
            return
        answers = self._add(message, number)
        if told == "failed":
            self._said(message, UnknownOutcome("No answer.", code="timeout"))
        elif told == "partly":
            outbox.settle(message.claimed, answers)

    @rule(pick=picks, seconds=st.floats(1, LONGEST_EXECUTION), told=st.booleans())
    def commits_late(self, pick: int, seconds: float, told: bool) -> None:
        message = self._takes(pick)
        if message is not None:
            for each in message.claimed.operations:
                self.ledgers[message.place].add_later(each.payload or {}, seconds)
            if told:
                self._said(message, UnknownOutcome("The line was cut.", code="reset"))

    @rule(
        pick=picks,
        error=st.sampled_from(FAILURES),
        dies=st.sampled_from(["", "", "", "release_before_commit"]),
    )
    def refused_as_a_whole(self, pick: int, error: Any, dies: str) -> None:
        message = self._takes(pick)
        if message is not None:
            self._said(message, error, dies)
            if isinstance(error, Disconnected):
                paused = Connection.objects.filter(pk=message.claimed.connection.pk)
                paused.update(status=Connection.Status.PAUSED)

    @rule(pick=picks, lift=st.sampled_from(["", "mapping", "inactive", "period"]))
    def one_is_refused(self, pick: int, lift: str) -> None:
        message = self._takes(pick)
        if message is not None:
            first, *rest = message.claimed.operations
            answers: dict[str, Result] = {first.position: Rejected("Not like this.", code="610", lift=lift)}
            answers |= {each.position: self.ledgers[message.place].add(each.payload or {}) for each in rest}
            outbox.settle(message.claimed, answers)

    @rule(pick=picks, dies=st.sampled_from(["", "", "", *SETTLING]))
    def is_heard(self, pick: int, dies: str) -> None:
        """Also long after the lease: then it changes nothing any more."""
        answered = [each for each in self.held if each.answers is not None]
        if not answered:
            return
        message = answered[pick % len(answered)]
        self.held.remove(message)
        self.fate.CRASH_AT = dies
        try:
            outbox.settle(message.claimed, message.answers or {})
        except Died:
            self.new_process()
        self.fate.CRASH_AT = ""

    @rule(place=places, number=st.integers(1, 4), told=st.booleans())
    def an_answer_is_lost(self, place: int, number: int, told: bool) -> None:
        """What the single steps seldom come to by chance."""
        self.approve(place, number)
        self.work(place, 5, "")
        if self.held and self.held[-1].answers is None:
            message = self.held.pop()
            self._add(message)
            if told:
                self._said(message, UnknownOutcome("No answer.", code="timeout"))

    @rule(place=places)
    def looks(self, place: int) -> None:
        """The comparison of what was posted with the books."""
        presence.look(self.firm(place).connection, self.ledgers[place])

    def drop(self) -> None:
        self.held.clear()

    def work_without_faults(self, place: int) -> None:
        while claimed := self._drain(place, 30):
            outbox.settle(claimed, self._add(Message(place, claimed)))
