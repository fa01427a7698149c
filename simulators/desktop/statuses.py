"""Status codes of answers, with QuickBooks' own words."""

from __future__ import annotations

OK = (0, "Status OK")
NO_MATCH = (1, "A query request did not find a matching object in QuickBooks")
NOT_PROCESSED = (3231, "The request has not been processed.")
NOT_THERE = "Invalid argument.  The specified record does not exist in the list."
# Codes a fault can answer with, and what they are about
CODES = {
    530: "Unsupported field",
    1000: "Internal error",
    1010: "System not available",
    3000: "Invalid object id",
    3100: "Name in use",
    3120: "Object not found",
    3140: "Invalid reference",
    3160: "Cannot delete",
    3170: "Error when modifying",
    3171: "Closed period",
    3175: "Object in use",
    3176: "Related object in use",
    3180: "Error when saving",
    3200: "Edit sequence out of date",
    3250: "Feature not enabled",
    3260: "Insufficient permission",
    3261: "No access to sensitive data",
}


def severity(code: int) -> str:
    if code < 500:
        return "Info"
    return "Warn" if code < 1000 else "Error"


class Refusal(Exception):
    """One request was not carried out; ``code`` and ``message`` are what its answer says."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def with_cause(message: str, cause: str) -> str:
    return f"{message}  QuickBooks error message: {cause}"


def too_long(name: str, value: str) -> Refusal:
    return Refusal(3070, f'The string "{value}" in the field "{name}" is too long.')


def bad_id(value: str, field: str) -> Refusal:
    return Refusal(3000, f'The given object ID "{value}" in the field "{field}" is invalid.')


def name_taken(name: str) -> Refusal:
    return Refusal(3100, f'The name "{name}" of the list element is already in use.')


def not_found(id: str) -> Refusal:
    return Refusal(3120, with_cause(f'Object "{id}" specified in the request cannot be found.', NOT_THERE))


def bad_reference(kind: str, value: str, owner: str) -> Refusal:
    text = f'There is an invalid reference to QuickBooks {kind} "{value}" in the {owner}.'
    return Refusal(3140, with_cause(text, NOT_THERE))


def bad_parent(value: str, owner: str) -> Refusal:
    text = f'There is an invalid reference to a parent "{value}" in the {owner} list.'
    return Refusal(3130, with_cause(text, NOT_THERE))


def missing(element: str) -> Refusal:
    return Refusal(3150, f'There is a missing element: "{element}".')


def in_use(owner: str) -> Refusal:
    text = f"There was an error adding, modifying or deleting {owner} because it is already in use."
    return Refusal(3175, with_cause(text, "The list element is in use."))


def related_in_use(owner: str) -> Refusal:
    text = f"There was an error adding, modifying or deleting {owner} because a related object is already in use."
    return Refusal(3176, with_cause(text, "The list element is in use."))


def not_saved(owner: str, name: str, cause: str) -> Refusal:
    return Refusal(3180, with_cause(f'There was an error when saving a {owner} list, element "{name}".', cause))


def cannot_delete(id: str, cause: str) -> Refusal:
    return Refusal(3160, with_cause(f'Cannot delete the object specified by the id = "{id}".', cause))


def stale(sequence: str) -> Refusal:
    return Refusal(3200, f'The provided edit sequence "{sequence}" is out-of-date.')


def closed_period(owner: str) -> Refusal:
    return Refusal(
        3171,
        f"An attempt was made to modify a {owner} with a date that is on or before the closing date of the company.",
    )


def not_enabled() -> Refusal:
    return Refusal(3250, "This feature is not enabled or not available in this version of QuickBooks.")
