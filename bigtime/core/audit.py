"""The audit: triggers write down who changed what of time, money, rates, links and settings, whoever wrote and however.

`audited()` on a model's Meta is all it takes. One trigger for each kind of statement reads what the statement changed
as a table, so that a bulk write of ten thousand rows is audited by one more INSERT, and COPY, `bulk_create` and
INSERT … ON CONFLICT are seen like a form's save. Who and from where comes from `acting`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

import pgtrigger
from django.db import connection, models

TABLE = "core_auditentry"
# Never worth an entry: they change with everything else, or say nothing a person wrote.
SILENT = ("created_at", "updated_at", "version")
CREATED, CHANGED, DELETED = "created", "changed", "deleted"

# What `acting` puts into the transaction of each writing statement.
CONTEXT = "(SELECT NULLIF(current_setting('bigtime.acting', true), '')::jsonb AS said) AS ctx"
WRITES = ("insert", "update", "delete", "merge", "with")
COLUMNS = "firm_id, model, object_id, action, before, after, at, by_id, source"


class Audited(pgtrigger.Trigger):
    """Writes one kind of change of a model's rows. `only` and `but` are names of fields; `firm` the way to the firm."""

    when = pgtrigger.After
    level = pgtrigger.Statement

    def __init__(self, *, action: str, only: Sequence[str], but: Sequence[str], firm: str) -> None:
        self.action, self.only, self.but, self.firm = action, only, but, firm
        operation = {CREATED: pgtrigger.Insert, CHANGED: pgtrigger.Update, DELETED: pgtrigger.Delete}[action]
        old, new = None if action == CREATED else "old_rows", None if action == DELETED else "new_rows"
        rows = pgtrigger.Referencing(old=old, new=new)  # type: ignore[no-untyped-call]
        super().__init__(name=f"audit_{action}", operation=operation, referencing=rows)

    def get_func(self, model: Any) -> pgtrigger.Func:
        columns = [f.column for f in model._meta.concrete_fields if self._is_audited(f)]
        source = self._changes(columns) if self.action == CHANGED else self._whole(columns)
        firm, label = self._firm(model), model._meta.label_lower
        return pgtrigger.Func(  # type: ignore[no-untyped-call]
            f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {firm}, '{label}', r.id, '{self.action}', d.before, d.after, "
            f"clock_timestamp(), {self._by(model)}, COALESCE(ctx.said->>'source', '') FROM {source}, {CONTEXT}; "
            "RETURN NULL;"
        )

    def _is_audited(self, field: Any) -> bool:
        if self.only:
            return field.name in self.only
        return not field.primary_key and field.name not in SILENT and field.name not in self.but

    def _whole(self, columns: list[str]) -> str:
        rows, side = ("new_rows", "after") if self.action == CREATED else ("old_rows", "before")
        pairs = ", ".join(f"'{column}', r.\"{column}\"" for column in columns)
        other = "before" if side == "after" else "after"
        whole = f"jsonb_strip_nulls(jsonb_build_object({pairs}))"
        return f"{rows} AS r, LATERAL (SELECT {whole} AS {side}, '{{{{}}}}'::jsonb AS {other}) AS d"

    def _changes(self, columns: list[str]) -> str:
        was, now = (", ".join(f"'{c}', {_if_changed(c, row)}" for c in columns) for row in "or")
        old, new = (", ".join(f'{row}."{c}"' for c in columns) for row in "or")
        return (
            f"new_rows AS r JOIN old_rows AS o ON o.id = r.id AND ROW({old}) IS DISTINCT FROM ROW({new}), "
            f"LATERAL (SELECT jsonb_strip_nulls(jsonb_build_object({was})) AS before, "
            f"jsonb_strip_nulls(jsonb_build_object({now})) AS after) AS d"
        )

    def _firm(self, model: type[models.Model]) -> str:
        if self.firm == "pk":
            return "r.id"
        name, _, rest = self.firm.partition("__")
        if not rest:
            return f"r.{name}_id"
        parent: Any = model._meta.get_field(name).related_model
        return f"(SELECT p.{rest}_id FROM {parent._meta.db_table} AS p WHERE p.id = r.{name}_id)"

    def _by(self, model: type[models.Model]) -> str:
        """The person acting; where nobody said, the one the row names."""
        said = "(ctx.said->>'user')::bigint"
        names = {field.name for field in model._meta.concrete_fields}
        named = next((name for name in ("changed_by", "created_by") if name in names), "")
        return f"COALESCE({said}, r.{named}_id)" if named and self.action != DELETED else said


def _if_changed(column: str, row: str) -> str:
    return f'CASE WHEN o."{column}" IS DISTINCT FROM r."{column}" THEN {row}."{column}" END'


def audited(
    *,
    only: Sequence[str] = (),
    but: Sequence[str] = (),
    firm: str = "firm",
    actions: Sequence[str] = (CREATED, CHANGED, DELETED),
) -> list[pgtrigger.Trigger]:
    """Triggers for a model's Meta: all its fields, or `only` those, or all `but` those."""
    return [Audited(action=action, only=tuple(only), but=tuple(but), firm=firm) for action in actions]


_acting: ContextVar[str] = ContextVar("acting", default="")


@contextmanager
def acting(*, user: int | None, source: str) -> Iterator[None]:
    """What is written inside is this person's doing (None: nobody's), by this request or run. May be nested."""
    before = _acting.get()
    token = _acting.set(json.dumps({"user": user, "source": source[:200]}))
    try:
        with nullcontext() if before else connection.execute_wrapper(_say_who):
            yield
    finally:
        _acting.reset(token)


def _say_who(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Puts who acts before a writing statement, in the same message: no round trip, and nothing left after a rollback.

    As a literal, not as a parameter: SQL without parameters may hold a percent sign.
    """
    read_on = getattr(context["cursor"], "name", "")  # a cursor that the server keeps: it declares what it reads
    if many or read_on or not isinstance(sql, str) or not sql.lstrip().lower().startswith(WRITES):
        return execute(sql, params, many, context)
    said = _acting.get().replace("'", "''")
    literal = said if params is None else said.replace("%", "%%")
    result = execute(f"SELECT set_config('bigtime.acting', '{literal}', true); {sql}", params, many, context)
    cursor = context["cursor"]
    while cursor.nextset():
        pass
    return result
