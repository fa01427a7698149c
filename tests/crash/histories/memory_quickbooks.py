"""QuickBooks Desktop as far as posting needs it, in memory: it answers message sets, one after the other."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from lxml import etree

from integrations.quickbooks.desktop import qbxml

from .world import Json, Ledger, Row

NOTHING_STORED, NOTHING_FOUND = "600", "1"


class Quit(Exception):
    """QuickBooks went away in the middle: what was done stays, and it remembers nothing of it."""


class MemoryQuickBooks:
    """One company file, whose time transactions are the ledger's."""

    def __init__(self, ledger: Ledger, company: str) -> None:
        self.ledger, self.company = ledger, company
        self.remembered: tuple[str, str] = ("", "")

    def process(self, text: str, *, most: int | None = None) -> str:
        """The answer. Raises Quit after `most` requests."""
        message_set = etree.fromstring(text.encode()).find("QBXMLMsgsRq")
        requests = list(message_set)
        if not requests:
            return self._recover(message_set.get("oldMessageSetID"))
        answer = _empty(message_set.get("newMessageSetID"), "0")
        for number, request in enumerate(requests):
            if number == most:
                raise Quit
            answer[0].append(self._response(request))
        written = etree.tostring(answer, encoding="unicode")
        if message_set.get("newMessageSetID"):
            self.remembered = (message_set.get("newMessageSetID"), written)
        return written

    def adds(self, text: str) -> list[Json]:
        """The records that a message set would add."""
        found = etree.fromstring(text.encode()).iter("TimeTrackingAdd")
        return [qbxml._value(each) for each in found]

    def _recover(self, set_id: str) -> str:
        own, answer = self.remembered
        return answer if own == set_id else etree.tostring(_empty("", NOTHING_STORED), encoding="unicode")

    def _response(self, request: Any) -> Any:
        name = request.tag.removesuffix("Rq")
        rows = self._rows(name, request)
        response = etree.Element(f"{name}Rs", requestID=request.get("requestID") or "")
        response.set("statusCode", "0" if rows else NOTHING_FOUND)
        for tag, row in rows:
            _fill(etree.SubElement(response, tag), row)
        return response

    def _rows(self, name: str, request: Any) -> list[tuple[str, Json]]:
        if name == "TimeTrackingAdd":
            self.ledger.add(qbxml._value(request.find("TimeTrackingAdd")))
            return [("TimeTrackingRet", _shown(list(self.ledger.rows.values())[-1]))]
        if name == "TimeTrackingQuery":
            return [("TimeTrackingRet", _shown(row)) for row in self._asked(request)]
        if name == "TxnDeletedQuery":
            return [("TxnDeletedRet", {"TxnDelType": "TimeTracking", "TxnID": own}) for own in self.ledger.deleted]
        told = {"HostQuery": {"Country": "US"}, "CompanyQuery": {"CompanyName": self.company}, "PreferencesQuery": {}}
        return [(f"{name.removesuffix('Query')}Ret", told[name])] if name in told else []

    def _asked(self, request: Any) -> list[Row]:
        ids = [each.text for each in request.iter("TxnID")]
        if ids:
            return [self.ledger.rows[each] for each in ids if each in self.ledger.rows]
        since = request.findtext(".//FromModifiedDate") or ""
        return [row for row in self.ledger.rows.values() if _wall(row) >= since]


def _wall(row: Row) -> str:
    """Its clock shows Greenwich time."""
    return row.modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _shown(row: Row) -> Json:
    created = row.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    times = {"TimeCreated": f"{created}+00:00", "TimeModified": f"{_wall(row)}+00:00"}
    return {"TxnID": row.id, **times, "EditSequence": str(row.version), **row.document}


def _empty(set_id: str | None, status: str) -> Any:
    root = etree.Element("QBXML")
    message_set = etree.SubElement(root, "QBXMLMsgsRs")
    if set_id is not None:
        message_set.set("newMessageSetID", set_id)
        message_set.set("messageSetStatusCode", status)
    return root


def _fill(parent: Any, values: Json) -> None:
    for name, value in values.items():
        element = etree.SubElement(parent, name)
        if isinstance(value, dict):
            _fill(element, value)
        else:
            element.text = str(value)
