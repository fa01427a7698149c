"""Change data capture: what changed since a moment, at most 30 days back, at most 1000 objects, not for time."""

from __future__ import annotations

from itertools import islice

from simulators.online import clock
from simulators.online.entities import entity_named
from simulators.online.entity import Entity
from simulators.online.errors import Refusal
from simulators.online.realm import Realm
from simulators.online.rows import encode

MOST_OBJECTS = 1000
MOST_DAYS = 30


def changes(realm: Realm, names: str, since: str, *, time_activity: str) -> bytes:
    """The ``CDCResponse`` list. The answer is cut at 1000 objects without a word, as Intuit's is. Raises Refusal."""
    if not names.strip():
        raise Refusal("2020", "Required parameter entities is missing in the request", "entities")
    moment = _moment(since)
    left, parts = MOST_OBJECTS, []
    for name in names.split(","):
        entity = entity_named(name.strip())
        if entity is None:
            raise Refusal("2000", f"{name.strip()} is not a valid object name.")
        part, count = _entity_changes(realm, entity, moment, left, time_activity)
        parts.append(part)
        left -= count
    return b'[{"QueryResponse":[' + b",".join(parts) + b"]}]"


def _moment(since: str) -> float:
    try:
        moment = clock.parse_instant(since)
    except ValueError:
        raise Refusal("2060", "changedSince must be a date and time.", "changedSince") from None
    if moment < clock.now() - MOST_DAYS * 86_400:
        raise Refusal("4001", f"changedSince can't be more than {MOST_DAYS} days ago.", "changedSince")
    return moment


def _entity_changes(realm: Realm, entity: Entity, moment: float, left: int, time_activity: str) -> tuple[bytes, int]:
    if entity.name == "TimeActivity" and time_activity != "supported":
        if time_activity == "silent":
            return b"{}", 0
        raise Refusal("4001", "QueryValidationError: TimeActivity is not supported by change data capture")
    table = realm.tables[entity.name]
    texts = [row.raw for row in islice(table.changed_since(moment, inclusive=True), left)]
    gone = (stone for stone in realm.tombstones if stone.entity == entity.name and stone.at >= moment)
    texts += [encode(stone.as_json()) for stone in islice(gone, left - len(texts))]
    if not texts:
        return b"{}", 0
    head = b'{"%s":[' % entity.name.encode()
    return head + b",".join(texts) + b'],"startPosition":1,"maxResults":%d}' % len(texts), len(texts)
