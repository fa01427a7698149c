from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bigtime.dashboard.demo import seed
from bigtime.dashboard.demo_lists import FIRM, PASSWORD, SECOND_FIRM

LOGINS = (
    (FIRM, (("maya", "administrator"), ("aisha", "accountant"), ("chloe", "manager"), ("dmitri", "staff"))),
    (SECOND_FIRM, (("leo", "administrator"), ("mina", "staff"))),
)


class Command(BaseCommand):
    help = "Makes the demo firms with people, projects and sixteen weeks of time. Safe to run again."

    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        made = seed()
        names = " and ".join(made)
        self.stdout.write(f"Made {names}." if made else "The demo firms are already here; nothing changed.")
        for firm, people in LOGINS:
            self.stdout.write(f"\n  {firm}")
            for name, role in people:
                self.stdout.write(f"    {name + '@example.com':20} {role}")
        self.stdout.write(f"\n  Everybody's password is {PASSWORD}")
