"""What the request processor raises: numbers and words as QuickBooks and Windows give them."""

from __future__ import annotations

WORDS = {
    "0x80040400": "QuickBooks found an error when parsing the provided XML text stream.",
    "0x80040401": "Could not access QuickBooks.",
    "0x80040402": "Unexpected error. Check the qbsdklog.txt file for possible, additional information.",
    "0x80040403": "Could not open the specified QuickBooks company data file.",
    "0x80040408": "Could not start QuickBooks.",
    "0x80040409": "This version of QuickBooks cannot work with the company data file.",
    "0x8004040A": "A QuickBooks company data file is already open and it is different from the one requested.",
    "0x8004040D": "The ticket parameter is invalid.",
    "0x80040410": "The QuickBooks company data file is currently open in a mode other than the one specified.",
    "0x80040414": "There is a modal dialog box showing in the QuickBooks user interface.",
    "0x80040416": "If QuickBooks is not running, a call to BeginSession must include the name of the data file.",
    "0x80040418": "This application has not accessed this QuickBooks company data file before.",
    "0x8004041A": "This application does not have permission to access this QuickBooks company data file.",
    "0x8004041B": "Unable to lock the information needed to let this application access this company data file.",
    "0x8004041C": "An internal QuickBooks error occurred while trying to access the QuickBooks company data file.",
    "0x8004041D": "This application is not allowed to log in to this QuickBooks company data file automatically.",
    "0x8004041E": "This application's certificate is expired.",
    "0x8004041F": "QuickBooks Basic cannot accept XML requests.",
    "0x80040420": "The QuickBooks user has denied access.",
    "0x80040421": "A message was passed through from QuickBooks.",
    "0x80040422": "This application requires Single User file access mode and another one shares the data file.",
    "0x80040423": "The version of qbXML that was requested is not supported or is unknown.",
    "0x80040424": "QuickBooks did not finish its initialization. Please try again later.",
    "0x80040427": "The application is not registered.",
    "0x8004042A": "Remote access is not allowed.",
    "0x8004042C": "The application's certificate has been revoked.",
    "0x80040154": "Class not registered.",
    "0x80070005": "Access is denied.",
    "0x80010105": "The server threw an exception.",
    "0x800706BA": "The RPC server is unavailable.",
}
PARSE = "0x80040400"


class HostError(Exception):
    """A call of the request processor failed as a whole; nothing it carried was answered."""

    def __init__(self, hresult: str, message: str = "") -> None:
        super().__init__(hresult)
        self.hresult, self.message = hresult, message or WORDS.get(hresult, "")
