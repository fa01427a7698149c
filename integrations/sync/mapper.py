"""The mapping language, part two: an entity is a list of fields that reads and writes itself in every edition."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any, ClassVar

from .fields import Dialect, Field, Wins
from .targets import Incoming, Rules, Target

# Where a lack is mended: what its button says, and the URL name of the page.
Mend = tuple[str, str]


class Entity:
    """One thing in the books is one thing of ours. Subclasses declare fields as class attributes, in qbXML's order.

    A field that no kind describes is read by `read_<name>(raw, dialect)` or written by
    `write_<name>(out, value, dialect, values)` on the entity instead.
    """

    key: ClassVar[str] = ""
    label: ClassVar[str] = ""  # plural, as the screen says it
    online: ClassVar[str] = ""
    desktop: ClassVar[str] = ""
    fields: ClassVar[dict[str, Field]] = {}
    incoming: ClassVar[bool] = True  # read from the books
    single: ClassVar[bool] = False  # there is exactly one, read by its own call
    is_tree: ClassVar[bool] = False  # records have parents of the same kind; `parent` is the field
    order: ClassVar[int] = 80  # in which lists are brought over: what others refer to comes first
    first_look: ClassVar[int] = 100  # in which a person meets lists in the preview: what they know best comes first
    linkable: ClassVar[tuple[str, ...]] = ()  # our models a person may link it to
    places: ClassVar[tuple[str, ...]] = ()  # where its links show: "client" means client_list and client_detail
    only_kind: ClassVar[str] = ""  # of a list of several kinds, the one (of `kind`) that can be something here
    whole_label: ClassVar[str] = ""  # such a list with all its kinds
    by_choice: ClassVar[bool] = False  # never wholesale: a person chooses who of them comes in
    made_as: ClassVar[dict[str, Any]] = {}  # columns of one of ours that is made of a chosen one
    mends: ClassVar[dict[str, Mend]] = {}  # by the code of a `readiness.Blocker`

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        cls.fields = {**cls.fields, **own}

    def read(self, raw: dict[str, Any], dialect: Dialect, *, only: Collection[str] = ()) -> dict[str, Any]:
        """Values by field name, of all fields or `only` some. Raises Rejected naming the first of the wrong type."""
        readers = self._readers
        wanted = [name for name in only if name in readers] if only else readers
        return {name: readers[name](raw, dialect) for name in wanted}

    def write(self, values: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
        """What the edition is sent for these values, in declared order; fields that are not given stay out."""
        out: dict[str, Any] = {}
        for name, field, own in self._writers:
            if own is not None:
                own(out, values.get(name), dialect, values)
            elif name in values:
                field.write(out, values[name], dialect)
        return out

    def ours(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values that have a column of ours, by column."""
        return {f.local: values[name] for name, f in self.fields.items() if f.local and name in values}

    @cached_property
    def desktop_order(self) -> list[str]:
        """The elements of Desktop's record in the order that its parser demands: that of the declaration."""
        return list(
            dict.fromkeys(f.paths["desktop"].split(".")[0] for f in self.fields.values() if "desktop" in f.paths)
        )

    @property
    def wins(self) -> dict[str, Wins]:
        """Who owns each column of ours."""
        return {field.local: field.wins for field in self.fields.values() if field.local}

    def targets(self, record: Incoming, rules: Rules) -> list[Target]:
        """What the record should be here. None: it is only mirrored, and perhaps linked by hand."""
        return []

    @cached_property
    def _readers(self) -> dict[str, Callable[[dict[str, Any], Dialect], Any]]:
        return {name: getattr(self, f"read_{name}", field.read) for name, field in self.fields.items()}

    @cached_property
    def _writers(self) -> list[tuple[str, Field, Callable[..., None] | None]]:
        return [(name, field, getattr(self, f"write_{name}", None)) for name, field in self.fields.items()]
