"""A screen that nobody sees, and a person's hands at the Sync Agent that runs on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simulators.remote import ROOT

PROGRAM = Path(__file__).with_name("at_the_screen.py")


@contextmanager
def hidden_screen() -> Iterator[str]:
    """The display's name, for the length of the block."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1000x760x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as said:
        number = said.readline().strip()
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


class Person:
    """Presses and types at one running agent, and waits for what the window then says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def _ask(self, **wish: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def sees(self) -> list[str]:
        found: list[str] = self._ask(do="texts")
        return found

    def press(self, label: str, *, seconds: float = 20) -> None:
        """A button that can be pressed by now, or soon."""
        end = time.monotonic() + seconds
        while not self._ask(do="press", label=label):
            assert time.monotonic() < end, f"no button {label} among {self.sees()}"
            time.sleep(0.1)

    def type(self, label: str, text: str, *, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not self._ask(do="type", label=label, text=text):
            assert time.monotonic() < end, f"no field {label} among {self.sees()}"
            time.sleep(0.1)

    def reads(self, words: str, *, seconds: float = 60) -> str:
        """The text with these words, once it is there."""
        end = time.monotonic() + seconds
        while True:
            seen = self.sees()
            found = next((each for each in seen if words in each), None)
            if found is not None:
                return found
            assert time.monotonic() < end, f"{words} isn't among {seen}"
            time.sleep(0.1)


@contextmanager
def running_agent(
    program: Path, display: str, log: Path, environment: Mapping[str, str]
) -> Iterator[tuple[Person, subprocess.Popen[str]]]:
    """The agent's window program from a .pyz file, in a process of its own; killed at the end of the block."""
    env = {**os.environ, "DISPLAY": display, "PYTHONPATH": str(ROOT), **environment}
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(program)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=written, text=True,
        )  # fmt: skip
    try:
        yield Person(process), process
    finally:
        process.kill()
        process.wait()
