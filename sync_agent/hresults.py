"""What QuickBooks' and Windows' error numbers mean, and what a person does about them.

Numbers: the request processor's documented codes (0x800404xx) and the COM ones a program meets on the way to it.
"""
# ruff: noqa: E501 - one number a line reads as the table it is

from __future__ import annotations

from sync_agent.problems import Trouble

UNANSWERED = "0x800706BA"
_ALWAYS = "Yes, Always; Allow Access Even If QuickBooks Is Not Running"
_REMOVE = "In QuickBooks choose Edit, Preferences, Integrated Applications, Company Preferences, remove the Sync Agent, and connect again."
_ADMIN = "Sign in to QuickBooks as Admin, in single-user mode, and connect again."
_LATER = "The Sync Agent tries again by itself."

WORDS: dict[str, tuple[str, str]] = {
    "0x80040400": ("QuickBooks could not read a request.", "Nothing was changed. Report this with the log; trying again doesn't help."),
    "0x80040401": ("QuickBooks could not be reached.", "Run the Sync Agent in the session of the person who uses QuickBooks, not as a service."),
    "0x80040402": ("QuickBooks had an unexpected error.", _LATER + " QuickBooks writes more in its file qbsdklog.txt."),
    "0x80040403": ("QuickBooks could not open the company file.", "Check that the file is where it was, and opens in QuickBooks."),
    "0x80040408": ("QuickBooks could not be started.", f"Start QuickBooks and open the company file, or let it answer “{_ALWAYS}”."),
    "0x80040409": ("This QuickBooks is too old or too new for the company file.", "Open the file with the version of QuickBooks that it belongs to."),
    "0x8004040A": ("Another company file is open in QuickBooks.", "Close it and open the connected company file."),
    "0x8004040D": ("QuickBooks was closed or restarted in the middle.", _LATER),
    "0x80040410": ("The company file is open in another mode.", "In QuickBooks choose File, Switch to Multi-user Mode or back, and try again."),
    "0x80040414": ("QuickBooks shows a dialog and waits for somebody.", "Answer or close the dialog in QuickBooks."),
    "0x80040416": ("QuickBooks isn't running.", "Start QuickBooks and open the company file."),
    "0x80040418": ("The Sync Agent has never been allowed into this company file, and only Admin can allow it.", _ADMIN),
    "0x8004041A": ("The Sync Agent has no permission for this company file.", _REMOVE),
    "0x8004041B": ("QuickBooks couldn't note the permission: the company file is open in multi-user mode, or it is busy.", "Choose File, Switch to Single-user Mode in QuickBooks, and connect again."),
    "0x8004041C": ("QuickBooks had an internal error with the company file.", _LATER + " If it stays, run File, Utilities, Verify Data in QuickBooks."),
    "0x8004041D": ("The Sync Agent may not open the company file by itself.", f"Open it in QuickBooks, or remove the permission there, connect again and choose “{_ALWAYS}”."),
    "0x8004041E": ("The permission in QuickBooks has expired.", _REMOVE),
    "0x8004041F": ("QuickBooks Basic can't be connected.", "QuickBooks Pro, Premier or Enterprise is needed."),
    "0x80040420": ("QuickBooks refused access: somebody answered No.", _REMOVE),
    "0x80040421": ("QuickBooks passed a message through.", "The log has its text."),
    "0x80040422": ("The company file is in use by another program in single-user mode.", "Close the other program, or wait until it is done."),
    "0x80040423": ("This QuickBooks doesn't know the version of the requests.", "QuickBooks 2014 or newer is needed."),
    "0x80040424": ("QuickBooks is still starting.", _LATER),
    "0x80040427": ("QuickBooks doesn't know the Sync Agent.", _REMOVE),
    "0x8004042A": ("QuickBooks doesn't allow access from another computer.", "Install the Sync Agent on the computer that runs QuickBooks."),
    "0x8004042C": ("The permission in QuickBooks was revoked.", _REMOVE),
    "0x80040154": ("The QuickBooks connection software isn't installed, or is for the other kind of Windows program.", "Use the 32-bit Sync Agent for QuickBooks 2021 and older, the 64-bit one for newer."),
    "0x80070005": ("Windows refused access to QuickBooks.", "Run QuickBooks and the Sync Agent as the same Windows user."),
    "0x80010105": ("QuickBooks broke off a request.", _LATER),
    UNANSWERED: ("QuickBooks did not answer in time, or ended.", _LATER + " What was asked is looked up before anything is sent again."),
}  # fmt: skip


def tidy(hresult: str | int) -> str:
    """0x and eight capital digits, whatever way the number came: signed, unsigned or as text."""
    number = int(hresult, 0) if isinstance(hresult, str) else hresult
    return f"0x{number & 0xFFFFFFFF:08X}"


def trouble(hresult: str, message: str = "") -> Trouble:
    """The number in words; one that is not in the table keeps the words it came with."""
    words, mend = WORDS.get(
        hresult, (f"QuickBooks failed with {hresult}: {message or 'no words'}", "The log has more.")
    )
    return Trouble(words, mend, hresult=hresult)
