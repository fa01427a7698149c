"""Who and what the demo firms have. Most names are also in the simulated books; a few differ a little, on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

PASSWORD = "bigtime-demo-1"  # noqa: S105 - the documented password of the demo
FIRM = "Northwind Consulting"
SECOND_FIRM = "Lakeside Studio"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    role: str
    title: str
    codes: tuple[str, ...]
    bill: int
    cost: int
    manager: str = "Chloe Martin"
    kind: str = "employee"
    week_hours: int = 40
    number: str = ""
    domain: str = "northwind.example.com"

    @property
    def login(self) -> str:
        return f"{self.name.split()[0].lower()}@example.com"

    @property
    def email(self) -> str:
        words = self.name.lower().replace("'", "").replace("á", "a").replace(" ", ".")
        return f"{words}@{self.domain}"


PEOPLE = (
    Person(
        "Maya Okafor",
        "administrator",
        "Managing director",
        ("Consulting", "Project management"),
        210,
        120,
        "",
        number="E-101",
    ),
    Person(
        "Aisha Khan",
        "accountant",
        "Finance lead",
        ("Review", "Analysis and reporting"),
        140,
        80,
        "Maya Okafor",
        number="E-102",
    ),
    Person("Ben Ortiz", "staff", "Developer", ("Development", "Support"), 110, 75, kind="contractor", week_hours=20),
    Person(
        "Chloe Martin",
        "manager",
        "Head of delivery",
        ("Project management", "Review", "Consulting"),
        180,
        100,
        "Maya Okafor",
        number="E-104",
    ),
    Person("Dmitri Volkov", "staff", "Senior developer", ("Development", "Review", "Support"), 150, 85, number="E-105"),
    Person("Elena Rossi", "staff", "Designer", ("Design", "Review"), 125, 70, number="E-106"),
    Person("Finn O'Connell", "staff", "Consultant", ("Consulting", "Training", "Travel time"), 160, 90, number="E-107"),
    Person("Grace Liu", "staff", "Data analyst", ("Analysis and reporting", "Development"), 140, 78, number="E-108"),
    Person("Hugo Fernández", "staff", "Developer", ("Development", "Support"), 130, 72, number="E-109"),
    Person("Ines Almeida", "staff", "Service designer", ("Design", "Consulting"), 135, 74, number="E-110"),
    Person("Jonas Weber", "staff", "Trainer", ("Training", "Support", "Travel time"), 115, 65, number="E-111"),
    Person(
        "Kira Nakamura",
        "staff",
        "Consultant",
        ("Consulting", "Analysis and reporting"),
        155,
        88,
        week_hours=32,
        number="E-112",
    ),
)

# name, default billing rate, billable
CODES = (
    ("Consulting", Decimal(160), True),
    ("Design", Decimal(120), True),
    ("Development", Decimal("145.50"), True),
    ("Project management", Decimal(150), True),
    ("Review", Decimal(130), True),
    ("Support", Decimal(95), True),
    ("Training", Decimal(110), True),
    ("Travel time", Decimal(60), False),
    ("Analysis and reporting", Decimal(135), True),
    ("Internal", None, False),
)

# name, e-mail, company
CLIENTS = (
    ("Acme Corp", "ap@acme.example.com", "Acme Corporation"),
    ("Globex", "billing@globex.example.com", ""),
    ("Initech", "lumbergh@initech.example.com", ""),
    ("Umbrella Health", "finance@umbrella.example.com", ""),
    ("Stark & Sons", "office@starksons.example.com", ""),
    ("Wayne Foundation", "grants@wayne.example.org", ""),
    ("Hooli", "payables@hooli.example.com", ""),
    ("Café Lumière", "bonjour@lumiere.example.com", ""),
    ("Soylent Foods", "ap@soylent.example.com", ""),
)

# client, name, tasks. The books say "ERP roll-out", "HIPAA readiness" and "Loyalty programme".
PROJECTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Acme Corp", "Website relaunch", ("Discovery", "Design", "Build", "Launch")),
    ("Acme Corp", "Brand guidelines", ()),
    ("Globex", "ERP Roll-Out", ("Blueprint", "Configuration", "Cut-over", "Hypercare")),
    ("Globex", "Data migration 2026", ("Mapping", "Trial loads")),
    ("Initech", "Audit FY26", ("Planning", "Field work", "Reporting")),
    ("Initech", "TPS report automation", ()),
    ("Umbrella Health", "Support retainer", ()),
    ("Umbrella Health", "Patient portal", ("Design", "Build")),
    ("Umbrella Health", "HIPAA  readiness", ()),
    ("Stark & Sons", "Plant layout study", ("Site visits", "Model")),
    ("Stark & Sons", "Safety training", ()),
    ("Wayne Foundation", "Grant management system", ("Requirements", "Build")),
    ("Wayne Foundation", "Annual report 2026", ()),
    ("Hooli", "Search platform review", ()),
    ("Hooli", "Mobile app", ("Design", "Build", "Testing")),
    ("Café Lumière", "Menu & branding", ()),
    ("Café Lumière", "Loyalty program", ()),
    ("Soylent Foods", "Supply chain study", ("Interviews", "Analysis")),
    ("Soylent Foods", "Packaging redesign", ()),
    ("Soylent Foods", "Nutrition labels", ()),
)
# Classes as the books have them, and the clients whose projects belong to one.
CLASSES = ("East", "West", "West › Oregon", "West › Washington", "Public sector", "Internal")
CLASS_OF = {
    "Acme Corp": "West › Oregon", "Globex": "West › Washington", "Initech": "East", "Hooli": "West",
    "Wayne Foundation": "Public sector",
}  # fmt: skip
UNBILLED = frozenset({"Annual report 2026"})  # done for nothing: the foundation is a charity
PLANNED = frozenset({"Loyalty program"})

NOTES = (
    "Kick-off with the client's team",
    "Workshop preparation",
    "Draft of the report, chapters 1–3",
    "Review & corrections",
    "Weekly status call; follow-up e-mails",
    "Prototype tested with five users",
    "Interviews with the warehouse crew",
    "Fixed the export that failed on Friday",
    "Test plan and first run",
    "",
    "",
    "",
)
REJECTION = "Wednesday has 4:00 on Support without a note. What was it for?"
