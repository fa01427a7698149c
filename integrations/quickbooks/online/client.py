"""QuickBooks Online for one connection and one thread: plain dictionaries out, the engine's three errors up.

Underneath is python-quickbooks, unmodified; `transport` carries its bytes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from quickbooks.exceptions import QuickbooksException

from integrations.models import Connection
from integrations.sync import outbox
from integrations.sync.errors import Disconnected, Rejected, Retryable, UnknownOutcome

from . import addresses, faults, limiter, tokens
from .budget import READ_SHARE
from .faults import Answer, TokenRejected
from .transport import Transport, Wire, fault_of

MINOR_VERSION = 75
PAGE = 1000
CHANGES_LIMIT = 1000
TOKEN_SECONDS = 60.0
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as received, and Intuit's clock when it answered."""

    rows: list[Json]
    server_time: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows by entity, deleted ones with `"status": "Deleted"`; not `complete` when the window held too many."""

    rows: dict[str, list[Json]]
    complete: bool
    server_time: datetime


@dataclass(slots=True)
class Client:
    """Raises Retryable, Rejected, Disconnected, and for writes UnknownOutcome. Use it outside transactions.

    `reserve_for_posts`: leave a share of Intuit's limits to posting while posting has work. `patience`: most seconds
    to wait for a slot.
    """

    connection: Connection
    reserve_for_posts: bool = False
    patience: float = limiter.PATIENCE_SECONDS
    _wire: Any = field(init=False, repr=False)
    _transport: Transport = field(init=False, repr=False)
    _token_at: float = field(init=False, default=float("-inf"), repr=False)
    _has_permit: bool = field(init=False, default=False, repr=False)

    def __post_init__(self) -> None:
        self._transport = Transport(self.connection)
        self._wire = Wire(company_id=self.connection.company_id, minorversion=MINOR_VERSION)
        self._wire.api_url_v3 = addresses.api_base(self.connection.environment)
        self._wire.transport = self._transport

    @property
    def calls(self) -> int:
        return self._transport.calls

    @property
    def tid(self) -> str:
        """Intuit's name for the newest call, which its support asks for."""
        return self._transport.last.tid if self._transport.last else ""

    def close(self) -> None:
        self._transport.close()

    def query(self, entity: str, where: str = "", order_by: str = "", start: int = 1, size: int = PAGE) -> Page:
        """Up to `size` rows from the 1-based `start`. Quote values in `where` with `quoted`."""
        text = f"{_select('*', entity, where, order_by)} STARTPOSITION {start} MAXRESULTS {size}"
        body = self._read(lambda: self._wire.query(text))
        rows = body.get("QueryResponse", {}).get(entity, [])
        return Page(rows, self._server_time(body))

    def count(self, entity: str, where: str = "") -> int:
        body = self._read(lambda: self._wire.query(_select("COUNT(*)", entity, where, "")))
        return int(body.get("QueryResponse", {}).get("totalCount", 0))

    def changes(self, entities: Sequence[str], since: datetime) -> Changes:
        """What changed since an aware `since`, at most 30 days back. Not for TimeActivity and the tax lists."""
        body = self._read(lambda: self._wire.change_data_capture(",".join(entities), since.isoformat()))
        rows: dict[str, list[Json]] = {name: [] for name in entities}
        for answer in body.get("CDCResponse", []):
            for part in answer.get("QueryResponse", []):
                for name in entities:
                    rows[name] += part.get(name, [])
        return Changes(rows, sum(map(len, rows.values())) < CHANGES_LIMIT, self._server_time(body))

    def read(self, entity: str, remote_id: str) -> Json | None:
        """The record, or None when QuickBooks says that it isn't there."""
        try:
            body = self._read(lambda: self._wire.get_single_object(entity, remote_id))
        except Rejected as error:
            if error.code == "610":
                return None
            raise
        return dict(body[entity])

    def company_info(self) -> Json:
        body = self._read(lambda: self._wire.get_single_object("companyinfo", self.connection.company_id))
        return dict(body["CompanyInfo"])

    def preferences(self) -> Json:
        url = f"{self._wire.api_url}/company/{self.connection.company_id}/preferences"
        return dict(self._read(lambda: self._wire.get(url))["Preferences"])

    def permit(self) -> None:
        """Waits for the slot of the next batch now, so that the batch leaves at once when it is asked for."""
        if not self._has_permit:
            self._transport.take_slot(limiter.acquire(self.connection, batch=True, patience=self.patience))
            self._has_permit = True
        self._ready_token()

    def batch(self, items: list[Json], request_id: str, send_by: float = float("inf")) -> dict[str, Json]:
        """Answers by bId: the entity's object, or `{"Fault": …}`. An item without an answer isn't in the result.

        `items` go out as canonical JSON: the same items and request id are the same bytes. Past `send_by` (seconds of
        `boot_time`) nothing is sent any more: Retryable, code late.
        """
        self._transport.send_by = send_by
        url = f"{self._wire.api_url}/company/{self.connection.company_id}/batch"
        text = json.dumps({"BatchItemRequest": items}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        body = self._call(lambda: self._wire.post(url, text, request_id=request_id), write=True)
        answers = body.get("BatchItemResponse")
        if not isinstance(answers, list):
            raise UnknownOutcome(faults.UNKNOWN, code="unreadable", detail="no BatchItemResponse in the answer")
        return {str(each.get("bId")): _item(each) for each in answers if isinstance(each, dict)}

    def _read(self, ask: Callable[[], Json]) -> Json:
        return self._call(ask, write=False)

    def _call(self, ask: Callable[[], Json], *, write: bool) -> Json:
        """Asks once; a rejected token is refreshed once and the same bytes go out again."""
        self._ready_token()
        try:
            return self._ask_once(ask, write=write)
        except TokenRejected:
            self._transport.token = tokens.refresh_rejected(self.connection, self._transport.token)
            self._token_at = time.monotonic()
        try:
            return self._ask_once(ask, write=write)
        except TokenRejected as error:
            tokens.pause(self.connection, error.code, faults.NO_ACCESS)
            raise Disconnected(faults.NO_ACCESS, code=error.code, detail=error.detail) from None

    def _ask_once(self, ask: Callable[[], Json], *, write: bool) -> Json:
        self._wait_for_slot(batch=write)
        self._transport.is_write = write
        try:
            return dict(ask())
        except Disconnected as error:
            tokens.pause(self.connection, error.code, error.message)
            raise
        except (QuickbooksException, TypeError, ValueError, KeyError) as error:
            # HTTP 200 with a Fault, or a body the library can't read: what was received decides, not the exception.
            raise self._understood(error, write=write) from None

    def _understood(self, error: Exception, *, write: bool) -> Exception:
        last = self._transport.last or Answer(0, f"{type(error).__name__}: {error}")
        understood = faults.of_answer(last, fault_of(last.text), write=write)
        if isinstance(understood, Disconnected):
            tokens.pause(self.connection, understood.code, understood.message)
        if isinstance(understood, Retryable) and understood.code in {"429", "3001"}:
            limiter.throttled(self.connection)
        return understood

    def _wait_for_slot(self, *, batch: bool) -> None:
        if batch and self._has_permit:
            self._has_permit = False
            return
        reserves = self.reserve_for_posts and not batch and outbox.has_ready(self.connection)
        share = READ_SHARE if reserves else 1.0
        self._transport.take_slot(limiter.acquire(self.connection, batch=batch, share=share, patience=self.patience))

    def _ready_token(self) -> None:
        if time.monotonic() - self._token_at > TOKEN_SECONDS:
            self._transport.token = tokens.access_token(self.connection)
            self._token_at = time.monotonic()

    def _server_time(self, body: Json) -> datetime:
        return server_time(body.get("time"))


def server_time(text: Any) -> datetime:
    """Intuit's clock from an answer; ours when the answer doesn't say."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(str(text))
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return datetime.now(UTC)


def _select(what: str, entity: str, where: str, order_by: str) -> str:
    """Intuit's query language, not SQL: `where` is written by us, and its values pass `quoted`."""
    clauses = ["SELECT", what, "FROM", entity]
    clauses += ["WHERE", where] if where else []
    clauses += ["ORDERBY", order_by] if order_by else []
    return " ".join(clauses)


def quoted(value: str) -> str:
    """A literal of the query language. Backslash first: python-quickbooks would let it end the literal."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _item(each: Json) -> Json:
    if "Fault" in each or "fault" in each:
        return {"Fault": each.get("Fault") or each["fault"]}
    return next((dict(value) for key, value in each.items() if key != "bId" and isinstance(value, dict)), {})
