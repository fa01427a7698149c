"""The suffix that inactive objects wear."""

from __future__ import annotations

DELETED_SUFFIX = " (deleted)"


def plain_name(name: str) -> str:
    """The name without `` (deleted)`` and whatever number follows it."""
    position = name.lower().rfind(DELETED_SUFFIX)
    return name[:position] if position > 0 else name
