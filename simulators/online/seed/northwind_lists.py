"""The lists of Northwind Consulting Group."""

from __future__ import annotations

from typing import Any

# Columns: path, type, sub-type, number. The core accounts of every company come before these
ACCOUNTS = (
    ("Savings", "Bank", "Savings", "1010"),
    ("Petty Cash", "Bank", "CashOnHand", "1020"),
    ("Prepaid Expenses", "Other Current Asset", "PrepaidExpenses", "1200"),
    ("Employee Advances", "Other Current Asset", "EmployeeCashAdvances", "1210"),
    ("Furniture and Equipment", "Fixed Asset", "FurnitureAndFixtures", "1500"),
    ("Computers", "Fixed Asset", "MachineryAndEquipment", "1510"),
    ("Accumulated Depreciation", "Fixed Asset", "AccumulatedDepreciation", "1590"),
    ("Security Deposits", "Other Asset", "SecurityDeposits", "1800"),
    ("Travel Card", "Credit Card", "CreditCard", "2110"),
    ("Payroll Liabilities", "Other Current Liability", "PayrollTaxPayable", "2200"),
    ("Sales Tax Payable", "Other Current Liability", "SalesTaxPayable", "2210"),
    ("Client Retainers", "Other Current Liability", "OtherCurrentLiabilities", "2300"),
    ("Bank Loan", "Long Term Liability", "NotesPayable", "2500"),
    ("Owner's Equity", "Equity", "OwnersEquity", "3100"),
    ("Retained Earnings", "Equity", "RetainedEarnings", "3200"),
    ("Services:Consulting Income", "Income", "ServiceFeeIncome", "4010"),
    ("Services:Development Income", "Income", "ServiceFeeIncome", "4020"),
    ("Services:Training Income", "Income", "ServiceFeeIncome", "4030"),
    ("Billable Expense Income", "Income", "ServiceFeeIncome", "4100"),
    ("Travel:Airfare", "Expense", "Travel", "6001"),
    ("Travel:Hotels", "Expense", "Travel", "6002"),
    ("Travel:Ground Transport", "Expense", "Travel", "6003"),
    ("Mileage", "Expense", "Auto", "6005"),
    ("Software and Subscriptions", "Expense", "DuesSubscriptions", "6030"),
    ("Rent", "Expense", "RentOrLeaseOfBuildings", "6100"),
    ("Utilities", "Expense", "Utilities", "6110"),
    ("Salaries and Wages", "Expense", "PayrollExpenses", "6200"),
    ("Training and Conferences", "Expense", "OtherMiscellaneousServiceCost", "6300"),
    ("Bank Charges", "Expense", "BankCharges", "6400"),
    ("Interest Earned", "Other Income", "InterestEarned", "7000"),
)

CLASSES = ("East", "West", "West:Oregon", "West:Washington", "Public sector", "Internal")

# Columns: name, type, price, active.
ITEMS: tuple[tuple[str, str, float, bool], ...] = (
    ("Consulting", "Service", 160, True),
    ("Design", "Service", 120, True),
    ("Development", "Service", 145.5, True),
    ("Project management", "Service", 150, True),
    ("Review", "Service", 130, True),
    ("Support", "Service", 95, True),
    ("Training", "Service", 110, True),
    ("Travel time", "Service", 60, True),
    ("Analysis & reporting", "Service", 135, True),
    ("Workshop facilitation", "Service", 175, True),
    ("Fax hotline", "Service", 40, False),
    ("Printing", "NonInventory", 0, True),
    ("Licences resold", "NonInventory", 0, True),
    ("Hardware resold", "NonInventory", 0, True),
    ("Courier", "NonInventory", 0, True),
    ("Prints, large format", "NonInventory", 0, False),
)
SERVICES = tuple(name for name, kind, _, active in ITEMS if kind == "Service" and active)[:8]

# Columns: given name, family name, number, active.
EMPLOYEES = (
    ("Maya", "Okafor", "E-101", True),
    ("Aisha", "Khan", "E-102", True),
    ("Chloe", "Martin", "E-104", True),
    ("Dmitri", "Volkov", "E-105", True),
    ("Elena", "Rossi", "E-106", True),
    ("Finn", "O'Connell", "E-107", True),
    ("Grace", "Liu", "E-108", True),
    ("Hugo", "Fernández", "E-109", True),
    ("Ines", "Almeida", "E-110", True),
    ("Jonas", "Weber", "E-111", True),
    ("Kira", "Nakamura", "E-112", True),
    ("Liam", "Murphy", "E-113", True),
    ("Nadia", "Haddad", "E-090", False),
    ("Oscar", "Lindqvist", "E-091", False),
)

# Columns: display name, 1099, more.
VENDORS: tuple[tuple[str, bool, dict[str, Any]], ...] = (
    ("Ben Ortiz", True, {"GivenName": "Ben", "FamilyName": "Ortiz", "BillRate": 110}),
    ("Priya Raman Design", True, {"CompanyName": "Priya Raman Design LLC"}),
    ("Tomás Becker", True, {"GivenName": "Tomás", "FamilyName": "Becker"}),
    ("Cascade Office Supply", False, {}),
    ("Columbia Airlines", False, {}),
    ("Harbor View Properties", False, {}),
    ("Hotel Pacífico", False, {}),
    ("NW Natural Power & Light", False, {}),
    ("Rose City Cabs", False, {}),
    ('"The Print Room"', False, {}),
)

_LONG = (
    "The Greater Willamette Valley Association for the Advancement of Sustainable Agriculture, Forestry, Fisheries "
    "and Rural Development, Western Regional Chapter (in trust for its member co-operatives)"
)

CUSTOMERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Acme Corp", {"mail": "ap@acme.example.com", "CompanyName": "Acme Corporation"}),
    ("Globex", {"mail": "billing@globex.example.com"}),
    ("Initech", {"mail": "lumbergh@initech.example.com"}),
    ("Umbrella Health", {"mail": "finance@umbrella.example.com"}),
    ("Stark & Sons", {"mail": "office@starksons.example.com"}),
    ("Wayne Foundation", {"mail": "grants@wayne.example.org"}),
    ("Hooli", {"mail": "payables@hooli.example.com"}),
    ("Café Lumière", {"mail": "bonjour@lumiere.example.com"}),
    ("Soylent Foods", {"mail": "ap@soylent.example.com"}),
    ("Fabrikam Construction", {}),
    ("ACME  Corp.", {"mail": "ap@acme.example.com"}),
    ("umbrella-health", {}),
    ("Globex Inc", {}),
    ("O'Brien & Daughters", {"mail": "mary@obrien.example.com"}),
    ('"Quoted" Goods Ltd', {}),
    ("Société d'Édition Étoilée", {}),
    ("Łódź Textiles", {}),
    ("東京データ株式会社", {}),
    ("100% Pure_Juice (West)", {}),
    ("Back\\slash Records", {}),
    (_LONG, {}),
    ("Maria Lopez", {"GivenName": "Maria", "FamilyName": "Lopez", "mail": "maria@example.net"}),
    ("Tailspin Toys", {}),
    ("Old Harbor Trading", {"inactive": True}),
    ("Zenith Media", {"inactive": True}),
)

# Columns: parent, name. A name is unique over all customers, vendors and employees, so jobs speak for themselves
JOBS = (
    ("Acme Corp", "Website relaunch"),
    ("Acme Corp", "Brand guidelines"),
    ("Globex", "ERP roll-out"),
    ("Globex", "Data migration 2026"),
    ("Initech", "Audit FY26"),
    ("Initech", "TPS report automation"),
    ("Umbrella Health", "Support retainer"),
    ("Umbrella Health", "Patient portal"),
    ("Umbrella Health", "HIPAA readiness"),
    ("Stark & Sons", "Plant layout study"),
    ("Stark & Sons", "Safety training"),
    ("Wayne Foundation", "Grant management system"),
    ("Wayne Foundation", "Annual report 2026"),
    ("Hooli", "Search platform review"),
    ("Hooli", "Mobile app"),
    ("Café Lumière", "Menu & branding"),
    ("Café Lumière", "Loyalty programme"),
    ("Soylent Foods", "Supply chain study"),
    ("Soylent Foods", "Packaging redesign"),
    ("Soylent Foods", "Nutrition labels"),
    ("Fabrikam Construction", "Tower North"),
    ("Tower North", "Tower North design"),
    ("Tower North design", "Structural drawings"),
    ("Tower North design", "Façade & glazing"),
    ("Tower North", "Tower North permits"),
    ("Fabrikam Construction", "Tower South"),
    ("Tower South", "Tower South feasibility"),
    ("O'Brien & Daughters", "Shop refit (Phase 1)"),
    ("O'Brien & Daughters", "Shop refit (Phase 2)"),
    ('"Quoted" Goods Ltd', 'Catalogue "Spring"'),
    ("Société d'Édition Étoilée", "L'année littéraire"),
    ("Łódź Textiles", "Loom no. 7"),
    ("東京データ株式会社", "データ分析"),
    ("100% Pure_Juice (West)", "50% off campaign"),
    (_LONG, "Co-operative bylaws"),
    ("Tailspin Toys", "Toy fair 2025"),
    ("Tailspin Toys", "Toy fair 2026"),
    ("Maria Lopez", "House extension"),
    ("Zenith Media", "Radio spots"),
    ("Old Harbor Trading", "Warehouse inventory"),
)
INACTIVE_JOBS = ("Toy fair 2025", "Warehouse inventory")
