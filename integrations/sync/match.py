"""Is it already here? By an exact natural key, whatever its case; what fits several is a person's to decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from integrations.models import Link

from . import psa, twins
from .fates import Fate, Plan, Scope
from .targets import Note

Stage = tuple[Plan, Fate]
NEAR_TWIN = "near_twin"


def match(scope: Scope, stages: list[Stage]) -> None:
    """Turns every open fate into matched, new or none with a note; checks the new names of what is linked."""
    for label in {fate.target.model for _, fate in stages}:
        mine = [(plan, fate) for plan, fate in stages if fate.target.model == label]
        found = _candidates(label, scope.rules.firm, mine)
        takers = _takers(scope, label, found.values())
        twins.look(scope, label, [each for each in mine if _is_unheard_of(each[1], found)])
        claims: dict[Any, str] = {}
        items = _Chosen(label, scope.rules.firm)
        for plan, fate in mine:
            if fate.how == "":
                _choose(plan, fate, found, takers, items)
            if fate.how in ("matched", "new", "linked"):
                _claim(plan, fate, found, claims)
        items.load()


class _Chosen:
    """Matched fates of one model, loaded at once when all are known."""

    def __init__(self, label: str, firm: int) -> None:
        self.label, self.firm = label, firm
        self.fates: list[Fate] = []

    def load(self) -> None:
        items = psa.by_id(self.label, (fate.ours or 0 for fate in self.fates), self.firm)
        for fate in self.fates:
            fate.item = items.get(fate.ours or 0)


def _key(column: str, fate: Fate) -> tuple[str, str, int | None]:
    owner = fate.owner if fate.target.within else None
    return column, str(fate.values.get(column) or ""), owner


def _candidates(label: str, firm: int, stages: Iterable[Stage]) -> dict[Any, list[Any]]:
    """By (column, value, owner): the (id, name, e-mail) of ours that carry the value there."""
    found: dict[Any, list[Any]] = {}
    asked = defaultdict(list)
    for _, fate in stages:
        if fate.how == "none" or (fate.owner_new and fate.how == ""):
            continue
        for column in fate.target.keys:
            if fate.values.get(column):
                within = fate.target.within[0] if fate.target.within else ""
                asked[column, within].append(_key(column, fate)[1:])
    for (column, within), questions in asked.items():
        for question, rows in psa.find(label, column, list(dict.fromkeys(questions)), firm, within).items():
            found[(column, *question)] = rows
    return found


def _is_unheard_of(fate: Fate, found: dict[Any, list[Any]]) -> bool:
    """Nothing here carries any of its keys, and what it belongs to is here."""
    if fate.how or fate.owner_new:
        return False
    return not any(found.get(_key(column, fate)) for column in fate.target.keys)


def _takers(scope: Scope, label: str, found: Iterable[list[Any]]) -> dict[int, str]:
    """Whose name each of ours carries already: our id → the name of the record that it is linked to."""
    ids = {row[0] for rows in found for row in rows}
    if not ids:
        return {}
    links = Link.objects.filter(
        connection=scope.connection, entity=scope.entity.key, local_model=label, local_id__in=ids
    )
    return {ours or 0: name or "" for ours, name in links.values_list("local_id", "remote__name")}


def _choose(plan: Plan, fate: Fate, found: dict[Any, list[Any]], takers: dict[int, str], items: _Chosen) -> None:
    for column in fate.target.keys:
        rows = found.get(_key(column, fate), [])
        free = [row for row in rows if row[0] not in takers]
        if len(free) > 1:
            return _ask(plan, fate, "ambiguous", f"{len(free)} records here fit “{plan.name}”. Choose one.")
        if free and column == "name" and _differ(free[0][2], fate.values.get("email")):
            words = f"“{plan.name}” is here with another e-mail address. Is it the same?"
            return _ask(plan, fate, "other_email", words)
        if free:
            fate.how, fate.ours = "matched", free[0][0]
            items.fates.append(fate)
            return None
        if rows and column == "name":
            other = takers[rows[0][0]]
            words = f"“{plan.name}” would be called as something here that is linked to “{other}” already."
            return _ask(plan, fate, "name_taken", words)
    if fate.twin:
        return _ask(plan, fate, NEAR_TWIN, _twin_words(fate))
    if fate.target.decide:
        return _ask(plan, fate, "new_here", fate.target.decide)
    fate.how = "none" if plan.needs_person else "new"
    return None


def _twin_words(fate: Fate) -> str:
    name = fate.values["name"]
    if fate.twin is None or fate.twin.many > 1:
        return f"“{name}” is called nearly as several that are here already. Link it to one, or create it as new."
    if name.split() == fate.twin.name.split():
        return f"“{name}” is here already, written with other spaces. Link it to that, or create it as new."
    return f"“{name}” could be “{fate.twin.name}”, which is here already. Link it to that, or create it as new."


def _claim(plan: Plan, fate: Fate, found: dict[Any, list[Any]], claims: dict[Any, str]) -> None:
    """No two of one page may become the same, and no rename may take a name that is in use."""
    identity = _key("name", fate)
    if "name" not in fate.target.keys:
        return
    where: Any = plan.remote_id if fate.owner_new else identity[2]
    claim = (fate.ours,) if fate.how == "matched" else (identity[1].lower(), where)
    others = [row for row in found.get(identity, []) if row[0] != fate.ours] if fate.how == "linked" else []
    if fate.how == "linked" and _stays(fate, identity[1]):
        return
    if claim in claims or others:
        other = claims.get(claim) or (others[0][1] if others else "")
        words = f"“{plan.name}” would be called like “{other}”, which is another record. Rename one of them."
        plan.notes.append(Note("decision", "name_taken", words))
        if fate.how == "linked":
            fate.values.pop("name")
            fate.owner = None
        else:
            fate.how, fate.ours, fate.item = "none", None, None
        return
    claims[claim] = plan.name


def _stays(fate: Fate, name: str) -> bool:
    """What is linked keeps its name and its owner; then it can't get into another's way."""
    if fate.item is None or not name or (fate.by_person and fate.item.name.casefold() != name.casefold()):
        return True
    within = fate.target.within
    moves = within is not None and fate.owner not in (None, getattr(fate.item, f"{within[0]}_id"))
    return bool(fate.item.name == name and not moves)


def _ask(plan: Plan, fate: Fate, code: str, words: str) -> None:
    fate.how = "none"
    plan.notes.append(Note("decision", code, words))


def _differ(one: str, other: Any) -> bool:
    return bool(one and other) and one.casefold() != str(other).casefold()
