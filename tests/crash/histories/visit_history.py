"""Histories of the Desktop channel as visits make it: computers, one a copy of another, in any order, dying."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from integrations import registry
from integrations.models import SyncRun
from integrations.quickbooks.desktop import callbacks, services
from integrations.quickbooks.desktop.models import Agent, Channel, digest
from integrations.quickbooks.desktop.soap import OPERATIONS, Call
from integrations.sync import runs
from sync_agent.session import WRITE_SECONDS, writes

from .firms import Posting
from .history import History
from .memory_quickbooks import MemoryQuickBooks, Quit
from .world import Died, Row

GONE = "0x800706BA"
SERVING = [
    "desktop_look_handed_out", "desktop_look_taken", "desktop_post_handed_out", "desktop_post_taken",
    "desktop_recover_handed_out", "desktop_recover_before_commit", "desktop_recover_taken", "claim_before_commit",
    "after_claim", "scan_read", "scan_before_commit", "resolve_taken", "resolve_read", "resolve_before_commit",
    "after_resolve", "settle_before_commit", "after_settle", "release_before_commit",
]  # fmt: skip
LONGEST_SET = 120.0
ACCIDENTS = ["answer_lost", "forgotten", "left_alone", "quits", "dies_first", "taken_over", "copied"]
# The third is a copy of the first: the same name and secret on another computer.
hands = st.integers(0, 2)
deaths = st.sampled_from([""] * 18 + SERVING)


@dataclass
class Hand:
    """A computer: what its agent holds just now, and until when its QuickBooks is at work."""

    agent: Agent
    secret: str
    ticket: str = ""
    last: str = ""
    request: str = ""
    asked_at: float = 0.0
    answer: tuple[str, str] | None = None
    busy_until: float = 0.0

    def forget(self) -> None:
        self.ticket, self.request, self.answer = "", "", None


@dataclass
class Copy:
    """A backup of the company file."""

    rows: dict[str, Row] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    remembered: tuple[str, str] = ("", "")


def granted(firm: Posting) -> list[tuple[Agent, str]]:
    """Two computers may call for this firm."""
    channel = Channel.objects.create(connection=firm.connection)
    services.grant(channel=channel, by=None)
    return [services.register(channel=channel, by=None, computer=name) for name in ("Front", "Back")]


class VisitHistory(History):
    def __init__(self, firm: Posting, agents: list[tuple[Agent, str]]) -> None:
        self.hands = [Hand(*each) for each in [*agents, agents[0]]]
        self.copy: Copy | None = None
        super().__init__([firm])
        self.quickbooks = MemoryQuickBooks(self.ledgers[0], firm.connection.company_name)

    def drop(self) -> None:
        for each in self.hands:
            each.forget()

    def _call(self, operation: str, dies: str = "", last: str = "", **parameters: str) -> Any:
        """The service's answer; None when it died before it could give one."""
        given = {name: parameters.get(name, "") for name in OPERATIONS[operation]}
        self.fate.CRASH_AT = dies
        try:
            return callbacks.answer(Call(operation, given), "127.0.0.1", last)
        except Died:
            self.new_process()
            return None
        finally:
            self.fate.CRASH_AT = ""

    # The agents

    @rule(at=hands, rounds=st.integers(1, 6))
    def works_on(self, at: int, rounds: int) -> None:
        """Some whole rounds of a visit, from the beginning where none is under way."""
        if not self.hands[at].ticket:
            self.comes(at)
        for _ in range(rounds):
            self._round(at)

    def _round(self, at: int) -> None:
        if self.hands[at].answer is None and not self.hands[at].request:
            self.asks(at, "")
        self.carries_out(at, None, False)
        self.tells(at, 1, "")

    @rule(at=hands)
    def comes(self, at: int) -> None:
        hand = self.hands[at]
        hand.forget()
        who = {"strUserName": hand.agent.username, "strPassword": hand.secret}
        ticket, work = self._call("authenticate", last=hand.last, **who)[:2]
        if work not in ("none", "nvu", "busy"):
            hand.ticket, hand.last = ticket, digest(ticket)

    @rule(at=hands, dies=deaths)
    def asks(self, at: int, dies: str) -> None:
        """Also where it was told something already: the answer to the call before was lost."""
        hand = self.hands[at]
        if hand.ticket:
            hand.asked_at = self.time.boot()
            text = self._call("sendRequestXML", dies, ticket=hand.ticket)
            hand.request, hand.answer = text or "", None
            if text == "":
                hand.forget()

    def _begins(self, hand: Hand) -> bool:
        """Whether QuickBooks gets the request: a write that lay too long is dropped, as the Sync Agent does."""
        if hand.request and writes(hand.request) and self.time.boot() - hand.asked_at > WRITE_SECONDS:
            self._call("closeConnection", ticket=hand.ticket)
            hand.forget()
        if hand.request:
            self._until_free(hand)
        return bool(hand.request)

    @rule(at=hands, quits=st.sampled_from([None, None, None, 0, 1, 2]), lost=st.sampled_from([False, False, True]))
    def carries_out(self, at: int, quits: int | None, lost: bool) -> None:
        hand = self.hands[at]
        if not self._begins(hand):
            return
        try:
            answer = self.quickbooks.process(hand.request, most=quits)
        except Quit:
            lost, answer = True, ""
        hand.request, hand.answer = "", ("", GONE) if lost else (answer, "")

    @rule(at=hands, seconds=st.floats(1, LONGEST_SET))
    def is_left_alone_with_it(self, at: int, seconds: float) -> None:
        """The agent dies; its QuickBooks goes on with what it was given."""
        hand = self.hands[at]
        if self._begins(hand):
            for each in self.quickbooks.adds(hand.request):
                self.ledgers[0].add_later(each, seconds)
            hand.busy_until = self.time.boot() + seconds
        hand.forget()

    @rule(at=hands, number=st.integers(1, 3), accident=st.sampled_from(ACCIDENTS), seconds=st.floats(1, LONGEST_SET))
    def an_accident(self, at: int, number: int, accident: str, seconds: float) -> None:
        """What the single steps seldom come to by chance: something befalls a write that is just handed out."""
        self.approve(0, number)
        if not self._comes_to_a_write(at):
            return
        if accident == "left_alone":
            self.is_left_alone_with_it(at, seconds)
        elif accident == "quits":
            self.carries_out(at, 1, False)
        elif accident == "dies_first":
            self.dies(at)
        elif accident == "copied":
            self._comes_to_a_write(2 if at == 0 else 0)
            self.carries_out(at, None, False)
            self.tells(at, 1, "")
        elif accident == "taken_over":
            self.takes_over((at + 1) % 2)
            self.carries_out(at, None, False)
            self.tells(at, 1, "")
        else:
            self.carries_out(at, None, False)
            self.dies(at)
            if accident == "forgotten":
                self.message_sets_are_forgotten()

    def _comes_to_a_write(self, at: int) -> bool:
        for _ in range(6):
            if not self.hands[at].ticket:
                self.comes(at)
            self.asks(at, "")
            if "TimeTrackingAdd" in self.hands[at].request:
                return True
            self._round(at)
        return False

    def _until_free(self, hand: Hand) -> None:
        self.wait(max(0.0, hand.busy_until - self.time.boot()))

    @rule(at=hands, times=st.sampled_from([1, 1, 2]), dies=deaths)
    def tells(self, at: int, times: int, dies: str) -> None:
        """A server that died is told once more, with the same bytes."""
        hand = self.hands[at]
        if hand.answer is None:
            return
        response, hresult = hand.answer
        told = {"ticket": hand.ticket, "response": response, "hresult": hresult, "message": ""}
        said = self._call("receiveResponseXML", dies, **told)
        for _ in range(times if said is None else times - 1):
            said = self._call("receiveResponseXML", **told)
        hand.answer = None
        if said is None or not 0 <= int(said) < 100:
            self._call("closeConnection", ticket=hand.ticket)
            hand.forget()

    @rule(at=hands)
    def dies(self, at: int) -> None:
        self.hands[at].forget()

    @rule(at=hands)
    def takes_over(self, at: int) -> None:
        services.take_over(agent=self.hands[at].agent)

    @rule()
    def worker_works(self) -> None:
        driver = registry.get(self.firms[0].connection.system).driver
        driver.drain(self.firms[0].connection, 1)
        for run in SyncRun.objects.filter(state__in=SyncRun.OPEN):
            driver.sync(run)
        for run in SyncRun.objects.filter(state=SyncRun.State.PREVIEW):
            driver.sync(runs.import_preview(run=run))

    # The company file

    @rule()
    def message_sets_are_forgotten(self) -> None:
        self.quickbooks.remembered = ("", "")

    @rule()
    def file_is_backed_up(self) -> None:
        ledger = self.ledgers[0]
        self.copy = Copy(dict(ledger.rows), list(ledger.deleted), self.quickbooks.remembered)

    @rule()
    def file_is_restored(self) -> None:
        """Nobody may have it open for that, so what was under way is at an end."""
        if self.copy is None:
            return
        self.drop()
        self.wait(LONGEST_SET)
        self.ledgers[0].rows, self.ledgers[0].deleted = dict(self.copy.rows), list(self.copy.deleted)
        self.quickbooks.remembered = self.copy.remembered

    # The end

    def work_without_faults(self, place: int) -> None:
        """A sync that somebody asked for, and whatever else is to be done, by the active computer."""
        services.take_over(agent=self.hands[0].agent)
        self.worker_works()
        runs.start(connection=self.firms[0].connection)
        for _ in range(6):
            self.comes(0)
            while self.hands[0].ticket:
                self._round(0)
        self.worker_works()
