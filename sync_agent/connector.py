"""The Web Connector service's eight operations, as a client calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sync_agent import VERSION, soap
from sync_agent.problems import Trouble
from sync_agent.transport import Transport

LAST_SESSION = "BigTime-Last-Session"


@dataclass(frozen=True)
class Admission:
    """What authenticate said. `work` is "file" (with `company_file`, empty: the open one), "none", "nvu" or "busy"."""

    ticket: str
    work: str
    company_file: str = ""
    postpone: int = 0
    at_least: int = 0


class Connector:
    """Calls one service. Each method returns what the service said, or raises Unreachable or Trouble."""

    def __init__(self, address: str, transport: Transport) -> None:
        self._address, self._transport = address, transport

    def server_version(self) -> str:
        return self._ask("serverVersion", tries=2)

    def client_version(self) -> str:
        return self._ask("clientVersion", VERSION, tries=2)

    def authenticate(self, user: str, password: str, last: str = "") -> Admission:
        """`last`: the hash of the last session's ticket, in a header: the operation itself has no place for it."""
        body = self._post("authenticate", user, password, tries=2, headers={LAST_SESSION: last} if last else {})
        return _admission(soap.answers("authenticate", body))

    def send_request(self, ticket: str, company: str, file: str, country: str, major: int, minor: int) -> str:
        return self._ask("sendRequestXML", ticket, company, file, country, major, minor, tries=2)

    def receive_response(self, ticket: str, response: str, hresult: str, message: str) -> int:
        text = self._ask("receiveResponseXML", ticket, response, hresult, message, tries=2)
        try:
            return int(text)
        except ValueError as error:
            raise soap.Garbled(f"{text[:40]!r} is not a percentage") from error

    def connection_error(self, ticket: str, hresult: str, message: str) -> str:
        return self._ask("connectionError", ticket, hresult, message, tries=2)

    def get_last_error(self, ticket: str) -> str:
        return self._ask("getLastError", ticket, tries=2)

    def close_connection(self, ticket: str) -> str:
        return self._ask("closeConnection", ticket)

    def _ask(self, operation: str, *values: str | int, tries: int = 1) -> str:
        return soap.answer(operation, self._post(operation, *values, tries=tries))

    def _post(self, operation: str, *values: str | int, tries: int, headers: Mapping[str, str] | None = None) -> bytes:
        kind = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{soap.NAMESPACE}{operation}"'}
        body = soap.question(operation, *values)
        reply = self._transport.post(self._address, body, {**kind, **(headers or {})}, tries=tries)
        if reply.status == 429:
            raise Trouble("BigTime asks for a little patience: too many tries in a short time.", "Wait a few minutes.")
        # A SOAP fault comes with 500 and says more than the number does.
        if reply.status not in {200, 500}:
            raise Trouble(
                f"BigTime refused the Sync Agent's call (HTTP {reply.status}).",
                "Check that the address is right, and that nothing in between asks for another sign-in.",
            )
        return reply.body


def _admission(said: list[str]) -> Admission:
    if len(said) < 2:
        raise soap.Garbled("authenticate has no second string")
    ticket, file, *numbers = said
    postpone, at_least = (*(_seconds(number) for number in numbers), 0, 0)[:2]
    if file.lower() in {"none", "nvu", "busy"}:
        return Admission(ticket, file.lower(), "", postpone, at_least)
    return Admission(ticket, "none" if postpone else "file", file, postpone, at_least)


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
