"""The methods of ``QBXMLRP2.RequestProcessor``, with the conditions and faults that stand in their way."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from simulators.desktop import conditions, processor, qbxml
from simulators.desktop.hresults import HostError
from simulators.desktop.machine import Machine, Office, Origin
from simulators.desktop.operations import Author
from simulators.desktop.processor import Cut, Work
from simulators.desktop.qbxml import MessageSet
from simulators.desktop.sessions import Connection, Session

GONE, LOST_TICKET, BUSY = "0x800706BA", "0x8004040D", "0x80040414"


class BadCall(ValueError):
    """No such method, or not its arguments: a mistake of the caller, not a state of QuickBooks."""


class RequestProcessor:
    """Answers calls of hosts; a host is one process, named by an id of its own."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._methods: dict[str, Callable[..., Awaitable[Any]]] = {
            "OpenConnection": self.open_connection,
            "OpenConnection2": self.open_connection,
            "BeginSession": self.begin_session,
            "ProcessRequest": self.process_request,
            "GetCurrentCompanyFileName": self.company_file_name,
            "QBXMLVersionsForSession": self.versions,
            "EndSession": self.end_session,
            "CloseConnection": self.close_connection,
            "MajorVersion": self.major_version,
            "MinorVersion": self.minor_version,
        }

    async def call(self, host: str, opened: str, method: str, args: list[Any], computer: str = "") -> Any:
        """Raises HostError as the real one would, BadCall for a call it doesn't know."""
        if method not in self._methods:
            raise BadCall(f"There is no method {method}.")
        self.machine.stats.calls[method] += 1
        try:
            if method.startswith("OpenConnection"):
                await self._methods[method](host, opened, *args)
                self.machine.connections[host].computer = computer
                return None
            return await self._methods[method](host, *args)
        except HostError as error:
            self.machine.stats.hresults[error.hresult] += 1
            raise
        except TypeError as error:
            if "positional argument" not in str(error):
                raise
            raise BadCall(f"{method} doesn't take these arguments.") from None

    async def open_connection(self, host: str, opened: str, app_id: str, app_name: str, kind: int = 1) -> None:
        if not str(app_name).strip():
            raise HostError("0x80040402", "The application name is missing.")
        self.machine.connections[host] = Connection(str(app_id), str(app_name).strip(), opened)

    async def begin_session(self, host: str, path: str, mode: int) -> str:
        """A ticket. May wait as long as QuickBooks' access dialog stands."""
        connection = self._connection(host)
        if connection.session:
            raise HostError("0x80040402", "A session is open already.")
        office = self._office(connection, str(path or ""))
        state = office.conditions
        fault = office.faults.call("BeginSession", [])
        if fault:
            raise conditions.raised(fault)
        for stands, hresult in (
            (state.cannot_start, "0x80040408"),
            (state.still_starting, "0x80040424"),
            (state.other_file_open, "0x8004040A"),
            (state.modal_dialog and not state.not_started, BUSY),
            (state.single_user_other, "0x80040422"),
            (state.multi_user and mode == 0, "0x80040410"),
        ):
            if stands:
                raise HostError(hresult)
        await office.gate.enter(connection.app_name)
        ticket = "{" + secrets.token_hex(16) + "}"
        connection.session = Session(ticket, office.file.id, hidden=state.not_started)
        return ticket

    def _connection(self, host: str) -> Connection:
        connection = self.machine.connections.get(host)
        if connection is None:
            raise HostError("0x80040402", "The connection is not open.")
        return connection

    def _office(self, connection: Connection, path: str) -> Office:
        """The file meant; an empty path is the one open in QuickBooks."""
        opened = self.machine.office_at(connection.opened) if connection.opened else None
        if opened is None and not connection.opened and self.machine.offices:
            opened = next(iter(self.machine.offices.values()))
        if not path:
            if opened is None or opened.conditions.not_started:
                raise HostError("0x80040416")
            return opened
        office = self.machine.office_at(path)
        if office is None:
            raise HostError("0x80040403")
        if connection.opened and opened is not None and office is not opened and not opened.conditions.not_started:
            raise HostError("0x8004040A")
        return office

    def _session(self, host: str, ticket: str) -> tuple[Connection, Session, Office]:
        connection = self._connection(host)
        session = connection.session
        office = self.machine.offices.get(session.file) if session else None
        if session is None or office is None or session.ticket != ticket:
            raise HostError(LOST_TICKET)
        return connection, session, office

    def end_sessions(self, file: str) -> None:
        """QuickBooks closes: every session in the file is over, and its iterators with it."""
        for connection in self.machine.connections.values():
            if connection.session and connection.session.file == file:
                connection.session = None

    async def process_request(self, host: str, ticket: str, text: str) -> str:
        """The answering qbXML. Raises HostError when the set was refused, or its answer never came."""
        connection, _, office = self._session(host, ticket)
        async with office.turn(connection.computer):
            return await self._processed(host, ticket, text)

    async def _processed(self, host: str, ticket: str, text: str) -> str:
        """One at a time: what a program left behind is finished before the next one's request is looked at."""
        connection, session, office = self._session(host, ticket)
        state = office.conditions
        if state.slow:
            await asyncio.sleep(state.slow)
            connection, session, office = self._session(host, ticket)
        if state.modal_dialog:
            raise HostError(BUSY)
        messages = qbxml.parse(str(text))
        fault = office.faults.call("ProcessRequest", [request.name for request in messages.requests])
        if fault and not fault.commit:
            raise conditions.raised(fault)
        answer, wrote = self._run(connection, session, office, messages)
        if fault:
            raise conditions.raised(fault)
        if wrote and state.spend("answer_lost_after_save"):
            self.end_sessions(office.file.id)
            raise HostError(GONE)
        return answer

    def _run(self, connection: Connection, session: Session, office: Office, messages: MessageSet) -> tuple[str, bool]:
        """(answer, whether anything was written). QuickBooks may close before or in the middle of it."""
        state = office.conditions
        quits = state.spend("quits_mid_session")
        if quits and state.quits_after is None:
            self.end_sessions(office.file.id)
            raise HostError(GONE)
        work = self._work(connection, session, office, state.quits_after if quits else None)
        cut, answer = quits, ""
        with office.file.transaction():
            try:
                answer = processor.run(work, messages)
            except Cut:
                cut = True
        self._remember(office, work, connection, messages)
        if cut:
            self.end_sessions(office.file.id)
            raise HostError(GONE)
        return answer, bool(work.changes)

    def _work(self, connection: Connection, session: Session, office: Office, stop_after: int | None) -> Work:
        state = office.conditions
        return Work(
            office.file,
            connection.app_name,
            session.iterators,
            author=Author(locked=frozenset(state.locked_record)),
            hidden_login=session.hidden,
            multi_user=state.multi_user,
            refuse=lambda request: office.faults.request(request.name),
            mark_rest=state.rest_after_stop != "absent",
            stop_after=stop_after,
        )

    def _remember(self, office: Office, work: Work, connection: Connection, messages: MessageSet) -> None:
        """Journal and counters."""
        for request_id, change in work.changes:
            origin = Origin("sdk", connection.app_name, messages.new_id, request_id)
            self.machine.record(office, change, origin)
        stats = self.machine.stats
        stats.message_sets += 1
        stats.largest_set = max(stats.largest_set, len(messages.requests))
        stats.requests.update(request.name for request in messages.requests)

    async def company_file_name(self, host: str, ticket: str) -> str:
        _, _, office = self._session(host, ticket)
        return str(office.file.path)

    async def versions(self, host: str, ticket: str) -> list[str]:
        self._session(host, ticket)
        return list(qbxml.VERSIONS)

    async def end_session(self, host: str, ticket: str) -> None:
        connection, _, _ = self._session(host, ticket)
        connection.session = None

    async def close_connection(self, host: str) -> None:
        self.machine.connections.pop(host, None)

    async def major_version(self, host: str) -> int:
        return 13

    async def minor_version(self, host: str) -> int:
        return 0
