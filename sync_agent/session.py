"""One session of the Web Connector service: from authenticate to closeConnection."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from sync_agent import continuity, hresults, logbook
from sync_agent.company import Company, look_at
from sync_agent.configuration import Configuration
from sync_agent.connector import Admission, Connector
from sync_agent.host import Host, HostError, Unanswered
from sync_agent.problems import Trouble

log = logging.getLogger("sync_agent.session")
NOTHING_YET_SECONDS = 5.0
OPENING_TRIES = 3
# BigTime counts on it: what was handed out longer ago is not begun any more, however long this computer was asleep.
WRITE_SECONDS = 60.0
TOO_OLD = "This computer was asleep or the line was slow. BigTime looks in QuickBooks first, then sends again."
_REQUEST = re.compile(r"<(\w+)Rq\b")
_READING = ("Query", "Msgs")


def writes(request: str) -> bool:
    """Whether a message set asks for anything but reading."""
    return not all(name.endswith(_READING) for name in _REQUEST.findall(request))


@dataclass
class Result:
    """How a session ended. `outcome`: done, nothing, busy, signed_out, stopped, refused, failed."""

    outcome: str
    words: str = ""
    trouble: Trouble | None = None
    requests: int = 0
    postpone: int = 0
    at_least: int = 0
    company: Company | None = None


@dataclass
class Session:
    """Holds what one session needs; `run` is called once.

    `open_host` starts the child that speaks to QuickBooks; `progress` hears the percentage after each answer; `stopped`
    is asked between two requests; `sleep` waits while the service has nothing yet; `clock` must go on while the machine
    sleeps.
    """

    connector: Connector
    configuration: Configuration
    secret: str
    open_host: Callable[[], Host]
    progress: Callable[[int], object] = lambda percent: None
    stopped: Callable[[], bool] = lambda: False
    sleep: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = continuity.boot_time
    _ticket: str = ""
    _requests: int = 0
    _admission: Admission = field(default_factory=lambda: Admission("", "none"))

    def run(self) -> Result:
        """Raises Unreachable when BigTime is lost on the way; what QuickBooks refuses is in the result."""
        self.connector.server_version()
        version = self.connector.client_version()
        if version[:2].upper() in {"E:", "O:"}:
            words = version[2:].strip()
            return Result("failed", trouble=Trouble(words or "This Sync Agent is too old.", "Install the newest one."))
        if version[:2].upper() == "W:":
            log.warning("BigTime warns: %s", version[2:])
        self._admission = self.connector.authenticate(self.configuration.agent_id, self.secret, continuity.last())
        self._ticket = self._admission.ticket
        logbook.hide(self._ticket)
        return self._ended(self._work() if self._admission.work == "file" else self._no_work())

    def _ended(self, result: Result) -> Result:
        result.requests = self._requests
        result.postpone, result.at_least = self._admission.postpone, self._admission.at_least
        log.info("Session ended: %s after %d requests. %s", result.outcome, self._requests, result.words)
        return result

    def _no_work(self) -> Result:
        words = self.connector.close_connection(self._ticket)
        outcome = {"nvu": "signed_out", "busy": "busy"}.get(self._admission.work, "nothing")
        return Result(outcome, words)

    def _work(self) -> Result:
        continuity.began(self._ticket)
        host = self.open_host()
        try:
            return self._opened(host)
        except Unanswered as error:
            return self._lost(error)
        finally:
            host.close()

    def _lost(self, error: Unanswered) -> Result:
        """QuickBooks fell silent outside of a request; there is nothing to hand in but the news."""
        self.connector.connection_error(self._ticket, error.hresult, error.message)
        return Result("failed", trouble=hresults.trouble(error.hresult, error.message))

    def _opened(self, host: Host) -> Result:
        file = self._admission.company_file or self.configuration.company_file
        for _ in range(OPENING_TRIES):
            try:
                host.open(self.configuration.app_id, self.configuration.app_name, file)
                company = look_at(host, self.configuration.owner_id)
                break
            except HostError as error:
                log.warning("QuickBooks could not be opened: %s", error)
                trouble = hresults.trouble(error.hresult, error.message)
                said = self.connector.connection_error(self._ticket, error.hresult, error.message)
                if said.lower() == "done" or isinstance(error, Unanswered):
                    return Result("failed", trouble=trouble)
                file = said
            except ParseError as error:
                return self._closed(Result("failed", trouble=hresults.trouble("0x80040402", str(error))))
        else:
            return self._closed(Result("failed", trouble=trouble))
        result = self._conversation(host, company)
        result.company = company
        return result

    def _conversation(self, host: Host, company: Company) -> Result:
        introduction = company.whole_answer
        while not self.stopped():
            asked_at = self.clock()
            request = self.connector.send_request(
                self._ticket, introduction, company.file, company.country, company.major, company.minor
            )
            if not request:
                words = self.connector.get_last_error(self._ticket)
                if words.strip().lower() == "noop":
                    self.sleep(NOTHING_YET_SECONDS)
                    continue
                return self._closed(Result("refused", words, Trouble(words) if words else None))
            introduction = ""
            if writes(request) and self.clock() - asked_at > WRITE_SECONDS:
                log.warning("A request is %d seconds old and is not carried out", self.clock() - asked_at)
                return self._closed(Result("stopped", TOO_OLD))
            percent, lost = self._carried_out(host, request)
            if percent < 0:
                words = self.connector.get_last_error(self._ticket)
                return self._closed(Result("refused", words, lost or Trouble(words or "BigTime stopped the session.")))
            self.progress(percent)
            if lost is not None:
                return self._closed(Result("failed", trouble=lost))
            if percent >= 100:
                return self._closed(Result("done"))
        return self._closed(Result("stopped"))

    def _carried_out(self, host: Host, request: str) -> tuple[int, Trouble | None]:
        """The service's percentage, and the trouble that ends the session although the service would go on."""
        self._requests += 1
        try:
            response = host.process(request)
        except HostError as error:
            log.warning("QuickBooks refused a request: %s", error)
            percent = self.connector.receive_response(self._ticket, "", error.hresult, error.message)
            # Without its process, or with a dead ticket, no further request can succeed.
            over = isinstance(error, Unanswered) or error.hresult == "0x8004040D"
            return percent, hresults.trouble(error.hresult, error.message) if over or percent < 0 else None
        return self.connector.receive_response(self._ticket, response, "", ""), None

    def _closed(self, result: Result) -> Result:
        words = self.connector.close_connection(self._ticket)
        result.words = result.words or words
        return result
