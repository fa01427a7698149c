"""What a statusCode of QuickBooks means for us: one table. Facts: Intuit's status codes and recorded answers."""

from __future__ import annotations

from integrations.sync.errors import AccountingError, Rejected, Retryable, UnknownOutcome

from .qbxml import Response

OK, NOTHING_FOUND, PARTLY_FOUND, NOT_ENABLED = 0, 1, 500, 3250
# A message set id that QuickBooks has no answer for: that write never reached it.
NEVER_ARRIVED = 600
FIRST_ERROR = 1000
LAST_WARNING = 999
# The catch-all of failed saves is now and then only a passing lock; after so many tries it is told as it is.
SAVE_FAILED, SAVES = 3180, 3

BUSY = {
    1010: "QuickBooks wasn't available.",
    3175: "It is open in QuickBooks on another screen.",
    3176: "Something it belongs to is open in QuickBooks on another screen.",
    3180: "QuickBooks couldn't save it just now.",
    3231: "QuickBooks didn't get to it, because of an earlier one.",
}
MAPPING = {
    3000: "It refers to something QuickBooks no longer knows. Update now, then check its links.",
    3120: "It refers to something that was deleted in QuickBooks. Update now, then check its links.",
    3130: "What it belongs to isn't in QuickBooks. Update now, then check its links.",
    3140: "It refers to something that QuickBooks can't use here, an inactive record for instance.",
}
PERIOD = {3171: "The books are closed for that date."}
REFUSED = {
    3070: "A text is longer than QuickBooks takes.",
    3100: "The name is in use in QuickBooks: customers, vendors, employees and other names share one list of names.",
    3200: "It was changed in QuickBooks in the meantime.",
    3250: "The feature it needs is switched off in this company file.",
    3260: "The QuickBooks user of the Sync Agent may not do this. Give that user the right, then post again.",
    3261: "The Sync Agent may not see personal data. Allow it in QuickBooks under Edit, Preferences, Integrated "
    "Applications, then post again.",
    3270: "QuickBooks misses an account to post to.",
}


def error_of(response: Response, *, attempts: int = 0) -> AccountingError | None:
    """None when QuickBooks did it. `attempts`: how often it was sent."""
    code = response.status
    if code <= LAST_WARNING:
        return None
    facts = {"code": str(code), "detail": response.message[:500]}
    if code in BUSY and not (code == SAVE_FAILED and attempts >= SAVES):
        return Retryable(BUSY[code], after=0.0 if code == 3231 else None, **facts)
    if code in MAPPING:
        return Rejected(_told(MAPPING[code], response), lift="mapping", **facts)
    if code in PERIOD or (code == 3170 and "clos" in response.message.lower()):
        return Rejected(_told(PERIOD[3171], response), lift="period", **facts)
    if 3000 <= code < 9000:
        return Rejected(_told(REFUSED.get(code, "QuickBooks refused it."), response), **facts)
    return UnknownOutcome("QuickBooks had a fault of its own while saving it.", **facts)


def _told(words: str, response: Response) -> str:
    return f"{words} QuickBooks says: {response.message}" if response.message else words
