"""The audit: triggers write down who changed what of time, money, rates, links and settings, whoever wrote and however.

`audited()` on a model's Meta is all it takes. One trigger for each kind of statement reads what the statement changed
as a table, so that a bulk write of ten thousand rows is audited by one more INSERT, and COPY, `bulk_create` and
INSERT … ON CONFLICT are seen like a form's save. Who and from where comes from `acting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pghistory
import pgtrigger
from django.db import models

TABLE = "core_auditentry"
# Never worth an entry: they change with everything else, or say nothing a person wrote.
SILENT = ("created_at", "updated_at", "version")
CREATED, CHANGED, DELETED = "created", "changed", "deleted"

# pghistory puts this into each writing statement's transaction.
CONTEXT = "(SELECT NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb AS said) AS ctx"
COLUMNS = "firm_id, model, object_id, action, before, after, at, by_id, source"


class Audited(pgtrigger.Trigger):
    """Writes one kind of change of a model's rows. `only` and `but` are names of fields; `firm` the way to the firm."""

    when = pgtrigger.After
    level = pgtrigger.Statement

    def __init__(self, *, action: str, only: Sequence[str], but: Sequence[str], firm: str) -> None:
        self.action, self.only, self.but, self.firm = action, only, but, firm
        operation = {CREATED: pgtrigger.Insert, CHANGED: pgtrigger.Update, DELETED: pgtrigger.Delete}[action]
        old, new = None if action == CREATED else "old_rows", None if action == DELETED else "new_rows"
        super().__init__(
            name=f"audit_{action}", operation=operation, referencing=pgtrigger.Referencing(old=old, new=new)
        )

    def get_func(self, model: type[models.Model]) -> pgtrigger.Func:
        columns = [f.column for f in model._meta.concrete_fields if self._is_audited(f)]
        source = self._changes(columns) if self.action == CHANGED else self._whole(columns)
        firm, label = self._firm(model), model._meta.label_lower
        return pgtrigger.Func(
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
        values = ", ".join(f'(\'{c}\', to_jsonb(o."{c}"), to_jsonb(r."{c}"))' for c in columns)
        old, new = (", ".join(f'{row}."{c}"' for c in columns) for row in "or")
        return (
            f"new_rows AS r JOIN old_rows AS o ON o.id = r.id AND ROW({old}) IS DISTINCT FROM ROW({new}), "
            "LATERAL (SELECT jsonb_object_agg(v.name, v.was) AS before, jsonb_object_agg(v.name, v.is_now) AS after "
            f"FROM (VALUES {values}) AS v(name, was, is_now) WHERE v.was IS DISTINCT FROM v.is_now) AS d"
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


def audited(
    *,
    only: Sequence[str] = (),
    but: Sequence[str] = (),
    firm: str = "firm",
    actions: Sequence[str] = (CREATED, CHANGED, DELETED),
) -> list[pgtrigger.Trigger]:
    """Triggers for a model's Meta: all its fields, or `only` those, or all `but` those."""
    return [Audited(action=action, only=tuple(only), but=tuple(but), firm=firm) for action in actions]


@contextmanager
def acting(*, user: int | None, source: str) -> Iterator[None]:
    """What is written inside is this person's doing (None: nobody's), by this request or run."""
    with pghistory.context(user=user, source=source[:200]):
        yield
