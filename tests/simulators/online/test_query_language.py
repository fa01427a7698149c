"""The parser alone: what it reads, it reads back the same, and nothing else than a refusal comes out of rubbish."""

from __future__ import annotations

import string
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from simulators.online.errors import Refusal
from simulators.online.query_language import Predicate, Query, parse

KEYWORDS = {"SELECT", "COUNT", "FROM", "WHERE", "AND", "IN", "LIKE", "ORDER", "ORDERBY", "ASC", "DESC"}
KEYWORDS |= {"STARTPOSITION", "MAXRESULTS", "BY"}
WORDS = st.text(string.ascii_letters, min_size=1, max_size=12).filter(lambda word: word.upper() not in KEYWORDS)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
OPERATORS = st.sampled_from(["=", "<", ">", "<=", ">=", "!=", "LIKE", "IN"])


@st.composite
def predicates(draw: st.DrawFn) -> Predicate:
    op = draw(OPERATORS)
    values = draw(st.lists(VALUES, min_size=1, max_size=4 if op == "IN" else 1))
    return Predicate(draw(WORDS), op, tuple(values))


@st.composite
def queries(draw: st.DrawFn) -> Query:
    names = draw(st.lists(WORDS, max_size=3))
    order = draw(st.lists(st.tuples(WORDS, st.booleans()), max_size=2))
    start, most = draw(st.integers(1, 10**6)), draw(st.integers(1, 1000))
    where = draw(st.lists(predicates(), max_size=3))
    return Query(draw(WORDS), tuple(names), False, tuple(where), tuple(order), start, most)


def quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def written(query: Query) -> str:
    parts = [f"SELECT {', '.join(query.names) or '*'} FROM {query.entity}"]
    if query.where:
        parts.append("WHERE " + " AND ".join(_condition(one) for one in query.where))
    if query.order:
        parts.append("ORDERBY " + ", ".join(f"{name} {'DESC' if down else 'ASC'}" for name, down in query.order))
    return " ".join([*parts, f"STARTPOSITION {query.start} MAXRESULTS {query.most}"])


def _condition(one: Predicate) -> str:
    values = ", ".join(quoted(value) for value in one.values)
    return f"{one.name} IN ({values})" if one.op == "IN" else f"{one.name} {one.op} {values}"


@given(queries())
def test_a_written_query_is_read_back(query: Query) -> None:
    assert parse(written(query)) == query


@given(st.text(max_size=60))
def test_rubbish_is_refused_and_nothing_else(text: str) -> None:
    with suppress(Refusal):
        parse(text)


def test_more_than_a_thousand_is_a_thousand() -> None:
    assert parse("select * from Item maxresults 5000").most == 1000
    assert parse("select * from Item").most == 100
