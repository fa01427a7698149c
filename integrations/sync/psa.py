"""Our side, as the engine sees it: any model by its label, by id or by what makes it the same thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.apps import apps
from django.db import connection as database
from django.db import models
from django.db.models import Value

from .mirror import squeezed
from .targets import Note

# One question: (firm, value, owner or None).
Question = tuple[str, int | None]


def model_of(label: str) -> type[models.Model]:
    """Raises LookupError for a label that isn't "app_label.model" of an installed model."""
    return apps.get_model(label)


def owner_model(label: str, column: str) -> str:
    related: Any = model_of(label)._meta.get_field(column).related_model
    return str(related._meta.label_lower)


def by_id(label: str, ids: Iterable[int], firm: int, *, owner: str = "") -> dict[int, Any]:
    """Only the firm's; an id that isn't there is left out. `owner`: the column of what each belongs to, read along."""
    model = model_of(label)
    wanted = set(ids)
    if not wanted:
        return {}
    scope = {"pk": firm} if label == "firm.firm" else {"firm_id": firm}
    rows = model._default_manager.filter(**scope)
    return (rows.select_related(owner) if owner else rows).in_bulk(list(wanted))


def names(rows: Mapping[str, models.QuerySet[Any]]) -> dict[str, dict[int, str]]:
    """By label and id, what these of ours are called; one statement for any number of labels."""
    parts = [each.order_by().values_list(Value(label), "pk", "name") for label, each in rows.items()]
    found: dict[str, dict[int, str]] = {label: {} for label in rows}
    for label, pk, name in parts[0].union(*parts[1:], all=True) if parts else ():
        found[label][pk] = name
    return found


def find(
    label: str, column: str, questions: Sequence[Question], firm: int, owner: str = ""
) -> dict[Question, list[Any]]:
    """(id, name, e-mail) of the firm's that carry the value in any case, under the owner where one is given."""
    if not questions:
        return {}
    meta: Any = model_of(label)._meta
    quote = database.ops.quote_name
    email = "ours.email" if any(field.name == "email" for field in meta.fields) else "''"
    where = f" AND ours.{quote(meta.get_field(owner).attname)} = asked.owner" if owner else ""
    # Only names of tables and columns are put in, from the models; every value is a parameter.
    statement = (
        f"SELECT asked.position, ours.id, ours.name, {email}"  # noqa: S608
        f" FROM unnest(%s::text[], %s::bigint[]) WITH ORDINALITY AS asked(value, owner, position)"
        f" JOIN {quote(meta.db_table)} ours ON ours.firm_id = %s"
        f" AND lower(ours.{quote(meta.get_field(column).attname)}) = lower(asked.value){where} ORDER BY ours.id"
    )
    found: dict[Question, list[Any]] = defaultdict(list)
    with database.cursor() as cursor:
        cursor.execute(statement, [[value for value, _ in questions], [owner_id for _, owner_id in questions], firm])
        for position, *row in cursor.fetchall():
            found[questions[position - 1]].append(row)
    return found


def fitted(label: str, values: dict[str, Any], keys: Sequence[str]) -> tuple[dict[str, Any], list[Note]]:
    """Values that our columns can hold, and what had to be left out; a key that doesn't fit refuses the record."""
    meta = model_of(label)._meta
    fits: dict[str, Any] = {}
    notes: list[Note] = []
    for column, value in values.items():
        fit, note = _fit(meta.get_field(column), value, is_key=column in keys and column == "name")
        notes += [note] if note else []
        if note is None or note.kind != "rejected":
            fits[column] = fit
    return fits, notes


def _fit(column: Any, value: Any, *, is_key: bool) -> tuple[Any, Note | None]:
    if isinstance(column, models.DecimalField) and value is not None:
        return _fit_number(column, value)
    if not isinstance(value, str):
        return value, None
    text = squeezed(value) if is_key else value
    most = column.max_length
    if is_key and not text:
        return text, Note("rejected", "too_long", "The record has no name. Give it one in QuickBooks.")
    if most is None or len(text) <= most:
        return text, None
    what = column.verbose_name
    if is_key:
        words = f"The {what} has {len(text)} characters; at most {most} fit here. Shorten it in QuickBooks."
        return text, Note("rejected", "too_long", words)
    return text[:most], Note("warning", "cut", f"The {what} has {len(text)} characters; the first {most} were taken.")


def _fit_number(column: models.DecimalField[Any, Any], value: Decimal) -> tuple[Decimal | None, Note | None]:
    note = Note("warning", "out_of_range", f"The {column.verbose_name} {value} is too large and was left out.")
    try:
        rounded = value.quantize(Decimal(1).scaleb(-column.decimal_places))
    except InvalidOperation:
        return None, note
    return (None, note) if rounded.adjusted() + 1 > column.max_digits - column.decimal_places else (rounded, None)


def is_default(item: Any, column: str, value: Any) -> bool:
    """Nobody has said anything here yet."""
    field = item._meta.get_field(column)
    return value in (None, "") or (field.has_default() and value == field.get_default())
