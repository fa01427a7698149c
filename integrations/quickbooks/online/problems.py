"""Every way an authorization can fail, each with a page of its own. None of them changes anything here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """What the page says: what happened, and what to do about it."""

    title: str
    text: str
    advice: str
    status: int = 400
    again: bool = True  # whether beginning again is the thing to do


class ProblemError(Exception):
    """The walk to Intuit ends here; `key` names the page, `detail` adds a sentence to it."""

    def __init__(self, key: str, detail: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.detail = detail

    @property
    def page(self) -> Page:
        return PAGES[self.key]


FRESH = "Begin again from Integrations: every authorization has a link of its own."

PAGES = {
    "denied": Page(
        "You chose not to connect",
        "QuickBooks told us that the authorization was declined. Nothing was connected or changed.",
        "Begin again whenever you like.",
        200,
    ),
    "scope": Page(
        "Intuit refused what we asked for",
        "The Intuit app isn't allowed to use the accounting scope (invalid_scope).",
        "At Intuit, open the app's settings and allow the Accounting scope, then begin again.",
    ),
    "intuit_error": Page(
        "QuickBooks ended the authorization",
        "QuickBooks reported an error instead of an authorization.",
        "Begin again. If it happens every time, check the Intuit app with Test credentials.",
    ),
    "incomplete": Page(
        "This address isn't complete",
        "An authorization comes back from QuickBooks with a code, a state and a company. At least one is missing here.",
        FRESH,
    ),
    "forged": Page(
        "We didn't start this authorization",
        "The state in this address isn't one we gave out. Somebody may have sent you a link that isn't yours.",
        "Don't follow such links. To connect your own books, begin from Integrations.",
    ),
    "used": Page(
        "This authorization was already used",
        "Each authorization works once, and this one has been used: the page was probably reloaded.",
        "Look under Integrations whether you are connected. If not, begin again.",
    ),
    "expired": Page("This authorization is too old", "More than ten minutes passed since it was started.", FRESH),
    "other_session": Page(
        "This authorization belongs to another sign-in",
        "It was started in another browser, by another person, or before you signed in again.",
        "Begin again in this browser.",
        403,
    ),
    "other_firm": Page(
        "This authorization belongs to another firm",
        "It was started for a firm other than the one you are working in now.",
        "Switch to the firm it was started for, and begin again there.",
        403,
    ),
    "signed_out": Page(
        "You are signed out",
        "Your session here ended while you were at QuickBooks, so the authorization can't be taken in.",
        "Sign in and begin again.",
        401,
    ),
    "code_refused": Page(
        "QuickBooks no longer accepts this code",
        "The authorization code was used before or is too old. Nothing was connected.",
        FRESH,
    ),
    "app_refused": Page(
        "Intuit doesn't know this app",
        "The client id or the client secret of the Intuit app is wrong (invalid_client).",
        "Correct them under Intuit app and use Test credentials.",
        502,
    ),
    "no_app": Page(
        "No Intuit app is set up",
        "To connect, BigTime needs the client id and secret of an app at Intuit.",
        "Enter them under Intuit app.",
        409,
    ),
    "unreachable": Page(
        "Intuit can't be reached",
        "Intuit didn't answer, or answered something that can't be read. Nothing was connected.",
        "Try again in a few minutes.",
        502,
    ),
    "unreadable": Page(
        "The company can't be read",
        "You authorized BigTime, but QuickBooks doesn't let it read the company. The authorization was given back.",
        "Sign in to QuickBooks as a company administrator, check that the subscription is active, and begin again.",
        502,
    ),
    "taken": Page(
        "This company is connected to another firm",
        "Another firm of this BigTime works with these books. Connected twice, the same time could be posted twice, so "
        "the connection was refused. Nothing was changed for either firm.",
        "If both are yours, disable QuickBooks Online in the other firm first. If you don’t know of another firm, ask "
        "the administrators of the company in QuickBooks who connected BigTime.",
        409,
    ),
    "other_books": Page(
        "This firm is connected to other books",
        "A firm keeps its books in one place: with two connected, the same time could be posted to both.",
        "Disable the other connection under Integrations first, and begin again.",
        409,
    ),
    "other_currency": Page(
        "This company keeps its books in another currency",
        "Amounts would be posted in the wrong currency. The connection was refused, the authorization given back.",
        "Choose a company with the same home currency, or correct the home currency under My Company.",
        409,
    ),
}
