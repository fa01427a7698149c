"""Pages from this simulator's templates."""

from __future__ import annotations

from pathlib import Path

from simulators.shared.rendering import Pages

PAGES = Pages(Path(__file__).parent / "templates")
page = PAGES.show
