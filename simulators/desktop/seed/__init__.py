"""The company files a simulator begins with. The same name and moment always give the same books."""

from __future__ import annotations

from simulators.desktop.machine import Machine, Office
from simulators.desktop.seed import lakeside, northwind
from simulators.desktop.seed.basics import set_up
from simulators.desktop.seed.books import Books

NAMES = ("demo", "lakeside", "empty", "none")


def build(machine: Machine, name: str, at: int) -> None:
    """``demo``: Northwind; ``lakeside``: a small studio; ``empty``: accounts and services; ``none``: no file."""
    if name == "demo":
        office = machine.create(northwind.FILE_NAME)
        with office.file.transaction():
            northwind.build(office.file, at)
    elif name == "lakeside":
        office = machine.create(lakeside.NAME)
        with office.file.transaction():
            lakeside.build(office.file, at)
    elif name == "empty":
        blank(machine, "Blank Books", at)


def blank(machine: Machine, name: str, at: int) -> Office:
    """A new company file with settings, a chart of accounts, terms, payroll items and the usual services."""
    office = machine.create(name)
    with office.file.transaction():
        set_up(Books(office.file, at, days_ago=30), name)
    return office
