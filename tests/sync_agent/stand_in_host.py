"""A request processor of a few lines: answers lines of JSON as a script of behaviours says. Run as a program.

Its first argument is a JSON object: which methods fail with what number, which sleep, and where to write what came.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

COMPANY = (
    '<?xml version="1.0" ?>\n<QBXML><QBXMLMsgsRs>'
    '<HostQueryRs requestID="1" statusCode="0"><HostRet><ProductName>QuickBooks Pro 2024</ProductName>'
    "<Country>US</Country><SupportedQBXMLVersion>13.0</SupportedQBXMLVersion>"
    "<QBFileMode>SingleUser</QBFileMode></HostRet></HostQueryRs>"
    '<CompanyQueryRs requestID="2" statusCode="0"><CompanyRet><CompanyName>Café Northwind</CompanyName>'
    "</CompanyRet></CompanyQueryRs>"
    '<PreferencesQueryRs requestID="3" statusCode="0"><PreferencesRet><CurrentAppAccessRights>'
    "<IsAutomaticLoginAllowed>true</IsAutomaticLoginAllowed><AutomaticLoginUserName>Admin</AutomaticLoginUserName>"
    "</CurrentAppAccessRights></PreferencesRet></PreferencesQueryRs></QBXMLMsgsRs></QBXML>"
)
ANSWERS = {
    "BeginSession": "ticket-1",
    "GetCurrentCompanyFileName": r"C:\Books\Northwind.qbw",
    "QBXMLVersionsForSession": ["12.0", "13.0"],
}


def result(asked: dict, script: dict) -> dict:
    """The answer to one line, after whatever the script has for its method and text."""
    text = json.dumps(asked["args"])
    for rule in script.get("rules", []):
        if rule["method"] == asked["method"] and rule.get("has", "") in text:
            time.sleep(rule.get("sleep", 0))
            if "die" in rule:
                sys.exit(1)
            if "raw" in rule:
                return rule["raw"]
            if "hresult" in rule:
                return {"id": asked["id"], "error": {"hresult": rule["hresult"], "message": rule.get("message", "")}}
    if asked["method"] == "ProcessRequest":
        company = "HostQueryRq" in text
        said = COMPANY if company else f"<QBXML>{asked['args'][1].count('Rq')}</QBXML>"
        return {"id": asked["id"], "result": said}
    return {"id": asked["id"], "result": ANSWERS.get(asked["method"])}


def main() -> None:
    script = json.loads(sys.argv[1])
    with Path(script["journal"]).open("a", encoding="utf-8") as journal:
        for line in sys.stdin:
            asked = json.loads(line)
            journal.write(line)
            journal.flush()
            sys.stdout.write(json.dumps(result(asked, script)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
