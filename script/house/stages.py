"""Steps that are run one after the other, each reported in one line with how long it took."""

from __future__ import annotations

import signal
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


def summary(results: List[Result]) -> None:
    width = max((len(each.name) for each in results), default=0)
    print("\nHow long it took")
    for each in results:
        print(f"  {'✓' if each.status == 0 else '✗'} {each.name.ljust(width)}  {each.seconds:6.1f} s")
    print(f"    {'in all'.ljust(width)}  {sum(each.seconds for each in results):6.1f} s", flush=True)
