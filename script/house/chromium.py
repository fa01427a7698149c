"""The browser for the browser tests: an installed Chromium, else one from the system's packages or from Playwright."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List, Optional

from .refusal import Refusal

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
)


def installed() -> Optional[str]:
    """Path of a Chromium or Chrome, BIGTIME_CHROMIUM first; None when there is none."""
    named = os.environ.get("BIGTIME_CHROMIUM", "")
    if named:
        return named
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(ON_A_MAC) if ON_A_MAC.exists() else None)


def need_driver() -> None:
    """Playwright's driver starts; the one library a bare system may lack is installed. Raises Refusal."""
    if _driver_trouble():
        install_packages("libatomic1")
        trouble = _driver_trouble()
        if trouble:
            raise Refusal(
                f"The browser tests' driver can't start ({trouble}); install what it lacks (on Debian and Ubuntu: "
                "apt-get install libatomic1) or run with --fast to leave these tests out."
            )


def _driver_trouble() -> str:
    asked = subprocess.run(
        [sys.executable, "-m", "playwright", "--version"], capture_output=True, text=True, check=False
    )
    return "" if asked.returncode == 0 else (asked.stderr.strip() or "no reason given").splitlines()[-1]


def find_or_install() -> str:
    """Path of a Chromium that can be started. Raises Refusal when none is there and none can be had."""
    found = installed() or _from_system_packages() or _from_playwright()
    if not found:
        raise Refusal(
            "The browser tests need Chromium and it could not be installed; install it, name it in BIGTIME_CHROMIUM, "
            "or run with --fast to leave these tests out."
        )
    return found


def _from_system_packages() -> Optional[str]:
    install_packages("chromium")
    return installed()


def install_packages(*names: str) -> None:
    """Install packages of Debian or Ubuntu, where that can be done without asking for a password."""
    prefix = _as_root()
    if prefix is None or not shutil.which("apt-get"):
        return
    print(f"Installing {' '.join(names)} from the system's packages", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *names]):
        subprocess.run([*prefix, "apt-get", *step], env=env, capture_output=True, check=False)


def _as_root() -> Optional[List[str]]:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def _from_playwright() -> Optional[str]:
    print("Asking Playwright for its Chromium", flush=True)
    got = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, check=False)
    if got.returncode:
        return None
    asked = subprocess.run([sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False)
    path = asked.stdout.strip()
    return path if path and Path(path).exists() else None
