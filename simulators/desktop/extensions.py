"""Custom and private data fields (DataExt): defined once, then given values on records or the company itself."""

from __future__ import annotations

from collections.abc import Callable

from simulators.desktop.company_file import CompanyFile
from simulators.desktop.entities import ENTITIES, MIXED
from simulators.desktop.rows import Json
from simulators.desktop.statuses import Refusal, bad_reference, missing, name_taken

COMPANY = "company"


def reader(file: CompanyFile, owners: list[str] | None) -> Callable[[str], list[Json]]:
    """Answers the fields of a record for the owners a query names; nothing when it names none."""
    if not owners:
        return lambda target: []
    marks = ", ".join("?" * len(owners))
    sql = (
        "SELECT v.owner, v.name, e.type, v.value FROM extension_values v JOIN extensions e USING (owner, name) "  # noqa: S608
        f"WHERE v.target = ? AND v.owner IN ({marks}) ORDER BY v.name"
    )

    def read(target: str) -> list[Json]:
        found = file.db.execute(sql, (target, *owners))
        names = ("OwnerID", "DataExtName", "DataExtType", "DataExtValue")
        return [dict(zip(names, row, strict=True)) for row in found]

    return read


def define(file: CompanyFile, values: Json) -> Json:
    """Raises Refusal when the owner has a field of that name."""
    owner, name = values["OwnerID"], values["DataExtName"]
    if _defined(file, owner, name):
        raise name_taken(name)
    objects = values.get("AssignToObject", [])
    file.db.execute(
        "INSERT INTO extensions VALUES (?, ?, ?, ?)", (owner, name, values["DataExtType"], " ".join(objects))
    )
    assigned: Json = {"AssignToObject": objects} if objects else {}
    return {"OwnerID": owner, "DataExtName": name, "DataExtType": values["DataExtType"], **assigned}


def put(file: CompanyFile, values: Json) -> Json:
    """Give a field its value, or another one. Raises Refusal when it isn't defined or its record is unknown."""
    owner, name = values["OwnerID"], values["DataExtName"]
    kind = _defined(file, owner, name)
    if not kind:
        raise Refusal(3140, f'There is an invalid reference to QuickBooks DataExtDef "{name}" in the DataExt.')
    target = _target(file, values)
    row = (owner, name, target, values["DataExtValue"])
    file.db.execute("INSERT OR REPLACE INTO extension_values VALUES (?, ?, ?, ?)", row)
    return {"OwnerID": owner, "DataExtName": name, "DataExtType": kind, **_shown_target(values),
            "DataExtValue": values["DataExtValue"]}  # fmt: skip


def drop(file: CompanyFile, values: Json) -> Json:
    target = _target(file, values)
    key = (values["OwnerID"], values["DataExtName"], target)
    file.db.execute("DELETE FROM extension_values WHERE owner = ? AND name = ? AND target = ?", key)
    return {"OwnerID": key[0], "DataExtName": key[1], **_shown_target(values)}


def _defined(file: CompanyFile, owner: str, name: str) -> str:
    sql = "SELECT type FROM extensions WHERE owner = ? AND name = ?"
    found = file.db.execute(sql, (owner, name)).fetchone()
    return str(found[0]) if found else ""


def _shown_target(values: Json) -> Json:
    names = ("ListDataExtType", "ListObjRef", "TxnDataExtType", "TxnID", "TxnLineID", "OtherDataExtType")
    return {name: values[name] for name in names if name in values}


def _target(file: CompanyFile, values: Json) -> str:
    if "OtherDataExtType" in values:
        return COMPANY
    if "ListObjRef" not in values:
        raise missing("ListObjRef")
    kind, reference = values["ListDataExtType"], values["ListObjRef"]
    kinds = MIXED["Item"] if kind == "Item" else (kind,)
    pool = ENTITIES[kinds[0]].pool
    own = reference.get("ListID") or (file.holder(pool, reference.get("FullName", "")) or ("", ""))[1]
    if file.kind_of(pool, own) not in kinds:
        raise bad_reference(kind, own or reference.get("FullName", ""), "DataExt")
    return target_of(pool, str(own))


def target_of(pool: str, id: str) -> str:
    """How a record is told from one of another list that happens to have its id."""
    return f"{pool}:{id}"
