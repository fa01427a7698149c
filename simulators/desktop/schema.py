"""The tables of qbXML: which elements a request or a record has, in which order, how often and how long.

The facts stand in `tables/*.table`, in a notation of their own (see `tables/shared.table`): an entity more is a
table more. Terms used here: an *element* is one line of a table, a *choice* is a run of branches of which one is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

FOLDER = Path(__file__).parent / "tables"
GROUPS_OF_TYPES = ("address", "address-block", "address-short")


@dataclass(frozen=True)
class Element:
    """``kind`` is a type of qbXML, ``ref``, or ``parts`` when the element holds others (``parts``)."""

    name: str
    kind: str
    required: bool = False
    repeats: bool = False
    longest: int | None = None
    words: tuple[str, ...] = ()
    parts: tuple[Element | Choice, ...] = ()

    @property
    def starts(self) -> frozenset[str]:
        return frozenset({self.name})


@dataclass(frozen=True)
class Choice:
    """Exactly one of the branches; none is allowed too unless ``required``."""

    branches: tuple[tuple[Element | Choice, ...], ...]
    required: bool = False

    @cached_property
    def starts(self) -> frozenset[str]:
        return frozenset(name for branch in self.branches for part in branch for name in part.starts)


@dataclass(frozen=True)
class Table:
    """One request or record. ``marks`` are ``iterator`` and ``metaData`` where a query has them."""

    name: str
    marks: frozenset[str]
    parts: tuple[Element | Choice, ...]

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Every element of the first level in order, branches of choices one after the other."""
        return tuple(flat(self.parts))

    def element(self, name: str) -> Element:
        return next(element for element in self.elements if element.name == name)


def needed(part: Element | Choice, word: str) -> Element | Choice:
    """What a group brings; ``use!`` makes its choices obligatory."""
    return replace(part, required=True) if word.endswith("!") and isinstance(part, Choice) else part


def flat(parts: tuple[Element | Choice, ...]) -> Iterator[Element]:
    for part in parts:
        if isinstance(part, Choice):
            for branch in part.branches:
                yield from flat(branch)
        else:
            yield part


@dataclass
class _Line:
    text: str
    below: list[_Line] = field(default_factory=list)


def _outline(text: str) -> list[_Line]:
    """Lines with those indented below them."""
    root = _Line("")
    stack = [root]
    for raw in text.splitlines():
        if not raw.strip() or raw.startswith("#"):
            continue
        depth = (len(raw) - len(raw.lstrip())) // 2
        line = _Line(raw.strip())
        stack[depth].below.append(line)
        stack[depth + 1 :] = [line]
    return root.below


class _Reader:
    """Turns outlines into tables; knows the shared groups and word lists."""

    def __init__(self) -> None:
        self.groups: dict[str, list[_Line]] = {}
        self.words: dict[str, tuple[str, ...]] = {}

    def learn(self, lines: list[_Line]) -> None:
        for line in lines:
            kind, name = line.text.split()
            if kind == "group":
                self.groups[name] = line.below
            else:
                self.words[name] = tuple(word for row in line.below for word in row.text.split())

    def table(self, line: _Line) -> Table:
        name, *marks = line.text.split()
        return Table(name, frozenset(marks), self.parts(line.below))

    def parts(self, lines: list[_Line]) -> tuple[Element | Choice, ...]:
        found: list[Element | Choice] = []
        for line in lines:
            first, _, rest = line.text.partition(" ")
            if first.rstrip("!") == "use":
                found.extend(needed(part, first) for part in self.parts(self.groups[rest]))
            elif first.rstrip("?!") == "either":
                found.append(Choice((self.parts(line.below),), required=first.endswith("!")))
            elif first == "or":
                found.append(self.longer(found.pop(), line))
            else:
                found.append(self.element(first, rest.split(), line))
        return tuple(found)

    def longer(self, choice: Element | Choice, line: _Line) -> Choice:
        """The choice before an ``or`` with one branch more."""
        if isinstance(choice, Element):
            raise ValueError(f"an 'or' follows {choice.name}, which is no choice")
        return Choice((*choice.branches, self.parts(line.below)), choice.required)

    def element(self, name: str, words: list[str], line: _Line) -> Element:
        required, repeats = name[-1] in "!+", name[-1] in "*+"
        name = name.rstrip("!*+")
        if line.below:
            return Element(name, "parts", required, repeats, parts=self.parts(line.below))
        kind, *rest = words
        if kind in GROUPS_OF_TYPES:
            return Element(name, "parts", required, repeats, parts=self.parts(self.groups[kind]))
        if kind == "one":
            choices = self.words[rest[1]] if rest[0] == "of" else tuple(rest)
            return Element(name, kind, required, repeats, words=choices)
        longest = int(rest[0]) if rest else None
        if kind == "ref":
            names = (Element("ListID", "id"), Element("FullName", "text", longest=longest))
            return Element(name, kind, required, repeats, longest, parts=names)
        return Element(name, kind, required, repeats, longest)


def _read() -> dict[str, Table]:
    reader = _Reader()
    reader.learn(_outline((FOLDER / "shared.table").read_text(encoding="utf-8")))
    tables = {}
    for path in sorted(FOLDER.glob("*.table")):
        if path.name != "shared.table":
            for line in _outline(path.read_text(encoding="utf-8")):
                tables[line.text.split()[0]] = reader.table(line)
    return tables


TABLES = _read()
