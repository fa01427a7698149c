"""One HTTP call to Intuit: with time-outs and a size cap, classified, and kept for the person who asks."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

import requests
from django.conf import settings
from django.db import DatabaseError
from quickbooks.client import QuickBooks
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from bigtime.core.redaction import redact
from integrations.models import Connection, Exchange
from integrations.sync.clock import boot_time
from integrations.sync.crash import point
from integrations.sync.errors import Retryable

from . import addresses, faults, limiter
from .faults import Answer

log = logging.getLogger(__name__)
CONNECT_SECONDS = 5.0
# Intuit cuts a call at 120 s, so an answer that takes longer never comes; as a share of the lease, which tests shorten.
READ_SHARE_OF_LEASE = 130 / 180
# A slot used this much later than it was taken is noted anew.
LATE_SECONDS = 0.01
LARGEST_ANSWER = 20 * 1024 * 1024
KEPT_CHARACTERS = 20_000


class TooLarge(requests.RequestException):
    """The answer is larger than anything Intuit sends."""


class Wire(QuickBooks):
    """python-quickbooks as it is, except that its bytes travel through `transport`."""

    transport: Transport

    def process_request(
        self, request_type: str, url: str, headers: Any = "", params: Any = "", data: Any = ""
    ) -> requests.Response:
        return self.transport.send(request_type, url, dict(headers or {}), dict(params or {}), str(data or ""))


class Transport:
    """The calls of one connection from one thread. `last` is the newest answer; `calls` counts them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.session = _session(addresses.api_base(connection.environment))
        self.token = ""
        self.is_write = False
        self.send_by = float("inf")
        self.slot, self.slot_taken = limiter.Slot(0.0), 0.0
        self.calls = 0
        self.last: Answer | None = None

    def send(
        self, method: str, url: str, headers: dict[str, str], params: dict[str, Any], data: str
    ) -> requests.Response:
        """The answer, HTTP 200. Raises the errors of `sync.errors`."""
        began = time.monotonic()
        self.calls += 1
        self.last = None
        headers["Authorization"] = f"Bearer {self.token}"
        body = data.encode()
        if self.is_write:
            point("before_send")
        if time.monotonic() - self.slot_taken > LATE_SECONDS:
            # A batch is claimed and written down after its slot was taken; and the machine may be busy.
            self._stamp()
        if self.is_write:
            self._refuse_late()  # last, as the statement above may have waited
        try:
            response = self._exchange(method, url, headers, params, body)
        except requests.RequestException as error:
            self._keep((method, url, params, data), began, error=type(error).__name__)
            limiter.failed(self.connection)
            raise faults.of_exception(error, write=self.is_write) from None
        if self.is_write:
            point("after_send")
        if self.calls == 1:
            # A new connection is made first, and that takes longer than the margin.
            self._stamp()
        self._keep((method, url, params, data), began)
        self._judge(response)
        return response

    def _refuse_late(self) -> None:
        """Whoever slept past its time must not send: others may have concluded by now that nothing was sent."""
        if boot_time() > self.send_by:
            raise Retryable("This took too long to prepare and starts over.", code="late")

    def take_slot(self, slot: limiter.Slot) -> None:
        self.slot, self.slot_taken = slot, time.monotonic()

    def _stamp(self) -> None:
        try:
            limiter.stamp(self.connection, self.slot)
        except DatabaseError:
            log.warning("a call's time could not be recorded")

    def _exchange(
        self, method: str, url: str, headers: dict[str, str], params: dict[str, Any], body: bytes
    ) -> requests.Response:
        read = settings.LEASE_SECONDS * READ_SHARE_OF_LEASE
        until = time.monotonic() + read
        with self.session.request(
            method, url, headers=headers, params=params, data=body or None, stream=True,
            timeout=(min(CONNECT_SECONDS, read), read), allow_redirects=False,
        ) as response:  # fmt: skip
            # The library reads `text`; without a charset requests would guess one from the whole body.
            response._content = _body(response, until)
        response.encoding = "utf-8"
        self.last = Answer(response.status_code, response.text, _header(response, "intuit_tid"), _retry_after(response))
        return response

    def _judge(self, response: requests.Response) -> None:
        """Keeps the budget informed, and raises for what isn't HTTP 200."""
        assert self.last is not None  # noqa: S101 - set by _exchange
        if response.status_code == 200:
            if self.slot.failures:
                limiter.worked(self.connection)
            return
        error = faults.of_answer(self.last, fault_of(self.last.text), write=self.is_write)
        if self.last.status == 429 or error.code in {"429", "3001"}:
            limiter.throttled(self.connection)
        elif self.last.status >= 500:
            limiter.failed(self.connection)
        raise error

    def _keep(self, request: tuple[str, str, dict[str, Any], str], began: float, error: str = "") -> None:
        method, url, params, data = request
        path = url.split("/v3/", 1)[-1]
        query = "&".join(f"{key}={value}" for key, value in params.items())
        row = Exchange(
            connection=self.connection,
            method=method,
            path=f"{path}?{query}"[:1000],
            status=self.last.status if self.last else None,
            milliseconds=int((time.monotonic() - began) * 1000),
            tid=self.last.tid[:100] if self.last else "",
            request=_kept(data),
            answer=_kept(self.last.text if self.last else ""),
            error=error,
        )
        try:
            row.save(force_insert=True)
        except DatabaseError:
            # The answer is worth more than its record; without the database it is looked up again anyway.
            log.warning("an exchange with Intuit could not be recorded")

    def close(self) -> None:
        self.session.close()


def _session(address: str) -> requests.Session:
    """For calls to one address. The environment's proxies and certificates are read once, not at each call."""
    session = requests.Session()
    session.mount("https://", HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0))
    session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0))
    around = session.merge_environment_settings(address, {}, None, None, None)
    session.proxies, session.verify, session.trust_env = around["proxies"], around["verify"], False
    return session


def _body(response: requests.Response, until: float) -> bytes:
    """As it comes, so that a server that sends a byte now and then doesn't hold us for ever."""
    received = bytearray()
    try:
        while chunk := response.raw.read1(65536, decode_content=True):
            received += chunk
            if len(received) > LARGEST_ANSWER:
                raise TooLarge(f"more than {LARGEST_ANSWER} bytes")
            if time.monotonic() > until:
                raise requests.ReadTimeout("no end of the answer in the time that Intuit takes at most")
    except HTTPError as error:
        raise requests.ConnectionError(f"the answer broke off: {type(error).__name__}") from error
    return bytes(received)


def fault_of(text: str) -> dict[str, Any] | None:
    """The Fault document in an answer's body, in either spelling; None when there is none."""
    try:
        body = json.loads(text)
    except ValueError:
        return None
    fault = (body.get("Fault") or body.get("fault")) if isinstance(body, dict) else None
    return fault if isinstance(fault, dict) else None


def _kept(text: str) -> str:
    cut = text[:KEPT_CHARACTERS].replace("\x00", "")
    note = f"\n… {len(text)} characters in all" if len(text) > KEPT_CHARACTERS else ""
    return redact(cut) + note


def _header(response: requests.Response, name: str) -> str:
    return str(response.headers.get(name, ""))


def _retry_after(response: requests.Response) -> float | None:
    value = _header(response, "Retry-After")
    return float(value) if value.isdigit() else None
