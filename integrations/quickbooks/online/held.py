"""A grant for another company than the last one, kept encrypted until the person has said yes or no."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from bigtime.core.encryption import Undecryptable
from bigtime.firm.models import Firm
from integrations.sync.errors import AccountingError

from . import intuit_app, oauth
from .company import Company
from .models import Authorization
from .oauth import Grant
from .problems import ProblemError

LIFETIME = timedelta(minutes=10)


def give_back(credentials: intuit_app.Credentials, grant: Grant) -> bool:
    """Ends a grant that nothing is to become of. False when Intuit didn't confirm."""
    try:
        oauth.revoke(credentials, grant.refresh_token)
    except AccountingError:
        return False
    return True


def hold(authorization: Authorization, grant: Grant, company: Company, environment: str) -> None:
    """For ten minutes."""
    kept = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(grant).items()}
    authorization.held_grant = json.dumps(kept)
    authorization.held_company = {"environment": environment, "company": company.as_json()}
    authorization.expires_at = timezone.now() + LIFETIME
    authorization.save(update_fields=["held_grant", "held_company", "expires_at"])


def _grant(authorization: Authorization) -> Grant:
    kept: dict[str, Any] = json.loads(authorization.held_grant)
    for name, value in kept.items():
        if name.endswith("_at") and value:
            kept[name] = datetime.fromisoformat(value)
    return Grant(**kept)


def take(*, authorization: Authorization) -> tuple[dict[str, Any], Grant]:
    """What was held, taken by one caller only. Raises ProblemError when it is gone or too old."""
    with transaction.atomic():
        locked = Authorization.objects.select_for_update().get(pk=authorization.pk)
        if not locked.held_grant:
            raise ProblemError("used")
        if locked.expires_at < timezone.now():
            raise ProblemError("expired")
        company, grant = locked.held_company, _grant(locked)
        Authorization.objects.filter(pk=locked.pk).update(held_grant="", held_company={})
    return company, grant


def forget(*, firm: Firm) -> None:
    """Gives back grants that nobody decided about in time."""
    late = Authorization.objects.for_firm(firm).exclude(held_grant="").filter(expires_at__lt=timezone.now())
    for pk in late.values_list("pk", flat=True):
        # Where it can't be given back it is forgotten all the same.
        with suppress(ProblemError, Undecryptable):
            give_back(intuit_app.required(firm), _grant(Authorization.objects.get(pk=pk)))
        Authorization.objects.filter(pk=pk).update(held_grant="", held_company={})
