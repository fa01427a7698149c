from __future__ import annotations

from decimal import Decimal

from bigtime.core.money import fee, rounded


def test_halves_go_away_from_zero_to_the_currencys_coin() -> None:
    assert rounded(Decimal("2.345"), "USD") == Decimal("2.35")
    assert rounded(Decimal("-2.345"), "USD") == Decimal("-2.35")
    assert rounded(Decimal("119.5"), "JPY") == Decimal(120)
    assert rounded(Decimal("1.0005"), "KWD") == Decimal("1.001")


def test_a_fee_is_rounded_once_at_the_end() -> None:
    assert fee(20, Decimal("145.50"), "USD") == Decimal("48.50")
    assert fee(7, Decimal(100), "USD") == Decimal("11.67")
    assert fee(90, None, "USD") is None
