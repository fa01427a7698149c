"""Create, full and sparse update, read and delete of one object, with the rules that hold for every entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulators.online.entity import COMMON, Draft, Entity, Json
from simulators.online.errors import DELETED_TRANSACTION, MADE_INACTIVE, Refusal
from simulators.online.fields import Field, without_blanks
from simulators.online.names import DELETED_SUFFIX, plain_name
from simulators.online.realm import Realm, unique_name
from simulators.online.rows import Row


@dataclass(frozen=True)
class Change:
    """One committed write; ``body`` is the object after it, or before it for a delete."""

    op: str
    entity: Entity
    row: Row


def read(realm: Realm, entity: Entity, id: str) -> Row:
    row = realm.find(entity.name, "1" if entity.single else id)
    if row is None:
        raise Refusal("610", gone_text(entity))
    return row


def gone_text(entity: Entity) -> str:
    return MADE_INACTIVE if entity.is_list else DELETED_TRANSACTION


def write(
    realm: Realm, entity: Entity, body: Any, *, now: int, strict: bool = True, privileged: bool = False
) -> Change:
    """Create (no Id) or update. Raises Refusal, and then nothing has changed."""
    sent = _cleaned(entity, body, strict=strict, privileged=privileged)
    identity = ("1" if realm.find(entity.name, "1") else "") if entity.single else str(body.get("Id") or "")
    old_row = _current(realm, entity, body, identity, privileged=privileged) if identity else None
    old = old_row.data if old_row else None
    draft = Draft(realm, entity, _merged(entity, body, sent, old), old, frozenset(sent), now, privileged)
    _resolve_references(draft)
    entity.derive(draft)
    _name_rules(draft)
    entity.check(draft)
    created = old_row.created if old_row else now
    token = old_row.token + 1 if old_row else 0
    draft.new["Id"] = identity or realm.new_id(entity)
    row = realm.put(entity, draft.new, token, created, now)
    return Change("update" if old_row else "create", entity, row)


def delete(realm: Realm, entity: Entity, body: Any, *, now: int, privileged: bool = False) -> Change:
    """Remove a transaction for good. Raises Refusal."""
    if entity.is_list:
        raise Refusal("500", f"Operation Delete is not supported for {entity.name}; set Active to false.")
    if not isinstance(body, dict) or not body.get("Id"):
        raise Refusal("2020", "Required parameter Id is missing in the request", "Id")
    row = _current(realm, entity, body, str(body["Id"]), privileged=privileged)
    draft = Draft(realm, entity, {}, row.data, frozenset(), now, privileged)
    entity.check(draft)
    realm.remove(entity, row.id, now)
    return Change("delete", entity, row)


def _current(realm: Realm, entity: Entity, body: Json, id: str, *, privileged: bool) -> Row:
    row = realm.find(entity.name, id)
    if row is None:
        raise Refusal("610", gone_text(entity))
    token = body.get("SyncToken")
    if privileged and token in (None, ""):
        return row
    if token in (None, ""):
        raise Refusal("2020", "Required parameter SyncToken is missing in the request", "SyncToken")
    if str(token) != str(row.token):
        raise Refusal("5010")
    return row


def _cleaned(entity: Entity, body: Any, *, strict: bool, privileged: bool) -> Json:
    if not isinstance(body, dict):
        raise Refusal("2120", "The request body must be one object.")
    cleaned: Json = {}
    for name, value in without_blanks(body).items():
        field = entity.by_name.get(name)
        if name in COMMON or value in ("", None, [], {}):
            continue
        if field is None:
            if strict:
                raise Refusal("2010", f"Property Name:{name} specified is unsupported or invalid", name)
        elif not field.read_only or privileged:
            cleaned[name] = field.clean(value, name)
    return cleaned


def _merged(entity: Entity, body: Json, sent: Json, old: Json | None) -> Json:
    """Sparse: what was sent over what is there. Full: what was sent alone; what was left out becomes null."""
    if old and (str(body.get("sparse", "")).lower() == "true" or entity.single):
        return {**old, **sent}
    kept = {name: old[name] for name, field in entity.by_name.items() if old and _survives(field) and name in old}
    defaults = {item.name: item.default for item in entity.fields if item.default is not None}
    return {**defaults, **kept, **sent}


def _survives(field: Field) -> bool:
    return field.read_only or field.name in ("Active", "CurrencyRef")


def _resolve_references(draft: Draft) -> None:
    """Every reference that was sent must exist and be active; the server adds its name."""
    for field in draft.entity.fields:
        given = draft.new.get(field.name)
        if field.target and given:
            draft.new[field.name] = resolve(draft, field, given["value"])


def resolve(draft: Draft, field: Field, id: str) -> Json:
    row = next((found for name in field.target if (found := draft.realm.find(name, id))), None)
    if row is None:
        target = draft.realm.tables[field.target[0]].entity
        raise Refusal("2500", f"Invalid Reference Id : {target.reference_word} element id {id} not found", field.name)
    # A transaction is refused whenever it is saved; a list object may keep the inactive parent it has.
    kept = draft.entity.is_list and draft.old is not None and draft.old.get(field.name, {}).get("value") == id
    if not row.active and not kept and not draft.privileged:
        raise Refusal("610", MADE_INACTIVE, field.name)
    return {"value": id, "name": row.name}


def _name_rules(draft: Draft) -> None:
    """Inactive objects wear a suffix, which frees their name; a name is borne by one object of its group."""
    entity, new = draft.entity, draft.new
    for name in entity.suffix_fields:
        if isinstance(new.get(name), str):
            plain = plain_name(new[name])
            new[name] = plain if new.get("Active", True) else plain + DELETED_SUFFIX
    if not entity.name_field:
        return
    if entity.name_field not in new:
        raise Refusal("2020", f"Required parameter {entity.name_field} is missing in the request", entity.name_field)
    holder = draft.realm.holder(entity, unique_name(entity, new))
    same = (entity.name, draft.old["Id"] if draft.old else "")
    if holder and holder != same:
        if not new.get("Active", True):
            _number_inactive_name(draft)
        else:
            raise Refusal("6240")


def _number_inactive_name(draft: Draft) -> None:
    """Two inactive objects of one name: the later one is numbered, since making inactive never fails on a name."""
    field = draft.entity.name_field
    base, count = draft.new[field], 2
    while draft.realm.holder(draft.entity, unique_name(draft.entity, draft.new)):
        draft.new[field] = f"{base} {count}"
        if "FullyQualifiedName" in draft.entity.suffix_fields:
            path = draft.new["FullyQualifiedName"].rsplit(":", 1)[:-1]
            draft.new["FullyQualifiedName"] = ":".join([*path, draft.new[field]])
        count += 1
