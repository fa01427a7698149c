"""Money is a Decimal and an ISO 4217 code; rounding is always said, and always half up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

# Currencies whose minor unit isn't a hundredth (ISO 4217, column "minor unit").
EXPONENTS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def exponent(currency: str) -> int:
    """Decimal places of the currency's smallest coin."""
    return EXPONENTS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` to the currency's smallest coin, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), ROUND_HALF_UP)


def fee(minutes: int, rate: Decimal | None, currency: str) -> Decimal | None:
    """What `minutes` cost at a rate per hour, rounded once, at the end; None without a rate."""
    return None if rate is None else rounded(Decimal(minutes) * rate / 60, currency)
