"""The mapping language, part one: the kinds of field. Plain Python; knows no accounting system and no model.

A field says where one value stands in each edition (`online="BillAddr.City"`), and which of our columns it fills.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Protocol

from .errors import Rejected


class Wins(Enum):
    """Who owns a field after the first time: the books, we, or whoever filled it first."""

    BOOKS = "books"
    OURS = "ours"
    FIRST = "first"


Books, Ours, First = Wins.BOOKS, Wins.OURS, Wins.FIRST


class Dialect(Protocol):
    """How one edition writes things down."""

    key: str  # the keyword its paths carry in a field: "online", "desktop"

    def get(self, raw: dict[str, Any], path: str) -> Any:
        """What stands at the path, or None."""

    def put(self, out: dict[str, Any], path: str, value: Any) -> None:
        """Writes a Python value as the edition writes it."""

    def get_ref(self, raw: dict[str, Any], path: str) -> Any:
        """The id that a reference points to, or None."""

    def put_ref(self, out: dict[str, Any], path: str, remote_id: str) -> None: ...

    def get_address(self, raw: dict[str, Any], path: str) -> Any:
        """A postal address as its lines, or None."""


class Field:
    """`name` is the attribute's name in the entity, `local` our column ("" where we keep none of it).

    A path in no edition at all is allowed: such a field is read and written by the entity's own methods.
    """

    name = ""
    empty: Any = ""

    def __init__(self, local: str = "", *, wins: Wins = Books, read_only: bool = False, **paths: str) -> None:
        self.local = local
        self.wins = wins
        self.read_only = read_only  # the books never take it from us
        self.paths = paths

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def read(self, raw: dict[str, Any], dialect: Dialect) -> Any:
        """The value, or the kind's empty value. Raises Rejected for one of the wrong type."""
        path = self.paths.get(dialect.key)
        value = self.find(raw, path, dialect) if path else None
        return self.empty if value is None else self.parse(value)

    def write(self, out: dict[str, Any], value: Any, dialect: Dialect) -> None:
        """Leaves out what is empty: to both editions an absent element means "as it is"."""
        path = self.paths.get(dialect.key)
        if path and not self.read_only and value not in (None, ""):
            self.store(out, path, value, dialect)

    def find(self, raw: dict[str, Any], path: str, dialect: Dialect) -> Any:
        return dialect.get(raw, path)

    def store(self, out: dict[str, Any], path: str, value: Any, dialect: Dialect) -> None:
        dialect.put(out, path, value)

    def parse(self, value: Any) -> Any:
        raise NotImplementedError

    def refuse(self, value: Any) -> Rejected:
        kind = type(self).__name__.lower()
        words = f"“{self.name}” can't be read: {value!r:.80} is not {kind}."
        return Rejected(words, code="wrong_type", detail=self.name)


class Text(Field):
    """Words, without white space at either end."""

    def parse(self, value: Any) -> str:
        if isinstance(value, str):
            # Most text is plain, and hundreds of thousands of records are read.
            plain = value if value.isascii() else value.encode("utf-8", "replace").decode()
            return plain.replace("\x00", "").strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise self.refuse(value)


class Email(Text):
    """The first of the addresses; the books let several stand in one element."""

    def parse(self, value: Any) -> str:
        return super().parse(value).replace(";", ",").split(",")[0].strip()


class Address(Text):
    """A postal address in lines. Only read: its parts can't be told apart again."""

    def __init__(self, local: str = "", *, wins: Wins = Books, **paths: str) -> None:
        super().__init__(local, wins=wins, read_only=True, **paths)

    def find(self, raw: dict[str, Any], path: str, dialect: Dialect) -> Any:
        return dialect.get_address(raw, path)


class Flag(Field):
    """Yes or no. Where the edition says nothing it is yes unless `default` says otherwise."""

    def __init__(self, local: str = "", *, default: bool = True, wins: Wins = Books, **paths: str) -> None:
        super().__init__(local, wins=wins, read_only=False, **paths)
        self.empty = default

    def parse(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        raise self.refuse(value)


class Amount(Field):
    """A decimal number, exact. A float is taken by its shortest writing, which is what was sent."""

    empty = None

    def parse(self, value: Any) -> Decimal:
        try:
            number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
        except InvalidOperation:
            raise self.refuse(value) from None
        if not number.is_finite():
            raise self.refuse(value)
        return number


class Date(Field):
    """A day without a time zone; a time of day after it is dropped."""

    empty = None

    def parse(self, value: Any) -> date:
        try:
            return date.fromisoformat(value[:10])
        except (TypeError, ValueError):
            raise self.refuse(value) from None


class Choice(Field):
    """One of the edition's words, translated by `words`; a word that isn't there becomes `other`."""

    def __init__(self, local: str, words: dict[str, str], *, other: str, wins: Wins = Books, **paths: str) -> None:
        super().__init__(local, wins=wins, read_only=True, **paths)
        self.words = words
        self.empty = other

    def parse(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.refuse(value)
        return self.words.get(value, str(self.empty))


class Ref(Text):
    """The id of another record of the books; `entity` is the key of that record's entity."""

    def __init__(self, entity: str, local: str = "", *, wins: Wins = Books, **paths: str) -> None:
        super().__init__(local, wins=wins, read_only=False, **paths)
        self.entity = entity

    def find(self, raw: dict[str, Any], path: str, dialect: Dialect) -> Any:
        return dialect.get_ref(raw, path)

    def store(self, out: dict[str, Any], path: str, value: Any, dialect: Dialect) -> None:
        dialect.put_ref(out, path, value)
