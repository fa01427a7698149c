"""The company behind the books is the firm: taken over at first set-up, afterwards only when asked for."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from integrations.sync.fields import Address, Books, Dialect, Email, First, Text
from integrations.sync.mapper import Entity
from integrations.sync.targets import Incoming, Rules, Target

MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


class Company(Entity):
    """Fills what the firm left empty or at its default; on a re-import the books win."""

    key = "company"
    label = "Company"
    online = "CompanyInfo"
    desktop = "Company"
    single = True
    order, first_look = 10, 60

    name = Text("name", online="CompanyName", desktop="CompanyName", wins=First)
    legal_name = Text("legal_name", online="LegalName", desktop="LegalCompanyName", wins=First)
    address = Address("address", online="CompanyAddr", desktop="Address", wins=First)
    phone = Text("phone", online="PrimaryPhone.FreeFormNumber", desktop="Phone", wins=First)
    email = Email("email", online="Email.Address", desktop="Email", wins=First)
    fiscal_year_start = Text("fiscal_year_start", online="FiscalYearStartMonth", desktop="FirstMonthFiscalYear")
    time_zone = Text("time_zone", online="DefaultTimeZone", wins=First)

    def read_fiscal_year_start(self, raw: dict[str, Any], dialect: Dialect) -> int | None:
        month = Company.fields["fiscal_year_start"].read(raw, dialect)
        return MONTHS.index(month) + 1 if month in MONTHS else None

    def read_time_zone(self, raw: dict[str, Any], dialect: Dialect) -> str:
        zone: str = Company.fields["time_zone"].read(raw, dialect)
        return zone if zone in available_timezones() else ""

    def targets(self, record: Incoming, rules: Rules) -> list[Target]:
        if not (rules.first_import or rules.whole_company):
            return []
        values = {column: value for column, value in self.ours(record.values).items() if value not in (None, "")}
        wins = dict.fromkeys(values, Books if rules.whole_company else First)
        return [Target("firm.firm", values, keys=(), ours=rules.firm, wins=wins)]
