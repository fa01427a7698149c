"""Single figures that every page tells, or one page's tiles: each app registers its own, one statement asks all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection as database
from django.db.models import F, Func, IntegerField, QuerySet

from .prepared import Statement

_KEPT = "_facts"
Question = QuerySet[Any, Any] | Statement


@dataclass(frozen=True, slots=True)
class Fact:
    """`ask(request)` gives rows of one column, of which the first counts; None where it doesn't concern this person.

    What every page asks is the statement of a `Prepared`, so that it isn't compiled each time. `page` names the page
    that wants it; "" is the frame around every page.
    """

    key: str
    ask: Callable[[Any], Question | None]
    page: str = ""


_facts: dict[str, Fact] = {}


def register(*facts: Fact) -> None:
    for fact in facts:
        _facts[fact.key] = fact


def counted(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """How many `rows` there are, as a fact's question."""
    return _folded(rows, "COUNT", "pk")


def summed(rows: QuerySet[Any, Any], field: str) -> QuerySet[Any, Any]:
    """The sum of a whole number's column, as a fact's question; None of no rows."""
    return _folded(rows, "SUM", field)


def _folded(rows: QuerySet[Any, Any], function: str, field: str) -> QuerySet[Any, Any]:
    # A plain function, as an aggregate of Django's would group by every column.
    folded = Func(F(field), function=function, output_field=IntegerField())
    asked: QuerySet[Any, Any] = rows.order_by().annotate(fact=folded).values("fact")
    return asked


def gather(request: Any, page: str = "") -> None:
    """Asks what the frame and this page tell, in one statement. A page without facts of its own needn't call it."""
    known: dict[str, Any] = request.__dict__.setdefault(_KEPT, {})
    wanted = [fact for fact in _facts.values() if fact.page in ("", page) and fact.key not in known]
    known.update(_answers({fact.key: fact.ask(request) for fact in wanted}))


def of(request: Any, key: str) -> Any:
    """The fact for this request's person: None where it doesn't concern them, or of nothing."""
    if key not in request.__dict__.get(_KEPT, {}):
        gather(request, _facts[key].page)
    return request.__dict__[_KEPT][key]


def _answers(questions: dict[str, Question | None]) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(questions)
    asked = {key: said for key, each in questions.items() if each is not None and (said := _said(each))}
    if asked:
        columns = ", ".join(f"({sql})" for sql, _ in asked.values())
        with database.cursor() as cursor:
            cursor.execute(f"SELECT {columns}", [value for _, values in asked.values() for value in values])
            found.update(zip(asked, cursor.fetchone(), strict=True))
    return found


def _said(question: Question) -> Statement | None:
    """None where it can be answered without asking: nothing."""
    if isinstance(question, tuple):
        return question
    try:
        return question.query.sql_with_params()
    except EmptyResultSet:
        return None
