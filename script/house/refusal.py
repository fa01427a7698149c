"""A refusal: the one sentence that a command ends with when it can't go on."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path
from typing import Callable, Tuple

ROOT = Path(__file__).resolve().parents[2]
OLDEST_PYTHON = (3, 11)


class Refusal(Exception):
    """Says in one sentence what is wrong and what to do; the command prints it and ends with status 2."""


def ended_by_refusal(main: Callable[[], int]) -> int:
    """Run a command: a refusal becomes its sentence and 2, an interruption 130, everything else is main's own."""
    try:
        return main()
    except Refusal as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def need_python(version: Tuple[int, ...] = tuple(sys.version_info[:3])) -> None:
    if version[:2] < OLDEST_PYTHON:
        needed, found = (".".join(map(str, parts[:2])) for parts in (OLDEST_PYTHON, version))
        raise Refusal(f"BigTime needs Python {needed} or newer; this is {found}.")
    if sys.platform == "win32":
        raise Refusal("BigTime's server runs on Linux and macOS; on Windows run this command inside WSL 2.")


def need_writable(folder: Path) -> None:
    """`folder`, or the nearest one above it that exists, can be written to."""
    while not folder.exists():
        folder = folder.parent
    if not os.access(str(folder), os.W_OK | os.X_OK):
        raise Refusal(f"{folder} can't be written to; make it yours or run this as the user who owns it.")


def need_space(folder: Path, megabytes: int) -> None:
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(str(folder)).free // 1_000_000
    if free < megabytes:
        raise Refusal(f"There is not enough disk space: {megabytes} MB are needed under {folder}, {free} MB are free.")


def need_port(port: int, *, option: str) -> None:
    """`port` of 127.0.0.1 is free; otherwise the sentence names the option that chooses another."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Refusal(
                f"Port {port} needs more rights than you have; choose one above 1023 with {option}."
            ) from None
        except OSError:
            raise Refusal(
                f"Port {port} is taken by another program; end that program or choose another port with {option}."
            ) from None


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
