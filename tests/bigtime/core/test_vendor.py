"""Files made by others are the ones the manifest names, unchanged, each with its licence."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
FILES: list[dict[str, Any]] = tomllib.loads((STATIC / "vendor" / "MANIFEST.toml").read_text())["file"]


@pytest.mark.parametrize("entry", FILES, ids=lambda e: e["path"])
def test_file_is_as_the_manifest_says(entry: dict[str, Any]) -> None:
    assert hashlib.sha256((STATIC / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    assert (STATIC / entry["licence_file"]).read_text().strip()
    assert entry["version"]
    assert entry["licence"] in {"OFL-1.1", "ISC"}


def test_every_font_and_the_sprite_are_in_the_manifest() -> None:
    found = {str(p.relative_to(STATIC)) for p in STATIC.glob("fonts/*")} | {"icons/sprite.svg"}
    assert {entry["path"] for entry in FILES} == found


def test_every_icon_that_templates_name_is_in_the_sprite() -> None:
    sprite = (STATIC / "icons" / "sprite.svg").read_text()
    templates = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    named = {name for page in templates for name in re.findall(r'\{% icon "([^"]+)"', page.read_text())} - {"name"}
    assert {name for name in named if f'<symbol id="{name}"' not in sprite} == set()
