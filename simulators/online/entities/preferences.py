"""Preferences: the company's switches. Through the API little of it can be written; the browser here writes all."""

from __future__ import annotations

from simulators.online.entity import Draft, Entity
from simulators.online.fields import raw

WRITABLE = ("EmailMessagesPrefs", "SalesFormsPrefs")
SECTIONS = (
    "AccountingInfoPrefs",
    "ProductAndServicesPrefs",
    "SalesFormsPrefs",
    "EmailMessagesPrefs",
    "VendorAndPurchasesPrefs",
    "TimeTrackingPrefs",
    "TaxPrefs",
    "CurrencyPrefs",
    "ReportPrefs",
    "OtherPrefs",
)


def _derive(draft: Draft) -> None:
    """A client's values for what it can't write are silently replaced by the company's own, as Intuit does."""
    if draft.old is None or draft.privileged:
        return
    for section in SECTIONS:
        if section not in WRITABLE and section in draft.old:
            draft.new[section] = draft.old[section]


PREFERENCES = Entity("Preferences", tuple(raw(section) for section in SECTIONS), single=True, derive=_derive)
