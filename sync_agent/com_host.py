"""The child that speaks to QuickBooks by COM: QBXMLRP2.RequestProcessor, one line of JSON in, one out.

COM wants the thread that made an object to use it, so everything happens in the main thread of this process; and it
may hang while QuickBooks shows a dialog, so it is a process of its own that the agent can end.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import IO, Any

from sync_agent.instance import held

METHODS = (
    "OpenConnection2", "BeginSession", "ProcessRequest", "GetCurrentCompanyFileName", "EndSession", "CloseConnection",
)  # fmt: skip
LOCK = "quickbooks"
# PutUnattendedModePref: 1 required, 2 optional. Optional lets the person decide in QuickBooks' dialog.
_UNATTENDED_OPTIONAL = 2


def serve(processor: Any, lines: IO[str], out: IO[str]) -> None:
    """Answers every line until they end. `processor` is the COM object, or anything with its methods."""
    for line in lines:
        asked = json.loads(line)
        said = {"id": asked.get("id"), **_outcome(processor, asked.get("method", ""), asked.get("args", []))}
        out.write(json.dumps(said) + "\n")
        out.flush()


def _outcome(processor: Any, method: str, args: list[Any]) -> dict[str, Any]:
    try:
        return {"result": _called(processor, method, args)}
    except Exception as error:  # noqa: BLE001 - pywin32's com_error can't be named where pywin32 isn't
        return {"error": described(error)}


def _called(processor: Any, method: str, args: list[Any]) -> Any:
    if method in METHODS:
        if method == "BeginSession":
            _prefer(processor)
        return getattr(processor, method)(*args)
    if method == "QBXMLVersionsForSession":
        return list(processor.QBXMLVersionsForSession(*args))
    if method in {"MajorVersion", "MinorVersion"}:
        return getattr(processor, method)
    raise ValueError(f"the request processor has no {method}")


def _prefer(processor: Any) -> None:
    """Before BeginSession: we write, and would like to be let in while QuickBooks is closed."""
    preferences = processor.AuthPreferences
    preferences.PutIsReadOnly(False)
    preferences.PutUnattendedModePref(_UNATTENDED_OPTIONAL)


def described(error: Exception) -> dict[str, str]:
    """hresult and words of a COM error; the number inside an exception says more than "exception occurred"."""
    number = getattr(error, "hresult", None)
    words = str(getattr(error, "strerror", "") or error)
    inside = getattr(error, "excepinfo", None)
    if inside:
        number = inside[5] or number
        words = inside[2] or words
    return {
        "hresult": f"0x{(0x80004005 if number is None else int(number)) & 0xFFFFFFFF:08X}",
        "message": words.strip(),
    }


class _Missing:
    """Stands where the request processor should be, and fails each call as COM would have."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        raise self._error


def main() -> int:
    """Runs until the agent closes our standard input."""
    try:
        pythoncom: Any = importlib.import_module("pythoncom")
        client: Any = importlib.import_module("win32com.client")
    except ImportError:
        sys.stderr.write("pywin32 is missing; it exists for Windows only.\n")
        return 1
    # An agent that was killed left this at work: the next one sees it by the lock.
    with held(LOCK):
        pythoncom.CoInitialize()
        try:
            processor: Any = client.Dispatch("QBXMLRP2.RequestProcessor")
        except Exception as error:  # noqa: BLE001 - said to the agent instead, as the answer to its first call
            processor = _Missing(error)
        serve(processor, sys.stdin, sys.stdout)
        del processor
        pythoncom.CoUninitialize()
    return 0


if __name__ == "__main__":
    sys.exit(main())
