"""The Sync Agent's files that this installation offers, with their checksums."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

LABELS = {".exe": "Installer for Windows", ".pyz": "For any system with Python 3.11"}


@dataclass(frozen=True, slots=True)
class Offered:
    path: Path
    label: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        return self.path.name


def offered() -> list[Offered]:
    """What lies in the folder of downloads; installers first. None: an empty list."""
    folder = Path(settings.SYNC_AGENT_DIR)
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [path for path in found if path.suffix in LABELS and path.is_file()]
    return [_offered(path) for path in sorted(files, key=lambda path: list(LABELS).index(path.suffix))]


def _offered(path: Path) -> Offered:
    facts = path.stat()
    return Offered(path, LABELS[path.suffix], facts.st_size, _checksum(path, facts.st_mtime_ns))


@lru_cache(maxsize=8)
def _checksum(path: Path, changed: int) -> str:
    """`changed` makes a new file another question."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
