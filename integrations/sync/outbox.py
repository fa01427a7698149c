"""The outbox: push → claim → settle or release. Everything that is to go into the books passes through here.

An operation is one intent and is committed before anything happens; a carrier is one network message and is committed
before any byte leaves; an unknown outcome is a state that is looked up, never guessed. See `docs/architecture.md`.
"""

from __future__ import annotations

from .attaching import attach_checked
from .claims import Claimed, claim, expire, release, settle
from .decisions import attach, lift, retry, skip, withdraw
from .intents import Record, due, has_ready, push
from .outcomes import Done

__all__ = [
    "Claimed",
    "Done",
    "Record",
    "attach",
    "attach_checked",
    "claim",
    "due",
    "expire",
    "has_ready",
    "lift",
    "push",
    "release",
    "retry",
    "settle",
    "skip",
    "withdraw",
]
