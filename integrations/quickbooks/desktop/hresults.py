"""What keeps a program from QuickBooks, by HRESULT, in words with what to do. Facts: Intuit's SDK and its users."""

from __future__ import annotations

from dataclasses import dataclass

PARSE_ERROR = "0x80040400"
VERSION_REFUSED = "0x80040423"
NO_FILE_NAME = "0x80040416"


@dataclass(frozen=True, slots=True)
class Trouble:
    """`again`: worth another try without anybody doing something."""

    text: str
    todo: str
    again: bool = False

    @property
    def words(self) -> str:
        return f"{self.text} {self.todo}"


AS_ADMIN = "Open the company file in QuickBooks as Admin, in single-user mode, then connect again."
ACCESS = (
    "In QuickBooks choose Edit, Preferences, Integrated Applications, Company Preferences, and allow BigTime there."
)
SUPPORT = "Try again; if it stays, send us the agent's log."
_TABLE = {
    PARSE_ERROR: Trouble("QuickBooks couldn't read a request.", SUPPORT),
    "0x80040401": Trouble("QuickBooks can't be reached on this computer.", "Repair or reinstall QuickBooks."),
    "0x80040402": Trouble("QuickBooks met an unexpected error.", "Restart QuickBooks, then sync again.", again=True),
    "0x80040403": Trouble("The company file can't be opened.", "Check that it is still where it was."),
    "0x80040408": Trouble(
        "QuickBooks couldn't be started.",
        "Start QuickBooks and open the company file, or allow access even if QuickBooks is not running.",
        again=True,
    ),
    "0x80040409": Trouble("This version of QuickBooks can't open that company file.", "Update QuickBooks."),
    "0x8004040A": Trouble(
        "Another company file is open in QuickBooks.", "Close it and open the connected one.", again=True
    ),
    "0x8004040D": Trouble("QuickBooks was closed during the session.", "The next sync goes on by itself.", again=True),
    "0x80040410": Trouble("The company file is open in another mode.", "Switch QuickBooks to multi-user mode."),
    "0x80040414": Trouble("A dialog is open in QuickBooks.", "Close it, then sync again.", again=True),
    NO_FILE_NAME: Trouble("QuickBooks isn't running.", "Start it and open the company file.", again=True),
    "0x80040418": Trouble("BigTime has no access to this company file yet.", AS_ADMIN),
    "0x8004041A": Trouble("BigTime may not use this company file.", ACCESS),
    "0x8004041B": Trouble(
        "QuickBooks couldn't note the permission: the company file is open in multi-user mode, or it is busy.",
        "Switch QuickBooks to single-user mode, then connect again.",
        again=True,
    ),
    "0x8004041C": Trouble("QuickBooks failed while opening the company file.", "Restart QuickBooks.", again=True),
    "0x8004041D": Trouble(
        "BigTime may not log in by itself.",
        "In QuickBooks choose Yes, Always; Allow Access Even If QuickBooks Is Not Running.",
    ),
    "0x8004041E": Trouble("QuickBooks no longer accepts the agent's certificate.", AS_ADMIN),
    "0x8004041F": Trouble("This edition of QuickBooks takes no other programs.", "Use Pro, Premier or Enterprise."),
    "0x80040420": Trouble("Access was refused in QuickBooks.", f"{AS_ADMIN} Answer Yes, Always."),
    "0x80040421": Trouble("QuickBooks passed on a message.", SUPPORT),
    "0x80040422": Trouble(
        "Somebody else has the company file open in single-user mode.", "Switch it to multi-user mode.", again=True
    ),
    VERSION_REFUSED: Trouble("This QuickBooks is too old.", "BigTime needs QuickBooks 2014 or later."),
    "0x80040424": Trouble("QuickBooks hasn't finished starting.", "Wait a minute.", again=True),
    "0x80040427": Trouble("The agent isn't registered in QuickBooks.", AS_ADMIN),
    "0x8004042A": Trouble("QuickBooks allows no remote access.", ACCESS),
    "0x8004042C": Trouble("The agent's certificate was revoked.", "Install the newest Sync Agent."),
    "0x80040154": Trouble("QuickBooks' programming interface isn't installed.", "Install or repair QuickBooks."),
    "0x80070005": Trouble("Windows refused access.", "Run QuickBooks and the agent as the same Windows user."),
    "0x80010105": Trouble("QuickBooks failed.", "Restart QuickBooks, then sync again.", again=True),
    "0x800706BA": Trouble("QuickBooks was closed or doesn't answer.", "Start it, then sync again.", again=True),
}
TABLE = {code.lower(): trouble for code, trouble in _TABLE.items()}


def trouble(hresult: str, message: str = "") -> Trouble:
    """Codes that aren't known speak with QuickBooks' own message."""
    code = hresult.strip().lower()
    code = code if code.startswith("0x") else f"0x{code}"
    known = TABLE.get(code)
    if known:
        return known
    said = message.strip() or "It gave no reason."
    return Trouble(f"QuickBooks can't be opened ({hresult or 'no code'}): {said}"[:500], SUPPORT, again=True)


def is_parse_error(hresult: str) -> bool:
    return hresult.strip().lower().removeprefix("0x") == PARSE_ERROR.removeprefix("0x")
