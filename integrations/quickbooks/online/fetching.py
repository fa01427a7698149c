"""Several reads at Intuit side by side, their answers one by one: threads that fetch, one place that writes.

At most as many pages are held as there are threads, so that memory doesn't grow with the books.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connections

from integrations.models import Connection
from integrations.sync.errors import Retryable

from .client import Client

TRIES = 3
LONGEST_PAUSE = 10.0  # a longer one is the run's to wait, not a thread's


@dataclass(frozen=True, slots=True)
class Ask:
    """One read; `fetch` is called with a client of the thread's own. `about` tells the answers apart."""

    about: Any
    fetch: Callable[[Client], Any]


@dataclass(frozen=True, slots=True)
class Answer:
    about: Any
    value: Any
    calls: int
    error: BaseException | None = None


class Fetchers:
    """Use as a context manager. Threads start with the first question and end, with their connections, at the exit."""

    def __init__(self, connection: Connection, size: int) -> None:
        self.connection = connection
        self.size = size
        self.waiting = 0
        self._questions: queue.Queue[Ask | None] = queue.Queue()
        self._answers: queue.Queue[Answer] = queue.Queue(maxsize=1)
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Fetchers:
        return self

    def ask(self, about: Any, fetch: Callable[[Client], Any]) -> None:
        self.waiting += 1
        self._questions.put(Ask(about, fetch))
        if len(self._threads) < min(self.size, self.waiting):
            thread = threading.Thread(target=self._work, name=f"fetch-{self.connection.pk}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def answer(self) -> Answer:
        """The next answer, in no order. Raises what the fetch raised."""
        answer = self._answers.get()
        self.waiting -= 1
        if answer.error:
            raise answer.error
        return answer

    def __exit__(self, *about: object) -> None:
        self._over.set()
        for _ in self._threads:
            self._questions.put(None)
        while any(thread.is_alive() for thread in self._threads):
            try:
                self._answers.get(timeout=0.02)
            except queue.Empty:
                continue

    def _work(self) -> None:
        client = Client(self.connection, reserve_for_posts=True)
        try:
            while (ask := self._questions.get()) is not None and not self._over.is_set():
                self._answers.put(self._answered(client, ask))
        finally:
            client.close()
            connections.close_all()

    def _answered(self, client: Client, ask: Ask) -> Answer:
        before = client.calls
        try:
            value = patiently(lambda: ask.fetch(client), self._over)
        except BaseException as error:  # noqa: BLE001 -- raised again where the answer is taken
            return Answer(ask.about, None, client.calls - before, error)
        return Answer(ask.about, value, client.calls - before)


def patiently(fetch: Callable[[], Any], over: threading.Event | None = None) -> Any:
    """A read that may be tried again at once: a short trouble isn't the run's concern."""
    for attempt in range(1, TRIES + 1):
        try:
            return fetch()
        except Retryable as error:
            pause = error.after if error.after is not None else 0.3 * 2**attempt
            if attempt == TRIES or pause > LONGEST_PAUSE or (over and over.is_set()):
                raise
            time.sleep(pause)
    raise AssertionError("unreachable")
