"""What every entity owes in every edition: it reads its sample, writes it back, refuses what it can't understand."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from integrations import registry
from integrations.models import Connection, Link, RemoteRecord, SyncChange, SyncIssue, SyncRun
from integrations.sync import apply, mirror, plan, runs
from integrations.sync.errors import Rejected
from integrations.sync.fields import Address, Amount, Choice, Date, Field, Flag, Ref, Text
from integrations.sync.mapper import Entity
from tests.factories import ConnectionFactory

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
EDITIONS = {system.dialect.key: system for system in registry.installed()}
CASES = [(edition, entity) for edition, system in EDITIONS.items() for entity in system.entities.values()]
INCOMING = [(edition, entity) for edition, entity in CASES if entity.incoming]
# What stands inside a reference, by edition.
REFERENCE = {"online": "value", "desktop": "ListID"}
WRONG: dict[type[Field], Any] = {Flag: "perhaps", Amount: "a lot", Date: "tomorrow", Choice: 7}


def name_case(value: Any) -> str:
    return value.key if isinstance(value, Entity) else str(value)


def sample(edition: str, entity: Entity) -> dict[str, Any]:
    text = (SAMPLES / edition / f"{entity.key}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


# A sample says by `written: null` that its list is only read.
WRITTEN = [(edition, entity) for edition, entity in CASES if sample(edition, entity)["written"] is not None]
every_entity = pytest.mark.parametrize(("edition", "entity"), CASES, ids=name_case)
every_written = pytest.mark.parametrize(("edition", "entity"), WRITTEN, ids=name_case)
every_incoming = pytest.mark.parametrize(("edition", "entity"), INCOMING, ids=name_case)


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value


@every_entity
def test_it_reads_its_sample(edition: str, entity: Entity) -> None:
    case = sample(edition, entity)
    values = entity.read(case["raw"], EDITIONS[edition].dialect)
    assert {name: plain(value) for name, value in values.items()} == case["values"]


@every_written
def test_it_writes_its_sample_back(edition: str, entity: Entity) -> None:
    case = sample(edition, entity)
    dialect = EDITIONS[edition].dialect
    written = entity.write(entity.read(case["raw"], dialect), dialect)
    assert json.loads(json.dumps(written)) == case["written"]
    assert list(written) == list(case["written"])


@every_entity
def test_what_is_optional_may_be_missing(edition: str, entity: Entity) -> None:
    case = sample(edition, entity)
    dialect = EDITIONS[edition].dialect
    for key in case["raw"]:
        raw = {name: value for name, value in case["raw"].items() if name != key}
        values = entity.read(raw, dialect)
        assert set(values) == set(entity.fields)
    assert set(entity.read({}, dialect)) == set(entity.fields)


@every_entity
def test_a_value_of_the_wrong_type_is_refused_by_name(edition: str, entity: Entity) -> None:
    case = sample(edition, entity)
    dialect = EDITIONS[edition].dialect
    tried = 0
    for name, field in entity.fields.items():
        path = field.paths.get(edition)
        if not path or hasattr(entity, f"read_{name}"):
            continue
        raw = deepcopy(case["raw"])
        wrong = WRONG.get(type(field), ["a", "list"])
        at = f"{path}.{REFERENCE[edition]}" if isinstance(field, Ref) else path
        place = raw
        *above, last = at.split(".")
        for part in above:
            place = place.setdefault(part, {})
        place[last] = wrong
        with pytest.raises(Rejected) as refusal:
            entity.read(raw, dialect)
        named = {each for each, other in entity.fields.items() if other.paths.get(edition) == path} | {path}
        assert refusal.value.detail in named
        tried += 1
    assert tried


@every_entity
def test_a_part_where_there_should_be_several_is_refused(edition: str, entity: Entity) -> None:
    dialect = EDITIONS[edition].dialect
    for field in entity.fields.values():
        path = field.paths.get(edition, "")
        if "." in path or (path and isinstance(field, Ref | Address)):
            with pytest.raises(Rejected):
                entity.read({path.split(".")[0]: "just a word"}, dialect)


def bring(connection: Connection, entity: Entity, edition: str, raw: dict[str, Any]) -> SyncRun:
    """Mirrors one raw record and brings it over."""
    page = mirror.read_page(entity, EDITIONS[edition].dialect, [raw])
    run = runs.apply_now(connection=connection)
    with transaction.atomic():
        mirror.store(connection, entity, page, first=False)
        rows = [row for rows in apply.pages(apply.scope_of(connection, entity)) for row in rows]
        apply.bring(run, apply.scope_of(connection, entity), rows)
    SyncRun.objects.filter(pk=run.pk).update(state="done")
    return run


@pytest.mark.django_db
@every_incoming
def test_bringing_it_over_twice_is_once(edition: str, entity: Entity) -> None:
    connection = ConnectionFactory.create(system=EDITIONS[edition].key)
    raw = sample(edition, entity)["raw"]
    bring(connection, entity, edition, raw)
    before = Link.objects.count(), SyncChange.objects.count(), SyncIssue.objects.count()
    row = RemoteRecord.objects.get(connection=connection)
    with CaptureQueriesContext(database) as captured:
        run = bring(connection, entity, edition, raw)
    assert RemoteRecord.objects.get(connection=connection).received_at == row.received_at
    assert (Link.objects.count(), SyncChange.objects.count(), SyncIssue.objects.count()) == before
    assert not run.changes.exists()
    changed = [query["sql"] for query in captured if query["sql"].startswith("UPDATE")]
    assert not [sql for sql in changed if "syncrun" not in sql]
    assert list(plan.rows(connection, entity).filter(pending=True)) == []


@pytest.mark.django_db
@every_incoming
def test_a_record_that_cannot_be_read_becomes_an_issue_and_is_kept(edition: str, entity: Entity) -> None:
    connection = ConnectionFactory.create(system=EDITIONS[edition].key)
    path = next(f.paths[edition] for f in entity.fields.values() if isinstance(f, Text) and edition in f.paths)
    raw = {**sample(edition, entity)["raw"], path.split(".")[0]: ["not", "words"]}
    bring(connection, entity, edition, raw)
    kept = RemoteRecord.objects.get(connection=connection)
    assert (kept.data, kept.pending) == (raw, False)
    issue = SyncIssue.objects.get()
    assert (issue.kind, issue.code, issue.remote_id) == ("rejected", "wrong_type", kept.pk)
    assert not Link.objects.exists()
