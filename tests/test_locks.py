"""The numbers of our advisory locks: two of one number would wait for each other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NUMBER = re.compile(r"^LOCK(?:: int)? = ([0-9_]+)\b", re.MULTILINE)


def test_no_two_locks_have_one_number() -> None:
    found: dict[int, list[str]] = {}
    for package in ("bigtime", "integrations", "posting"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for number in NUMBER.findall(path.read_text(encoding="utf-8")):
                found.setdefault(int(number), []).append(path.relative_to(ROOT).as_posix())
    assert {number: paths for number, paths in found.items() if len(paths) > 1} == {}
    assert found[471_404] == ["integrations/quickbooks/online/alone.py"]
    assert found[471_403] == ["integrations/quickbooks/desktop/tickets.py"]
