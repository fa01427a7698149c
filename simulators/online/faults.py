"""Faults to order: rules that make the next matching calls fail the way Intuit, or the network to it, can."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from simulators.online.entities import entity_named
from simulators.online.errors import WORDS, Refusal

# kind -> what happens, for the fault panel
CALL_KINDS = {
    "unauthorized": "401: the access token is refused",
    "forbidden": "403: the app is not connected to this company (3100)",
    "throttled": "429: too many requests",
    "error_500": "500 Internal Server Error",
    "error_503": "503 Service Unavailable",
    "html": "An HTML page instead of JSON",
    "truncated": "The answer's JSON breaks off in the middle (the write is done)",
    "slow": "The answer takes so many seconds",
    "reset_before": "The connection is cut before anything is done",
    "reset_after": "The connection is cut after the write is done",
    "late_commit": "The connection is cut now, the write is done so many seconds later",
}
ITEM_KINDS = {
    "stale": "5010: somebody else changed the object",
    "closed_period": "6200: the books are closed",
    "read_only": "6190: the subscription has ended, the company is read only",
    "system": "10000: an application error inside Intuit",
    "code": "Refused with a code of your own",
}
KINDS = {**CALL_KINDS, **ITEM_KINDS}
_ITEM_CODES = {"stale": "5010", "closed_period": "6200", "read_only": "6190", "system": "10000"}
_ALWAYS_COMMIT = ("truncated", "reset_after", "late_commit", "slow")
WRITES = frozenset({"create", "update", "delete"})
OPERATIONS = ("any", "write", "read", "create", "update", "delete", "batch", "query", "get", "cdc", "token")


class BadRule(ValueError):
    """A rule can't be understood; the text says why."""


@dataclass(frozen=True)
class Call:
    """What a rule is matched with: ``operations`` and ``entities`` are those of a batch's items too."""

    kind: str
    operations: frozenset[str] = frozenset()
    entities: frozenset[str] = frozenset()


@dataclass
class Rule:
    """``count`` None means until it is taken away; ``skip`` lets so many matching calls pass first."""

    id: int
    kind: str
    count: int | None = 1
    entity: str | None = None
    operation: str = "any"
    batch_item: int | None = None
    seconds: float = 0.0
    commit: bool = False
    skip: int = 0
    code: str = ""
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        match = {"entity": self.entity, "operation": self.operation, "batch_item": self.batch_item}
        rest = {"seconds": self.seconds, "commit": self.commit, "skip": self.skip, "code": self.code}
        return {"id": self.id, "kind": self.kind, "count": self.count, "match": match, **rest, "detail": self.detail}

    def wants(self, call: Call) -> bool:
        if self.entity and self.entity not in call.entities:
            return False
        if self.operation == "any":
            return call.kind != "token"
        if self.operation == "write":
            return bool(call.operations & WRITES)
        if self.operation == "read":
            return call.kind in ("query", "get", "cdc")
        return self.operation == call.kind or self.operation in call.operations

    def spend(self) -> bool:
        """Whether the rule acts this time."""
        if self.skip:
            self.skip -= 1
            return False
        if self.count is not None:
            self.count -= 1
        return True

    def refusal(self) -> Refusal:
        """For item kinds: what the item is refused with."""
        return Refusal(_ITEM_CODES.get(self.kind, self.code), self.detail)


@dataclass
class FaultRules:
    """The rules of one company, tried in order."""

    rules: list[Rule] = field(default_factory=list)
    _ids: count[int] = field(default_factory=lambda: count(1))

    def add(self, body: Any) -> Rule:
        """Raises BadRule."""
        rule = _read_rule(next(self._ids), body)
        self.rules.append(rule)
        return rule

    def replace(self, bodies: list[Any]) -> None:
        """All or nothing. Raises BadRule."""
        self.rules = [_read_rule(next(self._ids), body) for body in bodies]

    def remove(self, id: int) -> None:
        self.rules = [rule for rule in self.rules if rule.id != id]

    def take_call(self, call: Call) -> Rule | None:
        """The fault that befalls a whole call."""
        return self._take(CALL_KINDS, call, None)

    def take_item(self, operation: str, entity: str, index: int | None) -> Rule | None:
        """The fault that befalls one item of a batch, or a single write (index None)."""
        return self._take(ITEM_KINDS, Call(operation, frozenset({operation}), frozenset({entity})), index)

    def _take(self, kinds: dict[str, str], call: Call, index: int | None) -> Rule | None:
        for rule in self.rules:
            if rule.kind not in kinds or not rule.wants(call):
                continue
            if rule.kind in ITEM_KINDS and rule.batch_item is not None and rule.batch_item != index:
                continue
            if rule.spend():
                self.rules = [kept for kept in self.rules if kept.count is None or kept.count > 0]
                return rule
        return None


def _read_rule(id: int, body: Any) -> Rule:
    if not isinstance(body, dict) or body.get("kind") not in KINDS:
        raise BadRule(f"kind must be one of {', '.join(KINDS)}.")
    match = {**(body.get("match") or {})}
    operation = match.get("operation") or "any"
    if operation not in OPERATIONS:
        raise BadRule(f"match.operation must be one of {', '.join(OPERATIONS)}.")
    entity = entity_named(match["entity"]) if match.get("entity") else None
    if match.get("entity") and entity is None:
        raise BadRule(f"There is no entity {match['entity']}.")
    code = str(body.get("code") or "")
    if body["kind"] == "code" and code not in WORDS:
        raise BadRule(f"code must be one of {', '.join(WORDS)}.")
    times = body.get("count", 1)
    if times is not None and (not isinstance(times, int) or times < 1):
        raise BadRule("count must be a whole number from 1, or null for as long as the rule stands.")
    item = match.get("batch_item")
    commit = bool(body.get("commit", body["kind"] in _ALWAYS_COMMIT))
    name = entity.name if entity else None
    seconds, skip = float(body.get("seconds") or 0), int(body.get("skip") or 0)
    return Rule(
        id, body["kind"], times, name, operation, item, seconds, commit, skip, code, str(body.get("detail") or "")
    )
