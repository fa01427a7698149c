"""Connections to books, the mirror of what they hold, and every piece of work going out to them."""

from __future__ import annotations

from .connection import Connection
from .exchanges import Exchange
from .mirror import Link, Proposal, RemoteRecord, Watermark
from .outbox import Carrier, Operation, OperationEvent
from .runs import SyncChange, SyncIssue, SyncRun, SyncStep

__all__ = [
    "Carrier",
    "Connection",
    "Exchange",
    "Link",
    "Operation",
    "OperationEvent",
    "Proposal",
    "RemoteRecord",
    "SyncChange",
    "SyncIssue",
    "SyncRun",
    "SyncStep",
    "Watermark",
]
