"""PostgreSQL for the demo and the tests: a server of our own in one folder, and questions to a given server."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, List
from urllib.parse import quote

from .children import Children, wait_until
from .postgres_programs import NOBODY, account, find_binaries, within_reach
from .refusal import Refusal, free_port, need_space, need_writable


class Postgres:
    """A server of our own in one folder: scram password in a file of mode 0600, a free port of 127.0.0.1.

    `fsync` is off: the demo and the tests survive the death of any process, and nobody's books are in them.
    """

    def __init__(self, folder: Path, choice: str = "") -> None:
        self.account = account(root=os.geteuid() == 0)
        self.binaries = find_binaries(choice)
        self.programs = within_reach(self.binaries) if self.account.foreign else self.binaries.folder
        self.folder = self._place(folder)
        self.data = self.folder / "data"
        self.password_file = self.folder / "password"
        self.port = 0

    def _place(self, wanted: Path) -> Path:
        if not self.account.foreign:
            wanted.mkdir(parents=True, exist_ok=True)
            return wanted
        # User 65534 can't reach a folder below a private one, so the data lie beside, found again by a note.
        note = wanted.with_suffix(".place")
        if note.exists() and Path(note.read_text()).is_dir():
            return Path(note.read_text())
        place = Path(tempfile.mkdtemp(prefix="bigtime-pg-", dir="/var/tmp"))
        os.chown(place, NOBODY, NOBODY)
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(str(place))
        return place

    def start(self, children: Children) -> str:
        """Start the server and return its address (a DATABASE_URL, database `bigtime`). Raises Refusal."""
        need_writable(self.folder)
        if children.temporary and self.account.foreign:
            children.delete_at_end(self.folder)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._need_same_version()
        self.port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "max_connections": 200,
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "logging_collector": "off",
        }  # fmt: skip
        command = [*self.account.prefix, str(self.programs / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        # SIGINT is PostgreSQL's fast stop: it doesn't wait for its clients.
        children.start(
            "postgres", command, env=self._environment(), stop_signal=signal.SIGINT, cwd="/", **self.account.options
        )
        wait_until(self.answers, children=children, seconds=60, what="PostgreSQL")
        ensure_database(self.address("postgres"), "bigtime")
        return self.address("bigtime")

    def address(self, database: str) -> str:
        return f"postgres://bigtime:{quote(self.password_file.read_text())}@127.0.0.1:{self.port}/{database}"

    def answers(self) -> bool:
        return can_connect(self.address("postgres"))

    def _create(self) -> None:
        need_space(self.folder, 200)
        if not self.password_file.exists():
            self.password_file.touch(mode=0o600)
            self.password_file.write_text(secrets.token_urlsafe(24))
        if self.account.foreign:
            os.chown(self.password_file, NOBODY, NOBODY)
        shutil.rmtree(self.data, ignore_errors=True)
        command = [
            *self.account.prefix, str(self.programs / "initdb"), "-D", str(self.data), "-U", "bigtime", "-E", "UTF8",
            "-A", "scram-sha-256", f"--pwfile={self.password_file}", "--no-sync", *self._locale(),
        ]  # fmt: skip
        done = subprocess.run(
            command,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **self.account.options,
        )
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise Refusal("\n".join(["PostgreSQL could not make its data folder:", done.stderr.strip()[-800:]]))

    def _locale(self) -> List[str]:
        # From version 17 the server brings its own UTF-8 rules, so no system locale is needed.
        if self.binaries.major >= 17:
            return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return ["--locale=C"] if sys.platform == "darwin" else ["--locale=C.UTF-8"]

    def _environment(self) -> Dict[str, str]:
        return {key: value for key, value in os.environ.items() if not key.startswith("PG")}

    def _need_same_version(self) -> None:
        made_by = int((self.data / "PG_VERSION").read_text())
        if made_by != self.binaries.major:
            raise Refusal(
                f"The data in {self.data} were made by PostgreSQL {made_by} and this is {self.binaries.major}; "
                "start again with --reset."
            )


def can_connect(address: str) -> bool:
    import psycopg

    try:
        psycopg.connect(address, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def ensure_database(address: str, name: str) -> None:
    """Make database `name` on the server at `address` when it is not there."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(address, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def drop_database(address: str, name: str) -> None:
    """Drop database `name`, whoever is still connected to it."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def need_reachable(address: str) -> None:
    """The server named by DATABASE_URL answers; the sentence leaves the password out."""
    if not can_connect(address):
        shown = re.sub(r"//[^@]*@", "//", address)
        raise Refusal(f"The database at {shown} (DATABASE_URL) can't be reached; start it or unset DATABASE_URL.")
