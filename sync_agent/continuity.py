"""What shows BigTime that a session follows on from the last one, and from no copy of it on another computer.

Where the same computer asks again, BigTime needn't wait for what that computer may still have in hand. So the ticket of
the last session is kept, as a hash, with the place it is true for, and named with the next session from there only: not
from a copy of this folder or of the whole disk, not even one made in the middle of a session, and not after the
computer was started anew. Nor as long as a killed agent's child may be at it. Where nothing is named BigTime waits;
nothing else is lost.
"""

from __future__ import annotations

import hashlib
import json
import logging
import socket
import time
import uuid
from pathlib import Path

from sync_agent.com_host import LOCK
from sync_agent.instance import held
from sync_agent.places import home, write_privately

log = logging.getLogger("sync_agent.continuity")
# Two clocks give the moment the computer was started; one of them may be corrected meanwhile.
SAME_START_SECONDS = 10.0


def boot_time() -> float:
    """Seconds of a clock that nobody sets and that goes on while the computer is asleep."""
    # On Windows the monotonic clock counts sleep as well, and the other one doesn't exist.
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def last() -> str:
    """The hash of the last session's ticket; empty when there is none, or when it was held elsewhere."""
    try:
        session, place, started = json.loads(_path().read_text(encoding="utf-8"))
        is_here = place == _place() and abs(started - _started()) < SAME_START_SECONDS
        with held(LOCK) as is_free:
            return str(session) if is_here and is_free else ""
    except (OSError, ValueError, TypeError):
        return ""


def began(ticket: str) -> None:
    """To be called before anything is asked for with the ticket: a session that was used is never missing here."""
    session = hashlib.sha256(ticket.encode()).hexdigest()
    try:
        write_privately(_path(), json.dumps([session, _place(), _started()]))
    except OSError as error:
        log.warning("The session can't be remembered: %s", error)
        forget()


def forget() -> None:
    _path().unlink(missing_ok=True)


def _path() -> Path:
    return home() / "last-session.json"


def _place() -> list[str | int]:
    """Of this computer and this very folder: the number that the file system knows it by is no copy's."""
    return [socket.gethostname(), uuid.getnode(), home().stat().st_ino]


def _started() -> float:
    return time.time() - boot_time()
