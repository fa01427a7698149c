"""What QuickBooks or Windows is known to answer a program with, for both ends that must have words for it."""

from __future__ import annotations

NUMBERS = (
    "0x80040400", "0x80040401", "0x80040402", "0x80040403", "0x80040408", "0x80040409", "0x8004040A", "0x8004040D",
    "0x80040410", "0x80040414", "0x80040416", "0x80040418", "0x8004041A", "0x8004041B", "0x8004041C", "0x8004041D",
    "0x8004041E", "0x8004041F", "0x80040420", "0x80040421", "0x80040422", "0x80040423", "0x80040424", "0x80040427",
    "0x8004042A", "0x8004042C", "0x80040154", "0x80070005", "0x80010105", "0x800706BA",
)  # fmt: skip
