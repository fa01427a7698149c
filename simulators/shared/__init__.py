"""What both simulators have in common: how their pages look."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parent / "static"
