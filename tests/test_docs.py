"""What the documentation names exists, and what it should name is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "simulators" / "README.md"])
SETTING = re.compile(r"\b(?:(?:BIGTIME|INTUIT)_[A-Z_]*[A-Z]|DATABASE_URL|REDIS_URL)\b")
FOLDERS = "bigtime|docs|integrations|posting|script|simulators|static|sync_agent|templates|tests"
PLACE = re.compile(rf"`((?:{FOLDERS})/[\w./-]+)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def test_operations_names_the_settings_that_are_read_and_no_others() -> None:
    read = set(SETTING.findall((ROOT / "bigtime" / "settings.py").read_text(encoding="utf-8")))
    assert "DATABASE_URL" in read
    assert set(SETTING.findall((ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))) == read


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@every_page
def test_the_places_it_names_are_there(page: Path) -> None:
    places = PLACE.findall(page.read_text(encoding="utf-8"))
    assert [place for place in places if not (ROOT / place).exists()] == []
