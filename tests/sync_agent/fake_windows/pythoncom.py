"""Stands where pywin32's module is on Windows. What it is asked for is written down."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

_owner: list[int] = []


def note(*call: object) -> None:
    with Path(os.environ["FAKE_COM_JOURNAL"]).open("a", encoding="utf-8") as journal:
        journal.write(json.dumps(call) + "\n")


def CoInitialize() -> None:
    _owner.append(threading.get_ident())
    note("CoInitialize")


def CoUninitialize() -> None:
    note("CoUninitialize")


def in_the_right_thread() -> bool:
    """A COM object may be used only by the thread that called CoInitialize."""
    return bool(_owner) and threading.get_ident() == _owner[-1]
