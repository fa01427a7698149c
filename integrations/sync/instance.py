"""This installation's identity, in a file outside the database: a copy of the database elsewhere isn't it."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from django.conf import settings


def current() -> str:
    """The identity; made at the first call. The same for every process that shares the file. Raises OSError."""
    path = Path(settings.INSTANCE_FILE)
    known = _read(path)
    if known:
        return known
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked into place: two processes at once agree on one, and nobody reads half a file.
    own = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    own.write_text(uuid.uuid4().hex + "\n")
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
    return _read(path)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()[:40]
    except FileNotFoundError:
        return ""
