"""A screen for the tests of the Sync Agent's windows. Without one they are skipped and say so."""

from __future__ import annotations

import shutil

from .chromium import install_packages


def need_display() -> None:
    if not shutil.which("Xvfb"):
        install_packages("xvfb")
