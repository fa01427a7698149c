"""What an authorization has to be asked first: which company is this, and how does it keep its books?"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import requests

from integrations.sync.errors import AccountingError, Disconnected, Retryable

from . import addresses

TIMEOUT = (5, 30)  # seconds: to connect, to answer
MINOR_VERSION = "75"
CALLS = 2  # that `read` makes, before there is a connection whose budget could count them


@dataclass(frozen=True, slots=True)
class Company:
    """A QuickBooks company as its CompanyInfo and Preferences describe it. `features` is what is kept as facts."""

    realm: str
    name: str
    currency: str
    closed_through: date | None
    features: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "closed_through": self.closed_through.isoformat() if self.closed_through else ""}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Company:
        closed = kept.get("closed_through")
        return cls(**{**kept, "closed_through": date.fromisoformat(closed) if closed else None})


def read(environment: str, realm: str, access_token: str) -> Company:
    """Asks for CompanyInfo and Preferences: two calls, nothing stored.

    Raises Disconnected when this token may not read that company, Retryable when Intuit doesn't answer properly.
    """
    base = f"{addresses.api_base(environment)}/company/{realm}"
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    try:
        info = _get(f"{base}/companyinfo/{realm}", headers)["CompanyInfo"]
        preferences = _get(f"{base}/preferences", headers)["Preferences"]
        return describe(realm, info, preferences)
    except requests.RequestException as error:
        failure: AccountingError = Retryable("QuickBooks can't be reached at the moment.", code=type(error).__name__)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        failure = Retryable("QuickBooks answered something that can't be read.", code=type(error).__name__)
    raise failure from None


def _get(url: str, headers: dict[str, str]) -> dict[str, Any]:
    answer = requests.get(
        url, params={"minorversion": MINOR_VERSION}, headers=headers, timeout=TIMEOUT, allow_redirects=False
    )
    if answer.status_code in (401, 403):
        raise Disconnected(
            "QuickBooks doesn't let this authorization read the company.",
            code=str(answer.status_code),
            detail=f"intuit_tid {answer.headers.get('intuit_tid', '')}",
        )
    if answer.status_code != 200:
        raise Retryable("QuickBooks can't be reached at the moment.", code=str(answer.status_code))
    found: dict[str, Any] = answer.json()
    return found


def describe(realm: str, info: dict[str, Any], preferences: dict[str, Any]) -> Company:
    """The company in our words, from the two documents as received; what isn't said is "" or None, never guessed."""
    accounting = preferences.get("AccountingInfoPrefs") or {}
    currency = preferences.get("CurrencyPrefs") or {}
    closed = str(accounting.get("BookCloseDate") or "")
    return Company(
        realm=realm,
        name=str(info.get("CompanyName") or info.get("LegalName") or realm),
        currency=str((currency.get("HomeCurrency") or {}).get("value") or ""),
        closed_through=date.fromisoformat(closed[:10]) if closed else None,
        features=_features(info, preferences, accounting, currency),
    )


def _features(
    info: dict[str, Any], preferences: dict[str, Any], accounting: dict[str, Any], currency: dict[str, Any]
) -> dict[str, Any]:
    """Each feature is True, False, or None when QuickBooks doesn't say."""
    time_tracking = preferences.get("TimeTrackingPrefs") or {}
    purchases = preferences.get("VendorAndPurchasesPrefs") or {}
    other = {p.get("Name"): p.get("Value") for p in (preferences.get("OtherPrefs") or {}).get("NameValue") or []}
    more = {p.get("Name"): p.get("Value") for p in info.get("NameValue") or []}
    by_line, by_transaction = accounting.get("ClassTrackingPerTxnLine"), accounting.get("ClassTrackingPerTxn")
    return {
        "legal_name": str(info.get("LegalName") or ""),
        "country": str(info.get("Country") or ""),
        "offering": str(more.get("OfferingSku") or ""),
        "classes": None if by_line is None and by_transaction is None else bool(by_line or by_transaction),
        "time_tracking": _time_tracking(time_tracking, other.get("TimeTrackingFeatureEnabled")),
        "billable_expenses": purchases.get("BillableExpenseTracking"),
        "multi_currency": currency.get("MultiCurrencyEnabled"),
        "account_numbers": accounting.get("UseAccountNumbers"),
    }


def _time_tracking(preferences: dict[str, Any], switch: Any) -> bool | None:
    """The switch of its own where it is given; older companies only have the group of its settings."""
    if switch is not None:
        return str(switch).lower() == "true"
    return True if preferences else None
