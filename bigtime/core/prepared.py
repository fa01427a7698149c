"""Queries compiled once: where batches pass all the time, Django compiles longer than PostgreSQL takes to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from django.db import connection as database
from django.db.models import Field, Lookup, QuerySet
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]

Statement = tuple[str, Sequence[Any]]  # SQL, and what its placeholders stand for


@Field.register_lookup
class AnyOf(Lookup):  # type: ignore[type-arg]
    """`pk__any_of=[…]`: as `in`, but one parameter however many values, so the statement's words stay the same."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*params, list(self.rhs)]


class Prepared:
    """`Prepared(build, firm=int, ids=list)`: `build(firm=…, ids=…)` makes the query once, of objects or of values_list.

    Kinds are int, str, and list for many numbers. It may put the values only where they become parameters: into
    filters, not into Python decisions.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._build = build
        # Values that no query has of its own tell which parameter is which.
        marks = {name: -(10**12) - number for number, name in enumerate(kinds)}
        self._marks = {name: [mark] if kinds[name] is list else kinds[name](mark) for name, mark in marks.items()}

    @cached_property
    def _compiled(self) -> tuple[str, list[tuple[str, Any]], Any, Any]:
        compiler = self._build(**self._marks).query.get_compiler("default")
        sql, params = compiler.as_sql()
        places = [(next((name for name, mark in self._marks.items() if mark == each), ""), each) for each in params]
        assert {name for name, _ in places if name} == set(self._marks)  # noqa: S101 - a mistake of ours, seen at once
        return sql, places, compiler, compiler.get_converters([column for column, *_ in compiler.select])

    def statement(self, **values: Any) -> Statement:
        """The query with these values, as words that can stand in another statement."""
        sql, places, *_ = self._compiled
        return sql, [values[name] if name else constant for name, constant in places]

    def rows(self, **values: Any) -> Iterator[tuple[Any, ...]]:
        """The tuples of a query of values_list with these values, read at once."""
        *_, compiler, converters = self._compiled
        with database.cursor() as cursor:
            cursor.execute(*self.statement(**values))
            found = cursor.fetchall()
        return map(tuple, compiler.apply_converters(found, converters)) if converters else iter(found)

    def objects(self, **values: Any) -> Iterator[Any]:
        """The objects of a query with these values, read at once, with those that `select_related` names."""
        compiler = self._compiled[2]
        model, (first, *_, last) = compiler.klass_info["model"], compiler.klass_info["select_fields"]
        names = [column.target.attname for column, *_ in compiler.select[first : last + 1]]
        along = get_related_populators(compiler.klass_info, compiler.select, compiler.using)
        for row in self.rows(**values):
            found = model.from_db(compiler.using, names, row[first : last + 1])
            for each in along:
                each.populate(row, found)
            yield found
