"""What to ask next, and what an answer makes of it: the engine, driven by whoever calls.

Each step commits what was asked before the request leaves, and what an answer changed before it is acknowledged. Reads
may be asked again; a write is never handed out twice without having been looked for.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from integrations.models import Connection, Exchange
from integrations.progress import lists, share
from integrations.sync.crash import point
from integrations.sync.errors import AccountingError, Disconnected

from . import books, continuity, holdings, hresults, poster, profile, qbxml, reading
from .models import Agent
from .qbxml import Request, Unreadable
from .visit import Ask, Outcome, Visit

log = logging.getLogger(__name__)
PING = "ping"
KEPT_CHARACTERS = 20_000
ERROR, DONE, LAST = -1, 100, 99
# What the Web Connector takes for: nothing yet, ask again in five seconds.
NOTHING_YET, WAITS = "NoOp", 12
STILL_BUSY = "BigTime is still at work on what was read before. The next sync goes on where this one was."


def send(visit: Visit, told: str = "", company_file: str = "") -> str:
    """The next message set, or "" with `last_error` set. What was handed out and not answered is looked after first."""
    try:
        _begin(visit, told, company_file)
        ask = _next(visit, _interrupted(visit))
    except Disconnected as error:
        _pause(visit.connection, error)
        return _fail(visit, error)
    except AccountingError as error:
        return _fail(visit, error)
    if ask is None:
        return _not_yet(visit)
    visit.state.pop("waits", None)
    visit.session.asks += 1
    visit.session.asked = ask.kept()
    visit.session.last_error = ""
    kept = Exchange.objects.create(
        connection=visit.connection, method="qbXML", path=ask.kind, request=ask.text[:KEPT_CHARACTERS]
    )
    visit.session.asked["exchange"] = kept.pk
    visit.save()
    point(f"desktop_{ask.kind}_handed_out")
    return ask.text


def _fail(visit: Visit, error: AccountingError) -> str:
    visit.session.asked, visit.session.last_error = None, error.message
    visit.save()
    return ""


def _not_yet(visit: Visit) -> str:
    """Something else works on the run: asked again in five seconds, for a minute."""
    visit.state["waits"] = visit.state.get("waits", 0) + 1
    patient = visit.state["waits"] <= WAITS
    visit.session.asked, visit.session.last_error = None, NOTHING_YET if patient else STILL_BUSY
    visit.save()
    return ""


def _interrupted(visit: Visit) -> dict[str, Any] | None:
    """A request that was handed out and is asked for again: its answer is lost."""
    asked: dict[str, Any] | None = visit.session.asked
    visit.session.asked = None
    if asked is None:
        return None
    # An iterator may have gone on without us: what was under way begins anew.
    visit.state["reads"] = {}
    visit.state.pop("page", None)
    if visit.state.pop("holdings", None):
        # Nothing more goes out before it is known again that the books are those that were posted to.
        visit.state.pop("scanned", None)
    if asked["kind"] == poster.RECOVER:
        done = visit.state.get("recovered", [])
        visit.state["recovered"] = [each for each in done if each != asked["carrier"]]
    return asked


def _next(visit: Visit, interrupted: dict[str, Any] | None) -> Ask | None:
    """None when there is something to read and somebody else has the run just now."""
    if "company" not in visit.state:
        return profile.ask(visit)
    if visit.connection.status != Connection.Status.ACTIVE:
        raise Disconnected(visit.connection.pause_reason or "QuickBooks isn't connected in BigTime.")
    if interrupted and interrupted["kind"] == books.KIND:
        return books.again(visit, interrupted)
    if visit.state.get("page"):
        return books.page(visit, visit.state["page"])
    found = holdings.ask(visit) or poster.ask(visit) or reading.ask(visit)
    if found is None and reading.needed(visit):
        return None
    return found or Ask(PING, qbxml.build([Request("HostQuery", f"{visit.number}.ping")]))


def receive(visit: Visit, response: str, hresult: str, message: str) -> int:
    """Takes an answer; percent of the work that is done, 100 at its end, negative on an error.

    The same answer delivered twice is taken once and told the same.
    """
    session = visit.session
    sha = hashlib.sha256(f"{hresult}\x1f{message}\x1f{response}".encode("utf-8", "replace")).hexdigest()
    if session.asked is None:
        if sha != session.answer_sha256:
            log.warning("an answer came that nothing was asked for")
        visit.save()
        return session.percent
    outcome = _outcome(response, hresult, message)
    if _is_late(visit, session.asked, outcome):
        visit.save()
        return session.percent
    asked = session.asked
    percent = _taken(visit, asked, outcome)
    Exchange.objects.filter(pk=asked.get("exchange"), connection=visit.connection).update(
        answer=response.replace("\x00", "")[:KEPT_CHARACTERS], error=f"{hresult} {message}".strip()[:300]
    )
    session.asked, session.answer_sha256, session.percent = None, sha, percent
    visit.save()
    point(f"desktop_{asked['kind']}_taken")
    return percent


def _outcome(response: str, hresult: str, message: str) -> Outcome:
    if hresult.strip() or not response.strip():
        return Outcome(None, hresult.strip(), message)
    try:
        return Outcome(qbxml.parse(response), "", message)
    except Unreadable as error:
        return Outcome(None, "", f"{error}"[:300])


def _is_late(visit: Visit, asked: dict[str, Any], outcome: Outcome) -> bool:
    """An answer to a question of before: told by its message set's id, or by the number that our reads carry."""
    answer = outcome.answer
    if answer is None or not answer.responses:
        return False
    if asked["kind"] in (poster.POST, poster.RECOVER):
        of_another = bool(answer.set_id) and answer.set_id != asked["set"]
        return of_another or not all(each.name.endswith("Add") for each in answer.responses)
    return answer.responses[0].request_id.partition(".")[0] != str(visit.session.asks)


def _taken(visit: Visit, asked: dict[str, Any], outcome: Outcome) -> int:
    try:
        _take(visit, asked, outcome)
    except Disconnected as error:
        _pause(visit.connection, error)
        return _failed(visit, error.message)
    except AccountingError as error:
        return _failed(visit, error.message)
    if outcome.hresult and not hresults.is_parse_error(outcome.hresult):
        # The session is over: QuickBooks was closed, or takes nothing at the moment.
        found = hresults.trouble(outcome.hresult, outcome.message)
        _tell(visit, outcome.hresult, found.words)
        return _failed(visit, found.words)
    visit.session.last_error = ""
    return percent(visit)


def _failed(visit: Visit, words: str) -> int:
    visit.session.last_error = words
    return ERROR


def _take(visit: Visit, asked: dict[str, Any], outcome: Outcome) -> None:
    kind = asked["kind"]
    if kind == profile.KIND:
        if not profile.take(visit, outcome):
            words = hresults.trouble(outcome.hresult, outcome.message).words
            raise AccountingError(words or "QuickBooks didn't say which company file is open.", code=outcome.hresult)
        _learn(visit)
    elif kind == poster.RECOVER:
        poster.recovered(visit, asked, outcome)
    elif kind == books.KIND:
        _look(visit, asked, outcome)
    elif kind == poster.POST:
        visit.state["posted"] = visit.state.get("posted", 0) + poster.posted(visit, asked, outcome)
    elif kind == reading.KIND:
        reading.take(visit, asked, outcome)
    elif kind == holdings.KIND:
        holdings.answered(visit, asked, outcome)


def _look(visit: Visit, asked: dict[str, Any], outcome: Outcome) -> None:
    """Page after page; then the engine judges."""
    following = books.take(visit, asked, outcome)
    if following is None:
        poster.looked(visit, asked["why"])
        visit.state.pop("page", None)
    else:
        visit.state["page"] = following.about


def _learn(visit: Visit) -> None:
    """A session that got so far opened QuickBooks: what was wrong before is over."""
    continuity.judged(visit)
    agent = visit.session.agent
    file = visit.state.get("company_file", "")
    Agent.objects.filter(pk=agent.pk).update(problem="", problem_code="", **({"company_file": file} if file else {}))
    channel = agent.channel
    if file and channel.company_file != file:
        channel.company_file = file
        channel.save(update_fields=["company_file"])


def _tell(visit: Visit, code: str, words: str) -> None:
    Agent.objects.filter(pk=visit.session.agent_id).update(problem=words, problem_code=code[:40])


def _pause(connection: Connection, error: Disconnected) -> None:
    Connection.objects.filter(pk=connection.pk, status=Connection.Status.ACTIVE).update(
        status=Connection.Status.PAUSED, pause_code=error.code[:40] or "disconnected", pause_reason=error.message
    )
    connection.refresh_from_db()


def _begin(visit: Visit, told: str, company_file: str) -> None:
    """The first call of a session tells the file that is open and, from the Web Connector, what it holds.

    Raises Disconnected for another company file than the connected one.
    """
    if company_file:
        visit.state["company_file"] = company_file[:1000]
    if not told.strip() or "company" in visit.state or visit.session.asks:
        return
    try:
        if profile.take(visit, Outcome(qbxml.parse(told))):
            _learn(visit)
    except Unreadable:
        log.info("what the Web Connector told of the company can't be read; it is asked for")


def percent(visit: Visit) -> int:
    """Done of what is known: 100 only when nothing is left for this visit."""
    if visit.state.get("page") or poster.needed(visit):
        return min(LAST, 1 + int(visit.state.get("posted", 0)) // 100)
    run = reading.open_run(visit.connection)
    if run is None:
        return LAST if holdings.needed(visit) else DONE
    return min(LAST, max(1, share(lists(run, {})) or 1))
