"""PaymentMethod."""

from __future__ import annotations

from simulators.online.entity import Entity
from simulators.online.fields import choice, flag, text

PAYMENT_METHOD = Entity(
    "PaymentMethod",
    (
        text("Name", 31, filterable=True),
        choice("Type", "CREDIT_CARD", "NON_CREDIT_CARD", default="NON_CREDIT_CARD", filterable=True),
        flag("Active", default=True, filterable=True),
    ),
    name_field="Name",
    suffix_fields=("Name",),
    reference_word="PaymentMethods",
)
