"""Steps that are run one after the other, each reported in one line with how long it took."""

from __future__ import annotations

import signal
import threading
import time
from typing import List, Mapping, NamedTuple, Sequence

from .children import Children
from .refusal import ROOT


class Result(NamedTuple):
    """How one stage ended: `status` is the program's own, `seconds` how long it took, `output` what it printed."""

    name: str
    status: int
    seconds: float
    output: str = ""


def report(result: Result) -> None:
    mark = "✓" if result.status == 0 else "✗"
    print(f"{mark} {result.name}  {result.seconds:.1f} s", flush=True)
    if result.status and result.output:
        print("\n".join(f"    {line}" for line in result.output.strip().splitlines()), flush=True)


def run_quietly(children: Children, name: str, command: Sequence[str], env: Mapping[str, str]) -> Result:
    """Run one program to its end and report it; what it printed is shown only when it failed."""
    began = time.monotonic()
    child = children.start(
        "stage-" + "".join(letter if letter.isalnum() else "-" for letter in name), command, env=env, cwd=ROOT
    )
    status = child.process.wait()
    children.stop(child)
    result = Result(name, status, time.monotonic() - began, child.log.read_text(errors="replace"))
    report(result)
    child.log.unlink()
    return result


def run_openly(children: Children, name: str, command: Sequence[str], env: Mapping[str, str]) -> Result:
    """Run one program to its end with its output on this terminal; it ends with us, however we end."""
    began = time.monotonic()
    print(f"\n{name}", flush=True)
    child = children.start(name, command, env=env, cwd=ROOT, stop_signal=signal.SIGINT, openly=True)
    status = child.process.wait()
    children.stop(child)
    return Result(name, status, time.monotonic() - began)


class Beside:
    """A program that runs beside the stages that follow; what it prints is held back until it is waited for."""

    def __init__(self, children: Children, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._children, self._name = children, name
        self._began = self._ended = time.monotonic()
        self._child = children.start(name, command, env=env, cwd=ROOT, stop_signal=signal.SIGINT)
        self._watch = threading.Thread(target=self._note_its_end, daemon=True)
        self._watch.start()

    def _note_its_end(self) -> None:
        self._child.process.wait()
        self._ended = time.monotonic()

    def result(self) -> Result:
        """How it ended, when it has."""
        self._watch.join()
        self._children.stop(self._child)
        print(f"\n{self._name}\n{self._child.log.read_text(errors='replace')}", end="", flush=True)
        self._child.log.unlink()
        return Result(self._name, self._child.process.returncode, self._ended - self._began)


def summary(results: List[Result], seconds: float) -> None:
    """How long each took, and all of them together: `seconds`, as some run beside others."""
    width = max((len(each.name) for each in results), default=0)
    print("\nHow long it took")
    for each in results:
        print(f"  {'✓' if each.status == 0 else '✗'} {each.name.ljust(width)}  {each.seconds:6.1f} s")
    print(f"    {'in all'.ljust(width)}  {seconds:6.1f} s", flush=True)
