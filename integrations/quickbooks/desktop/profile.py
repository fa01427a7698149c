"""Which company file is this, and how does it keep its books? Asked at the beginning of every visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from integrations.models import Connection
from integrations.sync.errors import Disconnected

from . import qbxml
from .qbxml import Answer, Request
from .visit import Ask, Outcome, Visit

KIND = "company"
CURRENCIES = {
    "US Dollar": "USD", "Canadian Dollar": "CAD", "British Pound Sterling": "GBP", "Australian Dollar": "AUD",
    "Euro": "EUR", "New Zealand Dollar": "NZD",
}  # fmt: skip
# Of the QuickBooks that has the file open; the rest of what it says of itself changes with how it was opened.
PRODUCT = ("ProductName", "MajorVersion", "MinorVersion", "Country")
# Where multicurrency is off a company file doesn't say its currency; the edition of QuickBooks does.
BY_COUNTRY = {"US": "USD", "CA": "CAD", "UK": "GBP", "AU": "AUD"}


@dataclass(frozen=True, slots=True)
class Told:
    """What the company file says of itself."""

    host: dict[str, Any]
    company: dict[str, Any]
    preferences: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.company.get("CompanyName") or self.company.get("LegalCompanyName") or "")

    @property
    def product(self) -> str:
        return " ".join(str(self.host.get(name) or "") for name in PRODUCT)

    @property
    def currency(self) -> str:
        many = _part(self.preferences, "MultiCurrencyPreferences")
        named = str(_part(many, "HomeCurrencyRef").get("FullName") or "")
        return CURRENCIES.get(named, "") if named else BY_COUNTRY.get(str(self.host.get("Country") or "US"), "")

    @property
    def closed_through(self) -> date | None:
        text = str(_part(self.preferences, "AccountingPreferences").get("ClosingDate") or "")
        try:
            return date.fromisoformat(text[:10]) if text else None
        except ValueError:
            return None

    @property
    def features(self) -> dict[str, Any]:
        """As the Online edition keeps them: True, False, or None when QuickBooks doesn't say."""
        accounting = _part(self.preferences, "AccountingPreferences")
        return {
            "legal_name": str(self.company.get("LegalCompanyName") or ""),
            "country": str(self.host.get("Country") or ""),
            "offering": str(self.host.get("ProductName") or ""),
            "classes": _flag(accounting.get("IsUsingClassTracking")),
            "time_tracking": "TimeTrackingPreferences" in self.preferences,
            "multi_currency": _flag(_part(self.preferences, "MultiCurrencyPreferences").get("IsMultiCurrencyOn")),
            "account_numbers": _flag(accounting.get("IsUsingAccountNumbers")),
        }


def _part(values: dict[str, Any], name: str) -> dict[str, Any]:
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def _flag(text: Any) -> bool | None:
    return None if text is None else str(text).lower() == "true"


def ask(visit: Visit) -> Ask:
    requests = [Request(f"{name}Query", f"{visit.number}.{name}") for name in ("Host", "Company", "Preferences")]
    return Ask(KIND, qbxml.build(requests))


def told(answer: Answer | None) -> Told | None:
    """None unless company and preferences are both in the answer."""
    found = {}
    for name in ("Host", "Company", "Preferences"):
        response = answer.of(f"{name}Query") if answer else None
        found[name] = response.rows[0] if response and response.rows else {}
    return Told(found["Host"], found["Company"], found["Preferences"]) if found["Company"] else None


def take(visit: Visit, outcome: Outcome) -> bool:
    """Keeps what is told. False when it isn't told. Raises Disconnected for another company or another currency."""
    found = told(outcome.answer)
    if found is None:
        return False
    connection = visit.connection
    _check(visit, connection, found)
    _keep(connection, found)
    visit.state["company"], visit.state["product"] = found.company, found.product
    return True


def _check(visit: Visit, connection: Connection, found: Told) -> None:
    """Another company file is known by its name and path: a file that was moved or renamed is still the same."""
    known_file, file = visit.session.agent.channel.company_file, visit.state.get("company_file", "")
    known = connection.company_name if "legal_name" in connection.facts else ""
    same_name = not known or known.casefold() == found.name.casefold()
    if not same_name and not (file and known_file.casefold() == file.casefold()):
        words = (
            f"The company file open in QuickBooks is {found.name}. BigTime is connected to {connection.company_name}: "
            f"close the file and open that one."
        )
        raise Disconnected(words, code="other_company")
    if found.currency and found.currency != connection.firm.currency:
        words = (
            f"{found.name} keeps its books in {found.currency}; {connection.firm.name} works in "
            f"{connection.firm.currency}. Such a company file can't be connected."
        )
        raise Disconnected(words, code="other_currency")


def _keep(connection: Connection, found: Told) -> None:
    facts = {key: value for key, value in connection.facts.items() if key != "read_at"}
    now: dict[str, Any] = {
        "closed_through": found.closed_through,
        "home_currency": found.currency or connection.home_currency,
        "company_name": found.name or connection.company_name,
        "facts": {**facts, **found.features},
    }
    before: dict[str, Any] = {name: getattr(connection, name) for name in now} | {"facts": facts}
    if now == before:
        return
    now["facts"] = {**now["facts"], "read_at": timezone.now().isoformat()}
    for name, value in now.items():
        setattr(connection, name, value)
    connection.save(update_fields=[*now, "updated_at"])
