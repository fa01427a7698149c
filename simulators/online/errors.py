"""Intuit's refusals: codes, words and the two envelopes they come in."""

from __future__ import annotations

import json
import time
from typing import Any

from simulators.online import clock

# code -> (Message, Detail when the caller has nothing better to say)
WORDS: dict[str, tuple[str, str]] = {
    "500": ("Unsupported Operation", "Operation is not supported for this entity."),
    "600": ("Duplicate Request Id", "The request id has been used before."),
    "610": ("Object Not Found", ""),
    "900": ("Invalid Parent", "An object can't be its own parent."),
    "1040": ("Batch Size Exceeds Allowed Limit", "A batch holds at most 30 items."),
    "2000": ("Invalid or unsupported object name", "The object name is invalid or not supported."),
    "2010": ("Request has invalid or unsupported property", ""),
    "2020": ("Required param missing, need to supply the required value for the API", ""),
    "2030": ("Invalid ID", "The Id is not valid."),
    "2040": ("Invalid String. The string contains unsupported characters", ""),
    "2050": ("String length is either shorter or longer than supported by specification", ""),
    "2060": ("Invalid Date Format", "The date must be written YYYY-MM-DD."),
    "2070": ("Invalid Date", "The date is not valid."),
    "2080": ("Invalid Number Format", ""),
    "2090": ("Invalid Number", ""),
    "2120": ("Invalid Type", ""),
    "2130": ("Invalid Request Id Format", "A request id has at most 50 characters, 36 on a batch."),
    "2170": ("Invalid Enumeration", ""),
    "2210": ("Invalid Email Address format", "The email address must contain @ and a dot."),
    "2500": ("Invalid Reference Id", ""),
    "4000": ("Error parsing query", ""),
    "4001": ("Invalid query", ""),
    "5010": (
        "Stale Object Error",
        (
            "Stale Object Error : You and Casey Brown were working on this at the same time. "
            "Casey Brown finished before you did, so your work was not saved."
        ),
    ),
    "5020": ("Permission Denied Error", "You do not have sufficient permission to perform this operation."),
    "5030": ("Feature Not Supported Error", "The feature is not supported by, or is switched off in, this company."),
    "6000": ("A business validation error has occurred while processing your request", ""),
    "6010": ("Account Type Missing", "Neither AccountType nor AccountSubType was given."),
    "6080": ("No Name Provided", "At least one of the name fields must be given."),
    "6150": ("Parent Reference Required", "A job or sub-item needs a ParentRef."),
    "6180": ("Sub Level Limit", "Only five levels are allowed."),
    "6190": ("Invalid Company Status", "The subscription of this company has ended or there was a problem billing it."),
    "6200": (
        "Account Period Closed",
        (
            "The account period has closed and the account books cannot be updated through the QBO Services API. "
            "Please use the QBO website to make these changes."
        ),
    ),
    "6210": (
        "Account Period Closed",
        (
            "The account period has closed and a password is needed: the account books cannot be updated through "
            "the QBO Services API."
        ),
    ),
    "6240": ("Duplicate Name Exists Error", "The name supplied already exists. : null"),
    "6280": ("Customer Has Unbilled Charges", "The customer can't be made inactive while charges are unbilled."),
    "6290": ("Invalid Employee Or Vendor", "Give either EmployeeRef or VendorRef, not both."),
    "6300": ("Invalid Employee Or Vendor Name", "NameOf must be Employee or Vendor."),
    "6310": ("Missing Customer", "A billable time activity needs a CustomerRef."),
    "6320": ("Invalid Billable", "The billable status is not valid in this company."),
    "6330": ("Missing Billing Rate", "A billable time activity needs a valid HourlyRate."),
    "6340": ("Invalid Time", "Hours must be 0 to 8760 and Minutes 0 to 59."),
    "6350": ("Missing Time", "Give Hours and Minutes, or StartTime and EndTime."),
    "6360": ("Invalid Start Or End Time", ""),
    "6370": ("Invalid Start And End Time", "StartTime must be before EndTime."),
    "6380": ("Invalid Duration", "The duration is out of range."),
    "6390": ("Invalid Multiple Durations", "Give either Hours and Minutes or StartTime and EndTime, not both."),
    "6430": ("Invalid Account Type Used", ""),
    "10000": ("An application error has occurred while processing your request", "System Failure Error"),
}

MADE_INACTIVE = (
    "Object Not Found : Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)
DELETED_TRANSACTION = "Object Not Found : Another user has deleted this transaction."


class Refusal(Exception):
    """One request or batch item that Intuit refuses; nothing has been written."""

    def __init__(self, code: str, detail: str = "", element: str = "", *, status: int = 400) -> None:
        message, usual = WORDS[code]
        super().__init__(code, detail or usual)
        self.code, self.message, self.detail, self.element = code, message, detail or usual, element
        self.status = status
        self.type = "SystemFault" if code == "10000" else "ValidationFault"

    def fault(self) -> dict[str, Any]:
        """The ``Fault`` object, as it stands alone in a batch item."""
        error = {"Message": self.message, "Detail": self.detail, "code": self.code, "element": self.element}
        return {"Error": [error], "type": self.type}

    def body(self) -> bytes:
        return json.dumps({"Fault": self.fault(), "time": clock.envelope_time()}).encode()


_GATEWAY = {
    401: ("AuthenticationFailed", "003200", "3200", "AUTHENTICATION"),
    403: ("ApplicationAuthorizationFailed", "003100", "3100", "SERVICE"),
    429: ("ThrottleExceeded", "003001", "3001", "SERVICE"),
}


def gateway_body(status: int, detail: str) -> bytes:
    """The lower-case document of Intuit's gateway, which answers before the accounting service is reached."""
    words, long_code, code, kind = _GATEWAY[status]
    error = {
        "message": f"message={words}; errorCode={long_code}; statusCode={status}",
        "detail": detail,
        "code": code,
        "element": None,
    }
    empty: dict[str, Any] = {"report": None, "queryResponse": None, "batchItemResponse": [], "attachableResponse": []}
    document = {"warnings": None, "intuitObject": None, "fault": {"error": [error], "type": kind}, **empty}
    tail = {"syncErrorResponse": None, "requestId": None, "time": int(time.time() * 1000), "status": None}
    return json.dumps({**document, **tail, "cdcresponse": []}).encode()
