from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bigtime.dashboard.demo import seed
from bigtime.dashboard.demo_lists import PASSWORD

LOGINS = (
    ("maya@example.com", "administrator, Northwind Consulting"),
    ("aisha@example.com", "accountant"),
    ("chloe@example.com", "manager"),
    ("dmitri@example.com", "staff"),
    ("leo@example.com", "administrator, Lakeside Studio"),
)


class Command(BaseCommand):
    help = "Makes the demo firms with people, projects and sixteen weeks of time. Safe to run again."

    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        made = seed()
        names = " and ".join(made)
        self.stdout.write(f"Made {names}." if made else "The demo firms are already here; nothing changed.")
        for email, role in LOGINS:
            self.stdout.write(f"  {email:20} {role}")
        self.stdout.write(f"  Everybody's password is {PASSWORD}")
