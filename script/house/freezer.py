"""What PyInstaller needs of the system to freeze the Sync Agent: a reader of object files, and Python as a library."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path
from typing import List

from .chromium import install_packages


def need_freezer() -> None:
    """Install what is missing, where that can be done; without it the test that freezes is skipped and says so."""
    wanted = missing()
    if wanted:
        install_packages(*wanted)


def missing() -> List[str]:
    """Packages of Debian and Ubuntu, by name."""
    found = [] if shutil.which("objdump") else ["binutils"]
    if not _has_library():
        found.append(f"libpython{sys.version_info[0]}.{sys.version_info[1]}")
    return found


def _has_library() -> bool:
    name, folder = sysconfig.get_config_var("INSTSONAME"), sysconfig.get_config_var("LIBDIR")
    if sys.platform != "linux" or not name or not folder:
        return sys.platform != "linux"
    return any((place / str(name)).exists() for place in (Path(str(folder)), Path(sys.base_prefix) / "lib"))
