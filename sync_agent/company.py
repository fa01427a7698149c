"""The company file as the agent itself looks at it: what it is called, who is signed in, whose it is.

The Web Connector asks the same three things (host, company, preferences) at the start of every session and hands the
answer to the service with the first sendRequestXML.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from xml.sax.saxutils import escape

from sync_agent.configuration import Configuration
from sync_agent.host import Host, HostError
from sync_agent.hresults import UNANSWERED

QBXML = "13.0"
FILE_ID = "FileID"
_HEAD = f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{QBXML}"?>'


@dataclass(frozen=True)
class Company:
    """Facts of an open company file. `whole_answer` is QuickBooks' own text, as the service wants it."""

    file: str = ""
    name: str = ""
    product: str = ""
    country: str = "US"
    single_user: bool = False
    automatic_login: bool = False
    user: str = ""
    file_id: str = ""
    major: int = 13
    minor: int = 0
    whole_answer: str = ""


def look_at(host: Host, owner_id: str = "") -> Company:
    """Asks the open session. Raises HostError as QuickBooks does."""
    answer = host.process(questions(owner_id))
    versions = host.versions()
    root = ET.fromstring(answer.encode())  # noqa: S314 - QuickBooks' own words on this computer
    return described(root, file=host.company_file(), versions=versions, whole_answer=answer)


def questions(owner_id: str = "") -> str:
    """Host, company and preferences in one message set; with an owner also the file's own mark."""
    owner = f"<OwnerID>{escape(owner_id)}</OwnerID>" if owner_id else ""
    return (
        f'{_HEAD}<QBXML><QBXMLMsgsRq onError="continueOnError"><HostQueryRq requestID="1"/>'
        f'<CompanyQueryRq requestID="2">{owner}</CompanyQueryRq><PreferencesQueryRq requestID="3"/>'
        "</QBXMLMsgsRq></QBXML>"
    )


def described(root: ET.Element, *, file: str, versions: list[str], whole_answer: str) -> Company:
    """The answer's facts. Missing elements are empty, because QuickBooks leaves out what it has no value for."""
    rights = ".//PreferencesRet/CurrentAppAccessRights/"
    automatic = root.findtext(rights + "IsAutomaticLoginAllowed", "") == "true"
    spoken = versions or [found.text or "" for found in root.findall(".//HostRet/SupportedQBXMLVersion")]
    major, minor = max((_pair(version) for version in spoken), default=(13, 0))
    return Company(
        file=file,
        name=root.findtext(".//CompanyRet/CompanyName", ""),
        product=root.findtext(".//HostRet/ProductName", ""),
        country=root.findtext(".//HostRet/Country", "US"),
        single_user=root.findtext(".//HostRet/QBFileMode", "") == "SingleUser",
        automatic_login=automatic,
        user=root.findtext(rights + "AutomaticLoginUserName", "") if automatic else "",
        file_id=_mark(root),
        major=major,
        minor=minor,
        whole_answer=whole_answer,
    )


def stamp(host: Host, configuration: Configuration) -> None:
    """Writes the file's own mark into it, where it has none: a private field that only this application sees.

    It tells this company's file from any other with the same path. A file that already has one keeps it, and a
    QuickBooks that refuses is no reason to stop: the mark helps, nothing depends on it.
    """
    if not (configuration.owner_id and configuration.file_id):
        return
    for request in _stamping(configuration.owner_id, configuration.file_id):
        try:
            host.process(request)
        except HostError as error:
            if error.hresult == UNANSWERED:
                raise


def _stamping(owner_id: str, file_id: str) -> list[str]:
    owner = f"<OwnerID>{escape(owner_id)}</OwnerID><DataExtName>{FILE_ID}</DataExtName>"
    define = (
        f"<DataExtDefAddRq><DataExtDefAdd>{owner}<DataExtType>STR255TYPE</DataExtType>"
        "<AssignToObject>Company</AssignToObject></DataExtDefAdd></DataExtDefAddRq>"
    )
    fill = (
        f"<DataExtAddRq><DataExtAdd>{owner}<OtherDataExtType>Company</OtherDataExtType>"
        f"<DataExtValue>{escape(file_id)}</DataExtValue></DataExtAdd></DataExtAddRq>"
    )
    return [f'{_HEAD}<QBXML><QBXMLMsgsRq onError="stopOnError">{rq}</QBXMLMsgsRq></QBXML>' for rq in (define, fill)]


def _mark(root: ET.Element) -> str:
    for field in root.findall(".//CompanyRet/DataExtRet"):
        if field.findtext("DataExtName") == FILE_ID:
            return field.findtext("DataExtValue", "")
    return ""


def _pair(version: str) -> tuple[int, int]:
    head, _, tail = version.strip().partition(".")
    return (int(head), int(tail or 0)) if head.isdigit() and (tail or "0").isdigit() else (0, 0)
