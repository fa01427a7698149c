"""Intuit's query language: text in, a Query out. Nothing here knows entities or data.

SELECT *|COUNT(*)|names FROM Entity [WHERE name op value [AND ...]] [ORDERBY name [ASC|DESC]]
    [STARTPOSITION n] [MAXRESULTS n]
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulators.online.errors import Refusal

MOST_RESULTS = 1000
USUAL_RESULTS = 100
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:[^'\\]|\\.)*')
        |(?P<number>-?\d+(?:\.\d+)?(?![\w-]))
        |(?P<word>[A-Za-z_][\w.]*)
        |(?P<sign><=|>=|!=|<>|[=<>(),*]))""",
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = ("=", "<", ">", "<=", ">=", "!=", "<>")


@dataclass(frozen=True)
class Predicate:
    """``name op values``; one value for every operator but ``IN``."""

    name: str
    op: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """A parsed statement. ``names`` is empty for ``*`` alone; positions count from 1."""

    entity: str
    names: tuple[str, ...] = ()
    count: bool = False
    where: tuple[Predicate, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()  # (name, descending)
    start: int = 1
    most: int = USUAL_RESULTS


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def parse(statement: str) -> Query:
    """Raises Refusal 4000 when the statement can't be read and 4001 when a position is out of range."""
    return _Parser(_tokens(statement)).query()


def _tokens(statement: str) -> list[_Token]:
    tokens, position, text = [], 0, statement.strip().rstrip(";").rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text[position:].split(maxsplit=1)[0] if text[position:].split() else "<EOF>")
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, match.group(kind)))
        position = match.end()
    return tokens


def _unreadable(found: str) -> Refusal:
    return Refusal("4000", f'QueryParserError: Encountered " {found} " at line 1.')


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at = tokens, 0

    def query(self) -> Query:
        self._expect("SELECT")
        names, count = self._selection()
        self._expect("FROM")
        entity = self._word()
        where = self._where() if self._accept("WHERE") else ()
        order = self._order()
        start = self._position("STARTPOSITION", 1)
        most = self._position("MAXRESULTS", USUAL_RESULTS)
        if self._at < len(self._tokens):
            raise _unreadable(self._tokens[self._at].text)
        return Query(entity, names, count, where, order, start, min(most, MOST_RESULTS))

    def _selection(self) -> tuple[tuple[str, ...], bool]:
        if self._accept("COUNT"):
            for sign in "(*)":
                self._expect(sign)
            return (), True
        names = [self._selected()]
        while self._accept(","):
            names.append(self._selected())
        return (() if "*" in names else tuple(names)), False

    def _selected(self) -> str:
        return "*" if self._accept("*") else self._word()

    def _where(self) -> tuple[Predicate, ...]:
        predicates = [self._predicate()]
        while self._accept("AND"):
            predicates.append(self._predicate())
        return tuple(predicates)

    def _predicate(self) -> Predicate:
        name = self._word()
        if self._accept("IN"):
            self._expect("(")
            values = [self._value()]
            while self._accept(","):
                values.append(self._value())
            self._expect(")")
            return Predicate(name, "IN", tuple(values))
        if self._accept("LIKE"):
            return Predicate(name, "LIKE", (self._value(),))
        token = self._next()
        if token.kind != "sign" or token.text not in _OPERATORS:
            raise _unreadable(token.text)
        return Predicate(name, "!=" if token.text == "<>" else token.text, (self._value(),))

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if self._accept("ORDER"):
            self._expect("BY")
        elif not self._accept("ORDERBY"):
            return ()
        order = [self._ordering()]
        while self._accept(","):
            order.append(self._ordering())
        return tuple(order)

    def _ordering(self) -> tuple[str, bool]:
        name = self._word()
        descending = self._accept("DESC")
        if not descending:
            self._accept("ASC")
        return name, descending

    def _position(self, keyword: str, usual: int) -> int:
        if not self._accept(keyword):
            return usual
        token = self._next()
        if token.kind != "number" or "." in token.text:
            raise _unreadable(token.text)
        if int(token.text) < 1:
            raise Refusal("4001", f"QueryValidationError: value {token.text} is too small. Min allowed value is 1")
        return int(token.text)

    def _value(self) -> str:
        token = self._next()
        if token.kind == "string":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
        if token.kind in ("number", "word"):
            return token.text
        raise _unreadable(token.text)

    def _next(self) -> _Token:
        if self._at >= len(self._tokens):
            raise _unreadable("<EOF>")
        self._at += 1
        return self._tokens[self._at - 1]

    def _accept(self, text: str) -> bool:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        if token and token.kind in ("word", "sign") and token.text.upper() == text:
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise _unreadable(self._tokens[self._at].text if self._at < len(self._tokens) else "<EOF>")

    def _word(self) -> str:
        token = self._next()
        if token.kind != "word":
            raise _unreadable(token.text)
        return token.text
