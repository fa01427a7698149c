"""The Web Connector's operations: each decides and answers; the address only translates bytes.

Sequence and meaning as in Intuit's QBWC Programmer's Guide: authenticate, then sendRequestXML and receiveResponseXML in
turn until 100, closeConnection. A call that comes twice or out of turn changes nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from . import admission, hresults, session, tickets
from .models import Agent
from .soap import Call, Result
from .visit import Visit

log = logging.getLogger(__name__)
VERSION = "BigTime 1"
OVER = "This session is over. The next sync goes on where this one was."
NOTHING, INVALID, BUSY = "none", "nvu", "busy"


def answer(call: Call, address: str, last: str = "") -> Result:
    """`address`: where the call came from; `last`: the last session that it names, by the hash of its ticket."""
    if call.operation == "authenticate":
        return _authenticate(call, address, last)
    return HANDLERS[call.operation](call)


def _authenticate(call: Call, address: str, last: str) -> Result:
    """[ticket, what to do]: "" for the company file that is open, its path, or none, nvu, busy.

    busy carries the seconds after which it makes sense to come again. A ticket is sent in any case, since the Web
    Connector names one when it then closes; only that of a session is good for anything.
    """
    try:
        agent = admission.admitted(call.parameters["strUserName"], call.parameters["strPassword"], address)
    except admission.TooMany:
        return [tickets.new(), BUSY, str(admission.MINUTES * 60)]
    if agent is None:
        return [tickets.new(), INVALID]
    if not admission.has_work(agent):
        return [tickets.new(), NOTHING]
    opened, ticket = tickets.open_session(agent, last=last, address=address)
    # Intuit's program is told nothing but "the open file": it asks for the right one itself where a path was granted.
    file = agent.company_file if agent.kind == Agent.Kind.SYNC_AGENT else ""
    log.info("an agent's session began", extra={"session": opened.pk})
    return [ticket, file]


def _send(call: Call) -> Result:
    with tickets.taken(call.parameters["ticket"]) as found:
        if found is None:
            return ""
        return session.send(Visit(found), call.parameters["strHCPResponse"], call.parameters["strCompanyFileName"])


def _receive(call: Call) -> Result:
    given = call.parameters
    with tickets.taken(given["ticket"]) as found:
        if found is None:
            return session.ERROR
        return session.receive(Visit(found), given["response"], given["hresult"], given["message"])


def _connection_error(call: Call) -> Result:
    """QuickBooks couldn't be opened. "done" ends the visit; the agent's schedule tries again."""
    given = call.parameters
    with tickets.taken(given["ticket"]) as found:
        if found is not None:
            trouble = hresults.trouble(given["hresult"], given["message"])
            Agent.objects.filter(pk=found.agent_id).update(problem=trouble.words, problem_code=given["hresult"][:40])
            found.last_error = trouble.words
            found.save(update_fields=["last_error"])
            tickets.close(found, trouble.text)
    return "done"


def _last_error(call: Call) -> Result:
    found = tickets.find(call.parameters["ticket"])
    return (found.last_error or "Nothing went wrong.") if found else OVER


def _close(call: Call) -> Result:
    with tickets.taken(call.parameters["ticket"]) as found:
        if found is None:
            return "OK"
        words = found.last_error or _summary(found.state)
        tickets.close(found, words)
        return words if found.last_error else f"OK. {words}"


def _summary(state: dict[str, int]) -> str:
    posted, found = int(state.get("posted", 0)), int(state.get("found", 0))
    told = [f"{_entries(posted)} posted."] if posted else []
    if found:
        counts = "was found in QuickBooks and counts" if found == 1 else "were found in QuickBooks and count"
        told.append(f"{_entries(found)} sent before {counts} as posted.")
    return " ".join(told) or "Up to date."


def _entries(number: int) -> str:
    return f"{number} {'entry' if number == 1 else 'entries'}"


HANDLERS: dict[str, Callable[[Call], Result]] = {
    "serverVersion": lambda call: VERSION,
    "clientVersion": lambda call: "",
    "sendRequestXML": _send,
    "receiveResponseXML": _receive,
    "connectionError": _connection_error,
    "getLastError": _last_error,
    "closeConnection": _close,
    # Interactive mode belonged to Internet Explorer; nothing here needs it.
    "getInteractiveURL": lambda call: "",
    "interactiveRejected": lambda call: "",
    "interactiveDone": lambda call: "Done",
}
