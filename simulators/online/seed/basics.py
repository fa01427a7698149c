"""What every company has: settings, a chart of accounts, terms, and the service that time falls to by default."""

from __future__ import annotations

from typing import Any

from simulators.online.seed.books import Books

# Columns: name, type, sub-type, number.
CORE_ACCOUNTS = (
    ("Checking", "Bank", "Checking", "1000"),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable", "1100"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable", "2000"),
    ("Company Card", "Credit Card", "CreditCard", "2100"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity", "3000"),
    ("Services", "Income", "ServiceFeeIncome", "4000"),
    ("Contractors", "Cost of Goods Sold", "CostOfLaborCos", "5000"),
    ("Travel", "Expense", "Travel", "6000"),
    ("Meals and Entertainment", "Expense", "EntertainmentMeals", "6010"),
    ("Office Supplies", "Expense", "OfficeGeneralAdministrativeExpenses", "6020"),
)


def set_up(books: Books, *, country: str = "US", classes: bool = True, close_date: str = "") -> None:
    """Company info, preferences, accounts, terms, payment methods and the service ``Hours``."""
    _company(books, country)
    books.add("Preferences", **preferences(books.realm.currency, classes=classes, close_date=close_date))
    for name, kind, subtype, number in CORE_ACCOUNTS:
        books.add("Account", Name=name, AccountType=kind, AccountSubType=subtype, AcctNum=number)
    for name, days in (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60)):
        books.add("Term", Name=name, DueDays=days)
    for name, kind in (("Cash", "NON_CREDIT_CARD"), ("Check", "NON_CREDIT_CARD"), ("Visa", "CREDIT_CARD")):
        books.add("PaymentMethod", Name=name, Type=kind)
    income = books.ref("Account", "Services")
    books.add("Item", Name="Services", Type="Service", IncomeAccountRef=income)
    books.add("Item", Name="Hours", Type="Service", IncomeAccountRef=income, UnitPrice=100)


def _company(books: Books, country: str) -> None:
    canada = country == "CA"
    city, region, code = ("Toronto", "ON", "M5V 2T6") if canada else ("Portland", "OR", "97201")
    where = {"City": city, "CountrySubDivisionCode": region, "PostalCode": code}
    address = {"Line1": "12 Harbor Street", **where, "Country": "CAN" if canada else "USA"}
    values = {
        "NeoEnabled": "true",
        "IndustryType": "Consulting",
        "SubscriptionStatus": "PAID",
        "OfferingSku": "QuickBooks Online Plus",
        "PayrollFeature": "false",
        "AccountantFeature": "false",
    }
    books.add(
        "CompanyInfo",
        CompanyName=books.realm.name,
        LegalName=books.realm.name,
        CompanyAddr=address,
        LegalAddr=address,
        CustomerCommunicationAddr=address,
        PrimaryPhone={"FreeFormNumber": "(416) 555-0137" if canada else "(503) 555-0142"},
        Email={"Address": "books@example.com"},
        WebAddr={"URI": "https://www.example.com"},
        CompanyStartDate=books.day(900),
        FiscalYearStartMonth="January",
        Country=country,
        SupportedLanguages="en",
        DefaultTimeZone="America/Toronto" if canada else "America/Los_Angeles",
        NameValue=[{"Name": name, "Value": value} for name, value in values.items()],
    )


def preferences(currency: str, *, classes: bool, close_date: str) -> dict[str, Any]:
    accounting: dict[str, Any] = {
        "UseAccountNumbers": True,
        "TrackDepartments": False,
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": classes,
        "FirstMonthOfFiscalYear": "January",
        "TaxYearMonth": "January",
        "TaxForm": "5",
        "CustomerTerminology": "Customers",
    }
    if close_date:
        accounting["BookCloseDate"] = close_date
    others = {"ProjectsEnabled": "true", "TimeTrackingFeatureEnabled": "true", "SalesFormsPrefs.DefaultTerms": "3"}
    return {
        "AccountingInfoPrefs": accounting,
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True, "QuantityWithPriceAndRate": True},
        "SalesFormsPrefs": {"CustomTxnNumbers": False, "AllowDiscount": True, "DefaultTerms": {"value": "3"}},
        "EmailMessagesPrefs": {"InvoiceMessage": {"Subject": "Invoice from us", "Message": "Thank you."}},
        "VendorAndPurchasesPrefs": {"BillableExpenseTracking": True, "TrackingByCustomer": True},
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": True,
        },
        "TaxPrefs": {"UsingSalesTax": False, "PartnerTaxEnabled": False},
        "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": currency}},
        "ReportPrefs": {"ReportBasis": "Accrual"},
        "OtherPrefs": {"NameValue": [{"Name": name, "Value": value} for name, value in others.items()]},
    }
