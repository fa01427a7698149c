"""What every company file has: settings, a chart of accounts, terms, payroll items, tax codes and two services."""

from __future__ import annotations

from typing import Any

from simulators.desktop.seed.books import Books

# Columns: name, type, number, special type
ACCOUNTS = (
    ("Checking", "Bank", "1000", ""),
    ("Accounts Receivable", "AccountsReceivable", "1100", "AccountsReceivable"),
    ("Accounts Payable", "AccountsPayable", "2000", "AccountsPayable"),
    ("Company Card", "CreditCard", "2100", ""),
    ("Opening Balance Equity", "Equity", "3000", "OpeningBalanceEquity"),
    ("Services", "Income", "4000", ""),
    ("Contractors", "CostOfGoodsSold", "5000", ""),
    ("Travel", "Expense", "6000", ""),
    ("Meals and Entertainment", "Expense", "6010", ""),
    ("Office Supplies", "Expense", "6020", ""),
    ("Payroll Expenses", "Expense", "6190", "PayrollExpenses"),
)
TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
WAGES = (
    ("Hourly Regular", "HourlyRegular"),
    ("Hourly Overtime", "HourlyOvertime"),
    ("Hourly Vacation", "HourlyVacation"),
    ("Hourly Sick", "HourlySick"),
    ("Salary Regular", "SalaryRegular"),
    ("Salary Vacation", "SalaryVacation"),
    ("Bonus", "Bonus"),
)


def named(name: str) -> dict[str, str]:
    """A reference by full name."""
    return {"FullName": name}


def set_up(books: Books, name: str, *, closing_date: str = "") -> None:
    books.file.set_fact("company", company(name))
    books.file.set_fact("preferences", preferences(closing_date))
    for account, kind, number, special in ACCOUNTS:
        extra = {"SpecialAccountType": special} if special else {}
        books.add("Account", Name=account, AccountType=kind, AccountNumber=number, **extra)
    for terms, days in TERMS:
        books.add("StandardTerms", Name=terms, StdDueDays=str(days), StdDiscountDays="0", DiscountPct="0.00")
    for code, taxable in (("Tax", "true"), ("Non", "false")):
        books.add("SalesTaxCode", Name=code, IsTaxable=taxable, Desc="Taxable" if taxable == "true" else "Non-taxable")
    for wage, kind in WAGES:
        books.add("PayrollItemWage", Name=wage, WageType=kind, ExpenseAccountRef=named("Payroll Expenses"))
    service(books, "Services", "0.00")
    service(books, "Hours", "100.00")


def service(books: Books, name: str, price: str, *, active: bool = True, parent: str = "") -> None:
    sold = {"Desc": f"{name}", "Price": price, "AccountRef": named("Services")}
    extra: dict[str, Any] = {"ParentRef": named(parent)} if parent else {}
    books.add("ItemService", Name=name, SalesTaxCodeRef=named("Non"), SalesOrPurchase=sold, active=active, **extra)


def company(name: str) -> dict[str, Any]:
    address = {
        "Addr1": "12 Harbor Street", "City": "Portland", "State": "OR", "PostalCode": "97201", "Country": "US",
    }  # fmt: skip
    return {
        "IsSampleCompany": "false",
        "CompanyName": name[:59],
        "LegalCompanyName": name[:59],
        "Address": address,
        "LegalAddress": address,
        "CompanyAddressForCustomer": address,
        "Phone": "(503) 555-0142",
        "Email": "books@example.com",
        "CompanyWebSite": "https://www.example.com",
        "FirstMonthFiscalYear": "January",
        "FirstMonthIncomeTaxYear": "January",
        "CompanyType": "Consulting",
        "EIN": "12-3456789",
        "TaxForm": "Form1120",
    }


def preferences(closing_date: str = "") -> dict[str, Any]:
    """The sections qbXML 13.0 always has, and time tracking. ``CurrentAppAccessRights`` is added per application."""
    closing = {"ClosingDate": closing_date} if closing_date else {}
    return {
        "AccountingPreferences": {
            "IsUsingAccountNumbers": "true", "IsRequiringAccounts": "true", "IsUsingClassTracking": "true",
            "AssignClassesTo": "None", "IsUsingAuditTrail": "true", "IsAssigningJournalEntryNumbers": "true", **closing,
        },
        "FinanceChargePreferences": {
            "AnnualInterestRate": "0.00", "MinFinanceCharge": "0.00", "GracePeriod": "0",
            "IsAssessingForOverdueCharges": "false", "CalculateChargesFrom": "DueDate", "IsMarkedToBePrinted": "false",
        },
        "JobsAndEstimatesPreferences": {
            "IsUsingEstimates": "true", "IsUsingProgressInvoicing": "false", "IsPrintingItemsWithZeroAmounts": "false",
        },
        "MultiCurrencyPreferences": {"IsMultiCurrencyOn": "false"},
        "PurchasesAndVendorsPreferences": {
            "IsUsingInventory": "false", "DaysBillsAreDue": "10", "IsAutomaticallyUsingDiscounts": "false",
        },
        "ReportsPreferences": {"AgingReportBasis": "AgeFromDueDate", "SummaryReportBasis": "Accrual"},
        "SalesAndCustomersPreferences": {
            "IsTrackingReimbursedExpensesAsIncome": "false", "IsAutoApplyingPayments": "true",
        },
        "TimeTrackingPreferences": {"FirstDayOfWeek": "Monday"},
    }  # fmt: skip
