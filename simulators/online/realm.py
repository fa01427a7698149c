"""One company's books: its tables, the names taken in it and the ids it has given out."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulators.online import clock
from simulators.online.entities import ENTITIES, FIRST_ID
from simulators.online.entity import Entity, Json
from simulators.online.names import plain_name
from simulators.online.rows import Row, Table, column_value, encode


@dataclass(frozen=True)
class Tombstone:
    """What change data capture knows of an object that is gone."""

    entity: str
    id: str
    at: int

    def as_json(self) -> Json:
        meta = {"LastUpdatedTime": clock.stamp(self.at)}
        return {"status": "Deleted", "domain": "QBO", "Id": self.id, "MetaData": meta}


@dataclass
class Realm:
    """A company. Nothing here checks a rule: that is done before (operations), so a replayed log goes the same way."""

    id: str
    name: str
    currency: str = "USD"
    tables: dict[str, Table] = field(default_factory=dict)
    tombstones: list[Tombstone] = field(default_factory=list)
    children: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    closing_password: bool = False
    _names: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _next: dict[str, int] = field(default_factory=dict)
    _preferences: tuple[Row, Json] | None = None

    def __post_init__(self) -> None:
        self.tables = {entity.name: Table(entity) for entity in ENTITIES.values()}

    def new_id(self, entity: Entity) -> str:
        """The next id of the entity's sequence."""
        if entity.single:
            return "1"
        sequence = entity.names or entity.name
        value = self._next.get(sequence, FIRST_ID.get(sequence, 1))
        self._next[sequence] = value + 1
        return str(value)

    def reserve(self, entity: Entity, count: int) -> int:
        """The first of ``count`` ids in a row."""
        first = int(self.new_id(entity))
        self._next[entity.names or entity.name] = first + count
        return first

    def find(self, entity: str, id: str) -> Row | None:
        return self.tables[entity].rows.get(id)

    def holder(self, entity: Entity, name: str) -> tuple[str, str] | None:
        """(entity, id) of who bears a name in the entity's name group."""
        return self._names.get((entity.names or entity.name, name.strip().casefold()))

    def preferences(self) -> Json:
        """The company's switches, parsed once for each state of them: to be read, not to be changed."""
        row = self.find("Preferences", "1")
        if row is None:
            return {}
        if self._preferences is None or self._preferences[0] is not row:
            self._preferences = (row, row.data)
        return self._preferences[1]

    def book_close_date(self) -> str:
        """ISO day up to which the books are closed, or an empty text."""
        return str(self.preferences().get("AccountingInfoPrefs", {}).get("BookCloseDate") or "")

    def put(self, entity: Entity, data: Json, token: int, created: int, updated: int) -> Row:
        """Store an object (without common attributes) and everything that follows from it."""
        table = self.tables[entity.name]
        before = table.rows.get(str(data["Id"]))
        row = build_row(entity, data, token, created, updated)
        old = before.data if before else None
        self._forget(entity, old)
        table.put(row)
        self._remember(entity, data)
        if old and old.get("FullyQualifiedName") != data.get("FullyQualifiedName"):
            self._rename_descendants(entity, data)
        self._keep_sequence(entity, row.id)
        if entity.name == "CompanyInfo":
            self.name = str(data.get("CompanyName", self.name))
        return row

    def remove(self, entity: Entity, id: str, at: int) -> None:
        row = self.tables[entity.name].rows[id]
        self._forget(entity, row.data)
        self.tables[entity.name].remove(id)
        self.tombstones.append(Tombstone(entity.name, id, at))

    def claim_name(self, entity: Entity, name: str, id: str) -> None:
        self._names[(entity.names or entity.name, name.strip().casefold())] = (entity.name, id)

    def _forget(self, entity: Entity, old: Json | None) -> None:
        if not old:
            return
        key = (entity.names or entity.name, str(old.get(entity.name_field, "")).strip().casefold())
        if self._names.get(key) == (entity.name, old["Id"]):
            del self._names[key]
        parent = old.get("ParentRef", {}).get("value")
        if parent:
            self.children.get((entity.name, parent), set()).discard(old["Id"])

    def _remember(self, entity: Entity, data: Json) -> None:
        if entity.name_field:
            self.claim_name(entity, unique_name(entity, data), data["Id"])
        parent = data.get("ParentRef", {}).get("value")
        if parent:
            self.children.setdefault((entity.name, parent), set()).add(data["Id"])

    def _rename_descendants(self, entity: Entity, parent: Json) -> None:
        """Paths and levels below follow; tokens and times of those objects do not, so a delta query won't show them."""
        table = self.tables[entity.name]
        for child in self.children.get((entity.name, parent["Id"]), ()):
            row = table.rows[child]
            data = row.data
            data["FullyQualifiedName"] = f"{plain_name(parent['FullyQualifiedName'])}:{data[entity.name_field]}"
            if "Level" in data:
                data["Level"] = int(parent.get("Level", 0)) + 1
            table.replace_raw(row, encode(data), columns_of(entity, data), reference_name(data))
            self._rename_descendants(entity, data)

    def _keep_sequence(self, entity: Entity, id: str) -> None:
        sequence = entity.names or entity.name
        if id.isdigit() and int(id) >= self._next.get(sequence, FIRST_ID.get(sequence, 1)):
            self._next[sequence] = int(id) + 1


def unique_name(entity: Entity, data: Json) -> str:
    """What must be unique: people's names everywhere, sub-accounts and sub-items below their parent."""
    own = str(data[entity.name_field])
    if entity.names == "name" or ":" not in data.get("FullyQualifiedName", ""):
        return own
    return f"{data['FullyQualifiedName'].rsplit(':', 1)[0]}:{own}"


def columns_of(entity: Entity, data: Json) -> tuple[str | float | bool | None, ...]:
    return tuple(column_value(data.get(name)) for name in entity.columns)


def build_row(entity: Entity, data: Json, token: int, created: int, updated: int) -> Row:
    """The row of an object, with the attributes that every object carries."""
    meta = {"CreateTime": clock.stamp(created), "LastUpdatedTime": clock.stamp(updated)}
    own = {key: value for key, value in data.items() if key not in ("Id", "SyncToken", "MetaData", "domain", "sparse")}
    common = {"domain": "QBO", "sparse": False, "Id": data["Id"], "SyncToken": str(token), "MetaData": meta}
    active = bool(data.get("Active", True))
    columns, name = columns_of(entity, data), reference_name(data)
    return Row(data["Id"], encode({**own, **common}), token, created, updated, active, columns, name)


def reference_name(data: Json) -> str:
    """What a reference to an object shows beside its id: people's names plain, others with their path."""
    return str(data.get("DisplayName") or data.get("FullyQualifiedName") or data.get("Name", ""))
