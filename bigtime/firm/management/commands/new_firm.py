from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.shortcuts import resolve_url

from bigtime.firm import invitations, services
from bigtime.firm.models import Firm, Membership
from bigtime.firm.refusals import Refused


class Command(BaseCommand):
    help = "Makes a firm, and prints the link by which its administrator comes in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the firm is called")
        parser.add_argument("email", help="the administrator's e-mail address")
        parser.add_argument("--currency", default=Firm._meta.get_field("currency").default, help="home currency")
        parser.add_argument(
            "--time-zone", default=Firm._meta.get_field("time_zone").default, help="such as America/New_York"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given = {key: options[key] for key in ("name", "email", "currency", "time_zone")}
        try:
            made = services.new_firm(**given)
        except Refused as refusal:
            raise CommandError(f"{refusal} Nothing was changed.") from refusal
        if isinstance(made, Membership):
            self.stdout.write(f"Made {made.firm}. {made.user.email} has an account and is its administrator. Sign in:")
            self.stdout.write(f"\n  {settings.BASE_URL}{resolve_url(settings.LOGIN_URL)}")
            return
        self.stdout.write(f"Made {made.firm}. {made.email} chooses a password here and is its administrator then:")
        self.stdout.write(f"\n  {invitations.link(made)}")
        self.stdout.write("\nThe link works once, within seven days. The same command again makes a new one.")
