"""Connecting a firm to a QuickBooks Online company, and letting go of it again."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from bigtime.firm.models import Firm, User
from integrations import tasks
from integrations.models import Connection, SyncRun
from integrations.sync import former, outbox, runs
from integrations.sync.errors import AccountingError, Disconnected

from . import alone, held, intuit_app, limiter, oauth, tokens
from . import company as companies
from .company import Company
from .models import Authorization
from .oauth import Grant
from .problems import ProblemError

SYSTEM = "quickbooks_online"
LIFETIME = timedelta(minutes=10)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def begin(*, firm: Firm, user: User, session_key: str, is_popup: bool, backup_made: bool) -> str:
    """The address at Intuit to go to. It carries a state that is known here only by its hash, for ten minutes, once.

    Raises ProblemError.
    """
    alone.one_place(firm)
    credentials = intuit_app.required(firm)
    state = secrets.token_urlsafe(32)
    try:
        address = oauth.authorization_url(credentials, state)
    except AccountingError as error:
        raise ProblemError("unreachable", error.message) from None
    held.forget(firm=firm)
    Authorization.objects.create(
        firm=firm,
        user=user,
        state_sha256=digest(state),
        session_sha256=digest(session_key),
        is_popup=is_popup,
        backup_made=backup_made,
        expires_at=timezone.now() + LIFETIME,
    )
    return address


def find(*, state: str) -> Authorization | None:
    return Authorization.objects.filter(state_sha256=digest(state)).first() if state else None


def claim(*, authorization: Authorization | None, firm: Firm, user: User, session_key: str) -> Authorization:
    """The authorization this callback answers, used up by this call. Raises ProblemError, and then nothing changed."""
    if authorization is None:
        raise ProblemError("forged")
    if authorization.user_id != user.pk or authorization.session_sha256 != digest(session_key):
        raise ProblemError("other_session")
    if authorization.firm_id != firm.pk:
        raise ProblemError("other_firm")
    now = timezone.now()
    if authorization.used_at is None and authorization.expires_at < now:
        raise ProblemError("expired")
    # One UPDATE decides between two callbacks that arrive at once.
    if not Authorization.objects.filter(pk=authorization.pk, used_at=None).update(used_at=now):
        raise ProblemError("used")
    return authorization


def finish(*, authorization: Authorization, code: str, realm: str) -> Connection | None:
    """The connection, or None when it is another company than the last one and the person has to be asked first.

    Raises ProblemError; whatever Intuit granted until then was given back (but where another firm has the company:
    that would end its grant too), and nothing is stored.
    """
    firm = authorization.firm
    if not re.fullmatch(r"\d{1,30}", realm):
        raise ProblemError("incomplete")
    alone.one_place(firm)
    credentials = intuit_app.required(firm)
    grant = _exchanged(credentials, code)
    company = _read_company(credentials, grant, realm)
    alone.one_firm(firm=firm, environment=credentials.environment, realm=realm)
    if company.currency and company.currency != firm.currency:
        given_back = held.give_back(credentials, grant)
        raise ProblemError("other_currency", _currency_sentence(firm, company, given_back))
    last = last_connection(firm)
    if last and (last.environment, last.company_id) != (credentials.environment, realm):
        held.hold(authorization, grant, company, credentials.environment)
        return None
    return adopt(firm=firm, user=authorization.user, environment=credentials.environment, company=company, grant=grant)


def _currency_sentence(firm: Firm, company: Company, given_back: bool) -> str:
    sentence = f"{company.name} keeps its books in {company.currency}; {firm.name} works in {firm.currency}."
    if given_back:
        return sentence
    return f"{sentence} Intuit couldn't be told, so remove BigTime under Apps in QuickBooks too; nothing is kept here."


def current(firm: Firm) -> Connection | None:
    """The company this firm is connected to now, paused or not."""
    return Connection.objects.for_firm(firm).enabled().filter(system=SYSTEM).first()


def last_connection(firm: Firm) -> Connection | None:
    """The company this firm is connected to, or was connected to last."""
    former = Connection.objects.for_firm(firm).filter(system=SYSTEM).order_by("-updated_at")
    return current(firm) or former.first()


def _exchanged(credentials: intuit_app.Credentials, code: str) -> Grant:
    try:
        return oauth.exchange(credentials, code)
    except Disconnected as error:
        raise ProblemError("code_refused" if error.code == "invalid_grant" else "app_refused") from None
    except AccountingError as error:
        raise ProblemError("unreachable", error.message) from None


def _read_company(credentials: intuit_app.Credentials, grant: Grant, realm: str) -> Company:
    try:
        return companies.read(credentials.environment, realm, grant.access_token)
    except AccountingError as error:
        held.give_back(credentials, grant)
        raise ProblemError("unreadable", error.message) from None


@transaction.atomic
def adopt(*, firm: Firm, user: User, environment: str, company: Company, grant: Grant) -> Connection:
    """This company's connection, enabled, with this grant. The same company is the same row, with all its links.

    What waited to be sent to other books is released. Raises ProblemError where a firm already has this company, or
    this one has other books, with nothing changed.
    """
    Firm.objects.select_for_update().get(pk=firm.pk)
    alone.one_place(firm)
    alone.one_firm(firm=firm, environment=environment, realm=company.realm)
    others = Connection.objects.for_firm(firm).enabled().filter(system=SYSTEM)
    others.exclude(environment=environment, company_id=company.realm).update(
        status=Connection.Status.DISABLED, updated_at=timezone.now()
    )
    connection, _ = Connection.objects.get_or_create(
        firm=firm, system=SYSTEM, environment=environment, company_id=company.realm
    )
    connection.status = Connection.Status.ACTIVE
    connection.pause_code = connection.pause_reason = ""
    connection.connected_by = user
    learn(connection, company)
    connection.save()
    tokens.store_grant(connection, grant)
    former.release(firm=firm, current=connection, by=user)
    limiter.spent(connection, companies.CALLS)
    # What waited for the authorization goes on by itself.
    outbox.lift(connection)
    tasks.hint(tasks.drain, connection.pk)
    return connection


def learn(connection: Connection, company: Company) -> None:
    """Copies what the books say of themselves; the caller saves."""
    connection.company_name = company.name
    connection.home_currency = company.currency or connection.home_currency
    connection.closed_through = company.closed_through
    connection.facts = {**connection.facts, **company.features, "read_at": timezone.now().isoformat()}


def disable(*, connection: Connection) -> bool:
    """Stops everything, then ends the grant at Intuit and erases it here. False when Intuit didn't confirm.

    Links, posted marks, mirror and queue stay: enabling the same company again finds them.
    """
    # Stopped and committed first, so that no worker fetches a token between the two.
    Connection.objects.filter(pk=connection.pk).update(
        status=Connection.Status.DISABLED, pause_code="", pause_reason="", updated_at=timezone.now()
    )
    connection.refresh_from_db()
    for run in SyncRun.objects.filter(connection=connection, state__in=[*SyncRun.OPEN, SyncRun.State.PREVIEW]):
        runs.cancel(run=run)
    return tokens.revoke(connection)


def accept_other(*, authorization: Authorization) -> tuple[Connection, bool]:
    """The person wants this other company: the former one is disabled, this one gets a connection of its own.

    The second value is False when Intuit didn't confirm the end of the former grant. Raises ProblemError.
    """
    taken, grant = held.take(authorization=authorization)
    environment, company = taken["environment"], Company.from_json(taken["company"])
    alone.one_firm(firm=authorization.firm, environment=environment, realm=company.realm)
    last = current(authorization.firm)
    confirmed = disable(connection=last) if last else True
    connection = adopt(
        firm=authorization.firm, user=authorization.user, environment=environment, company=company, grant=grant
    )
    return connection, confirmed


def refuse_other(*, authorization: Authorization) -> None:
    """The person doesn't want it: the grant is given back and forgotten."""
    _, grant = held.take(authorization=authorization)
    held.give_back(intuit_app.required(authorization.firm), grant)
