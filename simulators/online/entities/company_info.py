"""CompanyInfo: one object with the Id 1."""

from __future__ import annotations

from simulators.online.entities.people import address, phone
from simulators.online.entity import Entity
from simulators.online.fields import email, group, raw, text

COMPANY_INFO = Entity(
    "CompanyInfo",
    (
        text("CompanyName", 1024, filterable=True),
        text("LegalName", 1024),
        address("CompanyAddr"),
        address("CustomerCommunicationAddr"),
        address("LegalAddr"),
        phone("PrimaryPhone"),
        email("Email"),
        group("WebAddr", URI=1000),
        text("CompanyStartDate", 10),
        text("FiscalYearStartMonth", 12),
        text("Country", 3),
        text("EmployerId", 20),
        text("SupportedLanguages", 60),
        text("DefaultTimeZone", 60),
        raw("NameValue"),
    ),
    single=True,
)
