"""What small forms send is read alike everywhere, and what isn't a number never reaches the database."""

from __future__ import annotations

import pytest

from bigtime.core.actions import number


@pytest.mark.parametrize(("text", "found"), [("0", 0), ("12", 12), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_numbers(text: str, found: int) -> None:
    assert number(text) == found


@pytest.mark.parametrize("text", [None, "", " 1", "-1", "+1", "1.0", "1e3", "²", "٣", "x", "9" * 19])
def test_what_is_no_number(text: str | None) -> None:
    assert number(text) is None
