"""HTTP to one installation over a connection that is kept open, with time-outs on everything."""

from __future__ import annotations

import http.client
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sync_agent import VERSION
from sync_agent.problems import Unreachable

log = logging.getLogger("sync_agent.transport")
# A server closes idle connections after a few seconds; using one that is about to be closed looks like a lost answer.
IDLE_SECONDS = 1.0
LARGEST_ANSWER = 64 * 1024 * 1024
AWAY = (502, 503, 504)


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes


class Transport:
    """POST to addresses of one host. Not for several threads at once; each takes its own."""

    def __init__(
        self, *, seconds: float = 90.0, pause: float = 2.0, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._seconds, self._pause, self._sleep = seconds, pause, sleep
        self._connection: http.client.HTTPConnection | None = None
        self._place = ("", "")
        self._used = 0.0

    def post(self, address: str, body: bytes, headers: Mapping[str, str], *, tries: int = 1) -> Reply:
        """The reply, whatever its status but 502, 503 and 504. Sends the same bytes at most `tries` times.

        Raises Unreachable when no answer came; then nothing is known of whether the question arrived.
        """
        for left in range(tries - 1, -1, -1):
            try:
                return self._once(address, body, headers)
            except Unreachable as trouble:
                if not left:
                    raise
                log.warning("%s Asking once more.", trouble.words)
                self._sleep(self._pause)
        raise AssertionError("tries is at least one")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(self, address: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        parts = urlsplit(address)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        try:
            connection = self._connected(parts.scheme, parts.netloc)
            connection.request("POST", path, body, {"User-Agent": f"BigTime-Sync-Agent/{VERSION}", **headers})
            response = connection.getresponse()
            reply = Reply(response.status, response.read(LARGEST_ANSWER + 1))
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(f"BigTime doesn't answer at {parts.netloc} ({_words(error)}).", _mend(error)) from error
        self._used = time.monotonic()
        if response.will_close or len(reply.body) > LARGEST_ANSWER:
            self.close()
        if reply.status in AWAY:
            raise Unreachable(
                f"BigTime at {parts.netloc} is not ready (HTTP {reply.status}).", "Try again in a minute."
            )
        return reply

    def _connected(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        if (scheme, netloc) != self._place or time.monotonic() - self._used > IDLE_SECONDS:
            self.close()
        if self._connection is None:
            if scheme == "https":
                self._connection = http.client.HTTPSConnection(netloc, timeout=self._seconds)
            else:
                self._connection = http.client.HTTPConnection(netloc, timeout=self._seconds)
            self._place = (scheme, netloc)
        return self._connection


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "time-out"
    if isinstance(error, ssl.SSLError):
        return f"encryption: {error.reason or error}"
    return str(error) or type(error).__name__


def _mend(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "Its certificate isn't one that this computer trusts; ask whoever runs your BigTime."
    return "Check the internet connection, and that the address opens in a browser."
