"""The status words, settled once: what the screen says and in which colour, for linkable records and transactions."""

from __future__ import annotations

from typing import Any

# Colours are the classes of `.tag`: ok, warn, err, info, and none for what needs no attention.
WORDS: dict[str, tuple[str, str]] = {
    # a record that can be linked
    "not_linked": ("warn", "Not linked"),
    "linked": ("ok", "Linked"),
    "decision": ("warn", "Needs a decision"),
    "excluded": ("", "Excluded"),
    "linked_inactive": ("", "Linked but inactive"),
    "linked_but_inactive": ("", "Linked but inactive"),
    "blocked": ("", "Blocked"),
    "level": ("", "Holds jobs"),
    # a transaction here
    "draft": ("", "Draft"),
    "submitted": ("info", "Submitted"),
    "approved": ("ok", "Approved"),
    "rejected": ("err", "Rejected"),
    # a transaction toward QuickBooks
    "not_ready": ("warn", "Not ready"),
    "ready": ("ok", "Ready"),
    "queued": ("info", "Queued"),
    "sending": ("info", "Sending"),
    "posted": ("ok", "Posted"),
    "failed": ("err", "Failed"),
    "unknown_outcome": ("warn", "Unknown outcome"),
    "changed_since_posted": ("info", "Changed since posted"),
    "missing_in_quickbooks": ("err", "Missing in QuickBooks"),
    "skipped": ("", "Skipped"),
    # a connection and its runs
    "connected": ("ok", "Connected"),
    "not_connected": ("", "Not connected"),
    "available": ("", "Available"),
    "paused": ("warn", "Paused"),
    "reconnect": ("err", "Needs reconnecting"),
    "running": ("info", "Running"),
    "pulling": ("info", "Reading"),
    "preview": ("warn", "Ready to import"),
    "applying": ("info", "Importing"),
    "waiting": ("", "Waiting"),
    "done": ("ok", "Done"),
    "cancelled": ("", "Cancelled"),
    # a client, project or person
    "active": ("ok", "Active"),
    "inactive": ("", "Inactive"),
    "archived": ("", "Archived"),
    "planned": ("info", "Planned"),
    "on_hold": ("warn", "On hold"),
    "completed": ("", "Completed"),
    "invited": ("info", "Invited"),
}


def key_of(word: str) -> str:
    """A status word as addresses and code write it: changed_since_posted."""
    return word.lower().replace(" ", "_").replace("-", "_")


def describe(status: Any) -> tuple[str, str]:
    """The colour class and the word for a status, as value, enum member or words; an unknown one is its own word."""
    raw = str(getattr(status, "value", status) or "").strip()
    return WORDS.get(key_of(raw), ("", raw.replace("_", " ").capitalize()))
