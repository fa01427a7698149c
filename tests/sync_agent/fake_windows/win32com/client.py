"""Stands where pywin32's module is on Windows: Dispatch gives a request processor that asks the simulated QuickBooks.

Methods and their order of arguments are those of QBXMLRP2.RequestProcessor; any other name is unknown, as to COM.
"""

from __future__ import annotations

import json
import os
import urllib.request
import uuid
from typing import Any

import pythoncom
import pywintypes

_EXCEPTION_OCCURRED, _NOT_REGISTERED = -2147352567, -2147221164
_UNKNOWN_NAME = -2147352570
ARGUMENTS = {
    "OpenConnection2": 3, "BeginSession": 2, "ProcessRequest": 2, "GetCurrentCompanyFileName": 1, "EndSession": 1,
    "CloseConnection": 0, "QBXMLVersionsForSession": 1,
}  # fmt: skip


def Dispatch(name: str) -> RequestProcessor:
    pythoncom.note("Dispatch", name)
    if os.environ.get("FAKE_COM") == "missing" or name != "QBXMLRP2.RequestProcessor":
        raise pywintypes.com_error(_NOT_REGISTERED, "Class not registered", None, None)
    return RequestProcessor()


class Preferences:
    def PutIsReadOnly(self, value: bool) -> None:
        pythoncom.note("PutIsReadOnly", value)

    def PutUnattendedModePref(self, value: int) -> None:
        pythoncom.note("PutUnattendedModePref", value)


class RequestProcessor:
    MajorVersion, MinorVersion = 16, 0

    def __init__(self) -> None:
        self._id = str(uuid.uuid4())
        self.AuthPreferences = Preferences()

    def __getattr__(self, name: str) -> Any:
        if name not in ARGUMENTS:
            raise pywintypes.com_error(_UNKNOWN_NAME, "Unknown name.", None, None)
        return lambda *args: self._called(name, args)

    def _called(self, name: str, args: tuple[Any, ...]) -> Any:
        assert pythoncom.in_the_right_thread(), "wrong apartment"
        assert len(args) == ARGUMENTS[name], f"{name} takes {ARGUMENTS[name]}"
        pythoncom.note(name, *(args if name != "ProcessRequest" else ()))
        body = {"id": 1, "host": self._id, "method": name, "args": args, "opened": os.environ.get("FAKE_COM_FILE", "")}
        request = urllib.request.Request(f"{os.environ['FAKE_COM_URL']}/rp", json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request) as reply:
            answer = json.loads(reply.read())
        if "error" in answer:
            number = int(answer["error"]["hresult"], 0) - (1 << 32)
            inside = (0, "QBXMLRP2.RequestProcessor.2", answer["error"]["message"], None, 0, number)
            raise pywintypes.com_error(_EXCEPTION_OCCURRED, "Exception occurred.", inside, None)
        result = answer.get("result")
        return tuple(result) if name == "QBXMLVersionsForSession" else result
