"""One agent per user: the running one holds a lock on a file, which the system frees however the program ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import IO

from sync_agent.places import home
from sync_agent.problems import Trouble


class OnlyOne:
    """`with OnlyOne():` raises Trouble when another agent of this user runs already."""

    def __init__(self) -> None:
        self._file: IO[str] | None = None

    def __enter__(self) -> OnlyOne:
        file = (home() / "running").open("a+", encoding="utf-8")
        if not _lock(file):
            file.close()
            raise Trouble(
                "The Sync Agent is running already on this computer.",
                "Use its icon, or run sync_agent status.",
                code="running",
            )
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Tells whether that lock was free, and holds it then."""
    with (home() / name).open("a+", encoding="utf-8") as file:
        yield _lock(file)


def is_running() -> bool:
    """Whether an agent of this user holds the lock now."""
    try:
        with OnlyOne():
            return False
    except Trouble:
        return True


def _lock(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists on Windows only

            # Far behind the text, because Windows would not let anybody read what is locked.
            file.seek(4096)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - does not exist on Windows

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
