"""Looking something up in the company file: a question asked over several calls, answered to the engine in one go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from integrations.quickbooks.dialect import instant
from integrations.sync.books import Found
from integrations.sync.errors import Retryable
from integrations.sync.outbox import Done
from integrations.sync.readiness import outgoing

from . import qbxml, statuses
from .models import Looked, Session
from .qbxml import Request, Response
from .visit import Ask, Outcome, Visit

KIND = "look"
PAGE = 1000
# The company file's clock shows some local time, and summer time in its own way: asked for so much earlier.
ANYWHERE = timedelta(hours=27)

# What `done` reads of a record.
KEPT = ["TxnID", "TimeCreated", "EditSequence"]


def done(row: dict[str, Any]) -> Done:
    version = str(row.get("EditSequence") or "")
    return Done(str(row["TxnID"]), version, instant(row.get("TimeCreated")), {"version": version})


class LookedUp:
    """See `integrations.sync.books.Books`: what this visit has collected."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def created_since(self, entity: str, since: datetime) -> Iterator[Found]:
        for row in _rows(self.session).order_by("pk").values_list("data", flat=True):
            yield Found(done(row), row)


def ask(visit: Visit, entity: str, since: datetime, why: str) -> Ask:
    """The first page of everything of an outgoing entity that was changed since."""
    forget(visit.session)
    return page(visit, {"entity": entity, "since": since.isoformat(), "why": why, "iterator": ""})


def again(visit: Visit, asked: dict[str, Any]) -> Ask:
    """An ask that was interrupted is begun anew: its iterator may have gone on without us."""
    return ask(visit, asked["entity"], datetime.fromisoformat(asked["since"]), asked["why"])


def page(visit: Visit, about: dict[str, Any]) -> Ask:
    name = outgoing(visit.connection, about["entity"]).desktop
    content: dict[str, Any] = {"MaxReturned": PAGE}
    attributes = {"iterator": "Start"}
    if about["iterator"]:
        attributes = {"iterator": "Continue", "iteratorID": about["iterator"]}
    since = (datetime.fromisoformat(about["since"]) - ANYWHERE).astimezone(UTC)
    content["ModifiedDateRangeFilter"] = {"FromModifiedDate": since.strftime("%Y-%m-%dT%H:%M:%S")}
    request = Request(f"{name}Query", f"{visit.number}.look", content, attributes)
    return Ask(KIND, qbxml.build([request]), about)


def take(visit: Visit, asked: dict[str, Any], outcome: Outcome) -> Ask | None:
    """Keeps a page; the ask for the next one, or None when everything was looked at.

    Raises Retryable when QuickBooks didn't answer the question: nothing has changed then.
    """
    response = (
        outcome.answer.of(f"{outgoing(visit.connection, asked['entity']).desktop}Query") if outcome.answer else None
    )
    if response is None:
        raise Retryable("QuickBooks didn't answer when it was asked what it holds.", code=outcome.hresult or "missing")
    error = statuses.error_of(response)
    if error is not None:
        raise Retryable(error.message, code=error.code, detail=error.detail)
    _keep(visit.session, response)
    return page(visit, {**asked, "iterator": response.iterator}) if response.remaining else None


def _keep(session: Session, response: Response) -> None:
    rows = [
        Looked(session=session, why=KIND, remote_id=row["TxnID"], data=row) for row in response.rows if row.get("TxnID")
    ]
    Looked.objects.bulk_create(rows, batch_size=500)


def ids(session: Session) -> set[str]:
    """Of everything that was looked at."""
    return set(_rows(session).values_list("remote_id", flat=True))


def forget(session: Session) -> None:
    _rows(session).delete()


def _rows(session: Session) -> QuerySet[Looked]:
    return Looked.objects.filter(session=session, why=KIND)
