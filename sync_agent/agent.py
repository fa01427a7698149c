"""The agent at work: heartbeats, the schedule, and one session at a time beside them.

`tick` is called often and decides; nothing in it waits for QuickBooks, because a session runs in a thread of its own.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sync_agent import VERSION, bulletin, logbook, vault
from sync_agent.account import Account, Standing, account_of
from sync_agent.bulletin import Bulletin
from sync_agent.configuration import Configuration
from sync_agent.first_time import REFUSED, reachable_host, run_session
from sync_agent.host import Host
from sync_agent.problems import SignedOut, Trouble
from sync_agent.schedule import Schedule, length_of_minute
from sync_agent.session import Result
from sync_agent.transport import Transport

log = logging.getLogger("sync_agent.agent")
LOST_SECONDS, RETRY_SECONDS, NOTHING_SECONDS = 30, 60, 15
ACTIVE, STANDBY, PAUSED = "Active", "Standby", "Paused"
FAILED, NOT_CONNECTED = "Failed to open connection", "Not connected"


def _now() -> datetime:
    return datetime.now(UTC)


class Agent:
    """One connection's agent. Wishes may come from any thread; everything else happens in the one that ticks."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        clock: Callable[[], datetime] = _now,
        minute: timedelta | None = None,
        account: Account | None = None,
    ) -> None:
        self.configuration, self._clock = configuration, clock
        self._secret = vault.recall(configuration.agent_id)
        logbook.hide(self._secret)
        self._account = account or account_of(configuration, Transport(seconds=20), self._secret)
        length = minute or length_of_minute()
        self._length = length / timedelta(minutes=1)
        before = bulletin.latest()
        self._schedule = _continued(before, length)
        self._standing: Standing | None = None
        self._problem: Trouble | None = None
        self._lost: Trouble | None = None
        self._by_hand = self._wanted = False
        self._paused = before.paused
        self._next_heartbeat = self._not_before = clock()
        self._last_sync, self._last_result = before.last_sync, before.last_result
        self._percent = -1
        self._wishes: list[str] = []
        self._halt = threading.Event()
        self._session: threading.Thread | None = None
        self._host: Host | None = None
        self._result: Result | Trouble | None = None
        self.over = threading.Event()
        self.bulletin = Bulletin()
        self._say()

    def wish(self, name: str) -> None:
        """sync, pause, resume or quit; carried out by the next tick."""
        self._wishes.append(name)

    def run(self, wait: float = 0.5) -> None:
        """Ticks until somebody wishes to quit."""
        log.info("Started, version %s", VERSION)
        try:
            while not self.over.is_set():
                self.tick()
                self.over.wait(wait)
        finally:
            self.leave()
            log.info("Ended")

    def tick(self) -> None:
        """Looks at everything once: wishes, a session that ended, the heartbeat, and whether a session is due."""
        for name in [*self._taken(), *bulletin.granted()]:
            self._grant(name)
        if self.over.is_set():
            return
        if self._session is not None and not self._session.is_alive():
            self._finish()
        if self._clock() >= self._next_heartbeat:
            self._beat()
        if self._session is None and self._may_start():
            self._start()
        self._say()

    def leave(self, seconds: float = 20.0) -> None:
        """Lets a session come to its end between two requests; QuickBooks' process is ended if it doesn't."""
        self._halt.set()
        if self._session is not None:
            self._session.join(seconds)
            if self._session.is_alive() and self._host is not None:
                self._host.kill()
                self._session.join(5)
        self._percent = -1
        self._say(pid=0)

    def _taken(self) -> list[str]:
        taken, self._wishes = self._wishes, []
        return taken

    def _grant(self, name: str) -> None:
        log.info("Asked for: %s", name)
        if name == "quit":
            self.over.set()
        elif name == "pause":
            self._paused = True
            self._halt.set()
            self._ask(lambda: self._account.pause(True))
        else:
            if self._paused or (self._standing and self._standing.state == PAUSED):
                self._paused = False
                self._schedule = self._schedule.resumed(self._clock())
                self._ask(lambda: self._account.pause(False))
            if name == "sync":
                # Asked for while a session runs, it joins that one.
                self._by_hand, self._wanted = True, self._session is None
                self._ask(self._account.sync_now)

    def _beat(self) -> None:
        self._ask(lambda: self._account.heartbeat(self._facts()))

    def _ask(self, call: Callable[[], Standing]) -> None:
        """One exchange with the server about where we stand; losing it is a state, not an error."""
        wait = LOST_SECONDS
        try:
            self._standing, self._lost = call(), None
            wait = self._standing.interval
        except Trouble as error:
            self._standing, self._lost = None, error
            log.warning("%s", error)
        self._next_heartbeat = self._clock() + timedelta(seconds=wait)

    def _may_start(self) -> bool:
        if self._paused or self._standing is None or self._standing.state != ACTIVE:
            return False
        if self._wanted:
            return True
        now = self._clock()
        asked = self._standing.sync_requested or self._standing.work_waiting > 0
        return self._schedule.is_due(now) or (asked and now >= self._not_before)

    def _start(self) -> None:
        # Somebody asked when the server says so as well, and then the cycle starts over as with Sync now.
        self._by_hand = self._by_hand or bool(self._standing and self._standing.sync_requested)
        self._wanted = False
        self._halt.clear()
        self._percent, self._result = 0, None
        self._session = threading.Thread(target=self._work, name="session", daemon=True)
        self._session.start()

    def _work(self) -> None:
        try:
            self._result = run_session(
                self.configuration, self._secret, self._progressed, self._halt.is_set, self._opened_host
            )
        except Trouble as error:
            self._result = error
        except Exception as error:  # the thread must not die without a word
            log.exception("The session broke off")
            self._result = Trouble(f"The session broke off: {type(error).__name__}.", "The log has more.")

    def _opened_host(self) -> Host:
        self._host = reachable_host(self.configuration)
        return self._host

    def _progressed(self, percent: int) -> None:
        self._percent = max(0, min(percent, 100))

    def _finish(self) -> None:
        """Takes in what the session came to, and tells the server at once, which says whether anything changed."""
        self._session, self._host, self._percent = None, None, -1
        result = self._result
        now = self._clock()
        if isinstance(result, Result) and result.trouble is None and result.outcome not in REFUSED:
            self._problem = None
            self._came_to_an_end(result, now)
        else:
            self._problem = _trouble_of(result)
            self._last_result = self._problem.words
            self._schedule = self._schedule.after_failure(now)
            self._not_before = now + timedelta(seconds=RETRY_SECONDS * self._length)
            self._beat()
        self._by_hand = False

    def _came_to_an_end(self, result: Result, now: datetime) -> None:
        if result.outcome == "done":
            self._last_sync = now.isoformat()
        self._last_result = result.words or {"nothing": "Nothing to do.", "stopped": "Stopped."}.get(
            result.outcome, "Done."
        )
        self._not_before = now + timedelta(seconds=NOTHING_SECONDS * self._length if result.outcome == "nothing" else 0)
        self._beat()
        self._schedule = self._schedule.with_at_least(result.at_least)
        if self._by_hand:
            self._schedule = self._schedule.after_sync_now(now)
        elif result.outcome != "stopped":
            changes = result.outcome == "done" and bool(self._standing and self._standing.changes_found)
            self._schedule = self._schedule.after_check(now, changes=changes)
        self._schedule = self._schedule.postponed(now, result.postpone)

    def _facts(self) -> dict[str, object]:
        known, next_check = self.configuration, self._schedule.next_check
        state = "paused" if self._paused else "syncing" if self._session else "failed" if self._problem else "idle"
        problem = self._problem
        return {
            "state": state, "computer": socket.gethostname(), "version": VERSION, "company_file": known.company_file,
            "quickbooks_user": known.quickbooks_user, "quickbooks_version": known.quickbooks_version,
            "last_sync": self._last_sync or None, "next_check": next_check.isoformat() if next_check else None,
            "problem": problem and {"hresult": problem.hresult, "message": problem.words, "what_to_do": problem.mend},
        }  # fmt: skip

    def _state(self) -> tuple[str, str, str]:
        """State, words and mend as they are shown. Without the internet an agent can only stand by."""
        if isinstance(self._lost, SignedOut):
            return NOT_CONNECTED, self._lost.words, self._lost.mend
        if self._paused or (self._standing and self._standing.state == PAUSED):
            return PAUSED, "Nothing is exchanged until you choose Resume.", ""
        if self._lost:
            return STANDBY, self._lost.words, self._lost.mend
        if self._standing and self._standing.state == STANDBY:
            other = self._standing.active_computer or "Another computer"
            return STANDBY, f"{other} runs the active Sync Agent.", "Sync now takes over."
        if self._problem:
            return FAILED, self._problem.words, self._problem.mend
        return ACTIVE, "Syncing now." if self._session else "", ""

    def _say(self, *, pid: int | None = None) -> None:
        state, words, mend = self._state()
        known, next_check = self.configuration, self._schedule.next_check
        news = Bulletin(
            state=state, words=words, mend=mend, company_file=known.company_file, firm_name=known.firm_name,
            email=known.email, server=known.server, last_sync=self._last_sync, last_result=self._last_result,
            next_check=next_check.isoformat() if next_check and state in {ACTIVE, FAILED} else "",
            step=self._schedule.step, percent=self._percent if self._session else -1,
            activity=self._standing.activity if self._standing and self._session else "",
            paused=self._paused, pid=os.getpid() if pid is None else pid,
        )  # fmt: skip
        if news != self.bulletin:
            self.bulletin = news
            bulletin.publish(news)


def _continued(before: Bulletin, minute: timedelta) -> Schedule:
    """The schedule a program that was ended left behind; a check that is overdue is due."""
    schedule = Schedule(minute=minute)
    try:
        when = datetime.fromisoformat(before.next_check)
    except ValueError:
        return schedule
    known = 0 <= before.step < 7 and when.tzinfo is not None
    return replace(schedule, step=before.step, next_check=when) if known else schedule


def _trouble_of(result: Result | Trouble | None) -> Trouble:
    if isinstance(result, Result):
        return result.trouble or Trouble(*REFUSED[result.outcome])
    return result or Trouble("The session broke off.", "The log has more.")
