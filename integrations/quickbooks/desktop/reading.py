"""Drives a sync run over an agent's visit: each message set asks several lists, long ones by iterator.

A list's cursor is QuickBooks' own local time of its newest change, and moves only when the list was read to its end. An
iterator dies with its session: a list that was cut off is begun again from its old cursor, which costs no write for
what is in the mirror already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from bigtime.core.prepared import Prepared
from integrations import registry, tasks
from integrations.models import Connection, SyncIssue, SyncRun, SyncStep, Watermark
from integrations.sync import pull
from integrations.sync.errors import AccountingError, Rejected, Retryable
from integrations.sync.mapper import Entity
from integrations.sync.work import Work, working

from . import cursors, holdings, hresults, qbxml, statuses
from .dialect import wall_clock
from .models import Looked
from .qbxml import Request, Response
from .visit import Ask, Outcome, Visit

KIND = "read"
PAGE = 1000
SECONDS = 60.0
# Lists that QuickBooks gives page by page; the others come whole, and the attribute is an error there.
ITERATED = frozenset(
    {
        "Customer", "Entity", "Item", "ItemDiscount", "ItemFixedAsset", "ItemGroup", "ItemInventory",
        "ItemInventoryAssembly", "ItemNonInventory", "ItemOtherCharge", "ItemPayment", "ItemSalesTax",
        "ItemSalesTaxGroup", "ItemService", "ItemSubtotal", "Lead", "Vendor",
    }
)  # fmt: skip
ALWAYS = ("ListID", "TimeCreated", "TimeModified", "EditSequence")
DELETED = "deleted"
ANSWERLESS = frozenset({statuses.NOTHING_FOUND, statuses.NOT_ENABLED})


_WAITING = Prepared(
    lambda connection: (
        SyncRun.objects.filter(connection=connection, state__in=[SyncRun.State.QUEUED, SyncRun.State.PULLING])
        .order_by("-pk")
        .select_related("connection__firm")
    ),
    connection=int,
)


def open_run(connection: Connection) -> SyncRun | None:
    """The run that waits for an agent."""
    run: SyncRun | None = next(_WAITING.objects(connection=connection.pk), None)
    return None if run is None or is_pulled(run) else run


def is_pulled(run: SyncRun) -> bool:
    """Everything was read: what comes next needs no agent."""
    done = list(run.steps.values_list("pulled_done", flat=True))
    return bool(done) and all(done)


def needed(visit: Visit) -> bool:
    return open_run(visit.connection) is not None


def ask(visit: Visit) -> Ask | None:
    """The next message set of the run; None when there is nothing to read, or somebody else works on the run."""
    run = open_run(visit.connection)
    if run is None:
        return None
    parts: list[dict[str, Any]] = []
    along: holdings.Parts = []
    with working(run, SECONDS) as work:
        if work is not None:
            parts = _parts(visit, work)
            is_beginning = not any(part.get("iterator") for part in parts)
            along = holdings.begin(visit, run) if is_beginning and not visit.state.get("alone") else []
    return _ask(visit, run, parts, along) if parts else None


def _parts(visit: Visit, work: Work) -> list[dict[str, Any]]:
    """What to ask: the pages that follow, or, when no list is under way, the beginning of all that are left."""
    work.check()
    work.move(SyncRun.State.PULLING)
    entities = _incoming(work)
    done = set(work.run.steps.filter(pulled_done=True).values_list("entity", flat=True))
    left = [entity for entity in entities if entity.key not in done and not entity.single]
    reads = visit.state.setdefault("reads", {})
    going = [entity for entity in left if reads.get(entity.key, {}).get("iterator")]
    if going:
        return [{"entity": entity.key, "iterator": reads[entity.key]["iterator"]} for entity in going]
    marks = pull.begin(work, entities)
    _company(visit, work, entities, marks)
    return _beginnings(visit, work, left, marks)


def _incoming(work: Work) -> list[Entity]:
    return [entity for entity in registry.get(work.connection.system).entities.values() if entity.incoming]


def _company(visit: Visit, work: Work, entities: Sequence[Entity], marks: dict[str, Watermark]) -> None:
    """The company was told at the beginning of the visit."""
    dialect = registry.get(work.connection.system).dialect
    found = visit.state.get("company")
    for entity in entities:
        if entity.single and found and not work.run.steps.filter(entity=entity.key, pulled_done=True).exists():
            mark = marks[entity.key]
            mark.high = timezone.now()
            pull.save(work, entity, dialect, [found], mark, total=1)


def _beginnings(
    visit: Visit, work: Work, entities: Sequence[Entity], marks: dict[str, Watermark]
) -> list[dict[str, Any]]:
    """Lists that were read before are asked for what changed; together with what was deleted in them."""
    alone = bool(visit.state.get("alone"))
    chosen = list(entities[:1] if alone else entities)
    keys = [entity.key for entity in chosen]
    SyncStep.objects.filter(run=work.run, entity__in=keys).update(pulled=0, total=None)
    parts: list[dict[str, Any]] = [
        {"entity": entity.key, "iterator": "", "from": cursors.since(marks[entity.key])} for entity in chosen
    ]
    for part in parts:
        visit.state["reads"][part["entity"]] = cursors.begun(part["from"])
        if not part["from"]:
            _seen(visit, part["entity"]).delete()
    since = [part["from"] for part in parts if part["from"]]
    if since:
        parts.append({"entity": DELETED, "from": min(since), "of": [p["entity"] for p in parts if p["from"]]})
    return parts


def _ask(visit: Visit, run: SyncRun, parts: list[dict[str, Any]], along: holdings.Parts) -> Ask:
    entities = registry.get(visit.connection.system).entities
    requests = [*(_request(visit, part, entities) for part in parts), *holdings.requests(visit, along)]
    about = {"run": run.pk, "parts": parts, "posted": along, "number": visit.number}
    return Ask(KIND, qbxml.build(requests), about)


def _request(visit: Visit, part: dict[str, Any], entities: dict[str, Entity]) -> Request:
    name = f"{visit.number}.{part['entity']}"
    if part["entity"] == DELETED:
        kinds = [entities[key].desktop for key in part["of"]]
        deleted = {"ListDelType": kinds, "DeletedDateRangeFilter": {"FromDeletedDate": part["from"]}}
        return Request("ListDeletedQuery", name, deleted)
    entity = entities[part["entity"]]
    content: dict[str, Any] = {}
    attributes: dict[str, str] = {}
    if entity.desktop in ITERATED:
        content["MaxReturned"] = PAGE
        attributes = {"iterator": "Start"}
        if part["iterator"]:
            attributes = {"iterator": "Continue", "iteratorID": part["iterator"]}
    if not part["iterator"]:
        content["ActiveStatus"] = "All"
        content |= {"FromModifiedDate": part["from"]} if part["from"] else {}
    content["IncludeRetElement"] = list(dict.fromkeys([*ALWAYS, *entity.desktop_order]))
    return Request(f"{entity.desktop}Query", name, content, attributes)


def take(visit: Visit, asked: dict[str, Any], outcome: Outcome) -> None:
    """Brings an answer into the mirror, list by list. What goes wrong ends in the run's state, in words."""
    run = SyncRun.objects.filter(pk=asked["run"]).first()
    if run is None or not run.is_open:
        return
    trouble: AccountingError | None = None
    with working(run, SECONDS) as work:
        if work is None:
            visit.state["reads"] = {}
            return
        try:
            _take(visit, work, asked, outcome)
        except AccountingError as error:
            trouble = error
            raise
    if trouble is not None:
        raise trouble
    if is_pulled(run):
        holdings.start(visit)
        run.refresh_from_db()
        if run.is_open:
            # A pump may have put the run off while it waited for this; without a broker only the pump goes on.
            SyncRun.objects.filter(pk=run.pk).update(not_before=None)
            tasks.hint(tasks.sync, run.pk)


def _take(visit: Visit, work: Work, asked: dict[str, Any], outcome: Outcome) -> None:
    work.calls += 1
    if outcome.answer is None:
        _failed(visit, work, asked, outcome)
        return
    answered = {each.request_id.partition(".")[2]: each for each in outcome.answer.responses}
    for part in sorted(asked["parts"], key=lambda part: bool(part["entity"] != DELETED)):
        _take_part(visit, work, part, answered.get(part["entity"]))
    holdings.take(visit, asked.get("posted", []), answered)
    work.check()


def _failed(visit: Visit, work: Work, asked: dict[str, Any], outcome: Outcome) -> None:
    """One request that QuickBooks can't read spoils the message set: asked one by one, the others are read."""
    visit.state["reads"] = {}
    if not hresults.is_parse_error(outcome.hresult):
        trouble = hresults.trouble(outcome.hresult, outcome.message)
        raise Retryable(trouble.words, code=outcome.hresult)
    if not visit.state.get("alone"):
        visit.state["alone"] = True
        return
    part = asked["parts"][0]
    entity = registry.get(work.connection.system).entities[part["entity"]]
    words = f"This QuickBooks doesn't answer BigTime's question for “{entity.label}”. The other lists were read."
    SyncIssue.objects.create(
        connection=work.connection, run=work.run, entity=entity.key, kind=SyncIssue.Kind.INTERNAL, code="unreadable",
        message=words, detail=outcome.message,
    )  # fmt: skip
    SyncStep.objects.filter(run=work.run, entity=entity.key).update(pulled_done=True)


def _take_part(visit: Visit, work: Work, part: dict[str, Any], response: Response | None) -> None:
    if response is None:
        raise Retryable("QuickBooks left a question unanswered.", code="missing")
    if response.status >= statuses.FIRST_ERROR and response.status not in ANSWERLESS:
        # An iterator that QuickBooks no longer knows, a lock, a right that is missing.
        visit.state["reads"] = {}
        error = statuses.error_of(response)
        if isinstance(error, Rejected):
            raise error
        raise Retryable(f"QuickBooks says: {response.message}", code=str(response.status))
    if part["entity"] == DELETED:
        _take_deleted(visit, work, response)
    else:
        _take_page(visit, work, part, response)


def _take_deleted(visit: Visit, work: Work, response: Response) -> None:
    entities = {entity.desktop: entity for entity in _incoming(work)}
    marks = {mark.entity: mark for mark in Watermark.objects.filter(connection=work.connection)}
    dialect = registry.get(work.connection.system).dialect
    for kind in {str(row.get("ListDelType")) for row in response.rows} & set(entities):
        rows = [row for row in response.rows if row.get("ListDelType") == kind]
        entity = entities[kind]
        written = pull.save(work, entity, dialect, rows, marks[entity.key], done=False)
        visit.state["changed"] = visit.state.get("changed", 0) + written


def _take_page(visit: Visit, work: Work, part: dict[str, Any], response: Response) -> None:
    entity = registry.get(work.connection.system).entities[part["entity"]]
    dialect = registry.get(work.connection.system).dialect
    mark = Watermark.objects.get(connection=work.connection, entity=entity.key)
    read = visit.state["reads"][entity.key]
    times = [wall_clock(str(row.get("TimeModified", ""))) for row in response.rows]
    read["newest"] = max([read["newest"], *times])
    read["iterator"] = response.iterator if response.remaining else ""
    first, whole = mark.high is None, not read["from"]
    done = not read["iterator"]
    if whole and not first:
        _see(visit, entity, response.rows)
    if done:
        cursors.advance(mark, read)
    total = None if done else _pulled(work, entity) + len(response.rows) + response.remaining
    written = pull.save(work, entity, dialect, response.rows, mark, done=done, first=first, total=total)
    visit.state["changed"] = visit.state.get("changed", 0) + written
    if done:
        SyncStep.objects.filter(run=work.run, entity=entity.key).update(total=_pulled(work, entity))
        if whole and not first:
            _compare(visit, work, entity)


def _pulled(work: Work, entity: Entity) -> int:
    return SyncStep.objects.values_list("pulled", flat=True).get(run=work.run, entity=entity.key)


def _see(visit: Visit, entity: Entity, rows: list[dict[str, Any]]) -> None:
    """Ids of a list that is read whole once more, to find what is gone."""
    why = f"list {entity.key}"
    seen = [Looked(session=visit.session, why=why, remote_id=row["ListID"], data={}) for row in rows]
    Looked.objects.bulk_create(seen, batch_size=1000)


def _compare(visit: Visit, work: Work, entity: Entity) -> None:
    seen = _seen(visit, entity.key)
    pull.vanished(work, entity, set(seen.values_list("remote_id", flat=True)))
    seen.delete()


def _seen(visit: Visit, entity: str) -> QuerySet[Looked]:
    return Looked.objects.filter(session=visit.session, why=f"list {entity}")
