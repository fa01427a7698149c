"""What both simulators have in common: how their pages look, and how pages and control addresses refuse."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parent / "static"
