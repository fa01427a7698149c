"""Ends what a command has started when that command dies without a word (kill -9, a crash, a closed terminal).

Run as a process of its own. It reads lines from the command through a pipe: `+ GROUP SIGNAL` (a process group was
started and ends politely with that signal), `- GROUP` (it has ended), `folder PATH` (delete that folder at the end).
When the pipe closes, the command is gone: every group still known is told to end, killed after a while, and the
folders are deleted. A closed pipe is noticed on every system, which a parent-death signal is not.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from typing import Dict, List

PATIENCE = 8.0  # seconds between the polite signal and the kill


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def tell(groups: List[int], number: int) -> None:
    for group in groups:
        try:
            os.killpg(group, number)
        except (ProcessLookupError, PermissionError):
            continue


def end(groups: Dict[int, int], patience: float = PATIENCE) -> None:
    """Signal every group, the newest first, and kill whatever is left when patience ends."""
    for group, number in reversed(list(groups.items())):
        tell([group], number)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(map(alive, groups)):
        time.sleep(0.05)
    tell([group for group in groups if alive(group)], signal.SIGKILL)


def main() -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    groups: Dict[int, int] = {}
    folders: List[str] = []
    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "+":
            group, number = rest.split()
            groups[int(group)] = int(number)
        elif word == "-":
            groups.pop(int(rest), None)
        elif word == "folder":
            folders.append(rest)
    end(groups)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
