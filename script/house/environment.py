"""The Python environment in `.venv`: made when missing, installed from a hash-locked file when that has changed."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, List

from .refusal import ROOT, Refusal, need_space, need_writable

# Measured: the demo's packages take 290 MB, the developers' 600 MB; twice that while they are unpacked.
MEGABYTES = {"base": 500, "demo": 600, "dev": 1200}
# What holds more also serves who asks for less.
INCLUDES = {"base": ("base", "demo", "dev"), "demo": ("demo", "dev"), "dev": ("dev",)}

NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|Network is unreachable"
    r"|ConnectTimeout|ReadTimeoutError|dns error|error sending request|Failed to fetch|Connection refused"
)


class Environment:
    """One virtual environment and the lock files it is installed from.

    A marker file inside the environment remembers the hash of each lock file that was installed from, so the
    environment is touched only when a lock file has changed.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.marker = self.folder / ".installed.json"
        self.python = self.folder / "bin" / "python"

    def lock_file(self, name: str) -> Path:
        return self.root / "requirements" / f"{name}.txt"

    def fingerprint(self, name: str) -> str:
        return hashlib.sha256(self.lock_file(name).read_bytes()).hexdigest()

    def installed(self) -> Dict[str, str]:
        """Lock file name → hash it had when it was installed; empty when nothing is known."""
        try:
            known = json.loads(self.marker.read_text())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def holds(self, name: str) -> bool:
        known = self.installed()
        return any(known.get(each) == self.fingerprint(each) for each in INCLUDES[name])

    def works(self) -> bool:
        """The environment's Python starts, is new enough and is not one that has been moved or removed."""
        question = [str(self.python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            return subprocess.run(question, capture_output=True, check=False).returncode == 0
        except OSError:
            return False

    def ready(self, name: str) -> None:
        """Make and install what is missing. Raises Refusal; an interrupted installation is begun again next time."""
        with self._alone():
            if not self.works():
                self._make(name)
            if not self.holds(name):
                self._install(name)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # The folder itself is locked, so two commands started at once install one after the other.
        handle = os.open(str(self.root), os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _make(self, name: str) -> None:
        need_writable(self.root)
        need_space(self.root, MEGABYTES[name])
        need_venv_module()
        print("Making the Python environment in .venv", flush=True)
        if self.folder.exists():
            shutil.rmtree(self.folder)
        made = subprocess.run(
            [sys.executable, "-m", "venv", str(self.folder)], capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise Refusal(_why(made.stdout + made.stderr, f"{self.folder} could not be made"))

    def _install(self, name: str) -> None:
        need_writable(self.folder)
        need_space(self.folder, MEGABYTES[name])
        self.marker.unlink(missing_ok=True)
        print(f"Installing packages from requirements/{name}.txt", flush=True)
        done = subprocess.run(self.installer(name), capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refusal(_why(done.stdout + done.stderr, "The packages could not be installed"))
        self.marker.write_text(json.dumps({name: self.fingerprint(name)}))

    def installer(self, name: str) -> List[str]:
        """The command that installs a lock file, every package checked against its hash; uv where there is one."""
        rest = ["--require-hashes", "-r", str(self.lock_file(name))]
        uv = shutil.which("uv")
        if uv:
            return [uv, "pip", "install", "--quiet", "--python", str(self.python), *rest]
        return [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *rest]


def need_venv_module() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Refusal(
            "Python's venv module is missing; on Debian and Ubuntu install it with: apt-get install python3-venv"
        ) from None


def _why(output: str, what: str) -> str:
    """One sentence for an installer's complaint; its last lines when the cause is not a usual one."""
    if NO_NETWORK.search(output):
        return f"{what}: the package index can't be reached. Connect to the network and run this again."
    if "No space left on device" in output:
        return f"{what}: the disk is full. Make room and run this again."
    if "Permission denied" in output:
        return f"{what}: the folder is not writable. Run this as the user who owns it."
    return "\n".join([f"{what}. The installer's last words:", *output.strip().splitlines()[-12:]])


def enter(name: str, environment: Environment | None = None) -> None:
    """Continue in the environment's Python with everything in `requirements/NAME.txt` installed."""
    environment = environment or Environment()
    environment.ready(name)
    if Path(sys.prefix).resolve() != environment.folder.resolve():
        os.execv(str(environment.python), [str(environment.python), *sys.argv])  # noqa: S606
