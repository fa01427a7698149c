"""Host, company and preferences: the three records there is one of."""

from __future__ import annotations

from simulators.desktop import extensions
from simulators.desktop.company_file import CompanyFile
from simulators.desktop.entities import ENTITIES
from simulators.desktop.qbxml import VERSIONS, Answer, Request
from simulators.desktop.queries import chosen
from simulators.desktop.records import address_block
from simulators.desktop.rows import Json
from simulators.desktop.schema import TABLES
from simulators.desktop.statuses import OK

PRODUCT, MAJOR, MINOR = "QuickBooks Enterprise Solutions: Professional Services 24.0", "34", "0"
_CAPACITY = {"Entity": 1_000_000, "Item": 1_000_000, "Account": 100_000, "Class": 100_000}


def host(request: Request, *, automatic: bool, multi_user: bool) -> Answer:
    values: Json = {
        "ProductName": PRODUCT,
        "MajorVersion": MAJOR,
        "MinorVersion": MINOR,
        "Country": "US",
        "SupportedQBXMLVersion": list(VERSIONS),
        "IsAutomaticLogin": "true" if automatic else "false",
        "QBFileMode": "MultiUser" if multi_user else "SingleUser",
    }
    if request.read.values.get("IncludeListMetaData", {}).get("IncludeMaxCapacity") in ("true", "1"):
        parts = TABLES["HostRet"].element("ListMetaData").parts
        names = [name for part in parts for name in part.starts]
        values["ListMetaData"] = {
            name: {"MaxCapacity": str(_CAPACITY.get(name.removesuffix("MetaData"), 10_000))} for name in names
        }
    return _one(request, "HostRet", values)


def company(file: CompanyFile, request: Request) -> Answer:
    stored: Json = dict(file.fact("company", {}))
    for block, source in (("AddressBlock", "Address"), ("CompanyAddressBlockForCustomer", "CompanyAddressForCustomer")):
        if source in stored:
            stored[block] = address_block(stored[source])
    extra = extensions.reader(file, request.read.values.get("OwnerID"))(extensions.COMPANY)
    return _one(request, "CompanyRet", stored | ({"DataExtRet": extra} if extra else {}))


def preferences(file: CompanyFile, request: Request, app: str) -> Answer:
    grant = file.db.execute("SELECT access, user FROM grants WHERE app = ?", (app,)).fetchone()
    automatic = bool(grant and grant[0] == "always")
    rights = {"IsAutomaticLoginAllowed": "true" if automatic else "false"}
    rights |= {"AutomaticLoginUserName": grant[1]} if automatic else {}
    rights["IsPersonalDataAccessAllowed"] = "false"
    return _one(request, "PreferencesRet", file.preferences() | {"CurrentAppAccessRights": rights})


def _one(request: Request, tag: str, values: Json) -> Answer:
    """Elements in the table's order."""
    ordered = {element.name: values[element.name] for element in TABLES[tag].elements if element.name in values}
    only = request.read.values.get("IncludeRetElement")
    return Answer(request.name, request.id, *OK, records=[(tag, chosen(ordered, only))])


def counts(file: CompanyFile) -> dict[str, int]:
    """How many records of each kind there are."""
    return {name: file.count(entity) for name, entity in ENTITIES.items()}
