"""Everything that changes timesheets. Each function is one transaction and refuses with a sentence (`Refused`)."""

from __future__ import annotations

from .approval import Decided, approve, approve_many, recall, reject, reopen, submit
from .cells import Saved, Wanted, paste, save, save_each, set_cell, set_note
from .payroll import set_payroll_items
from .row_codes import change_row
from .rows import Copied, add_row, copy_last_week, remove_row

__all__ = [
    "Copied",
    "Decided",
    "Saved",
    "Wanted",
    "add_row",
    "approve",
    "approve_many",
    "change_row",
    "copy_last_week",
    "paste",
    "recall",
    "reject",
    "remove_row",
    "reopen",
    "save",
    "save_each",
    "set_cell",
    "set_note",
    "set_payroll_items",
    "submit",
]
