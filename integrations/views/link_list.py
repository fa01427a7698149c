"""The records of one list of the books, each with what it is here and what it could be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import django_filters
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Value
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bigtime.core.columns import Column
from bigtime.core.filters import ListFilter
from bigtime.core.lists import Bound, ListPage
from bigtime.core.slots import Badge
from integrations.models import Link, Proposal, RemoteRecord, SyncIssue
from integrations.options import Options
from integrations.panels import local_url, local_word, status_of
from integrations.sync import linkable, psa, suggesting
from integrations.sync.likeness import SURE
from integrations.sync.mapper import Entity
from integrations.sync.matching import Suggestion

from .deciding import AT_ONCE, connection_or_404, of_books

STATES = (
    ("decision", "Needs a decision"),
    ("not_linked", "Not linked"),
    ("linked", "Linked"),
    ("linked_inactive", "Linked but inactive"),
    ("blocked", "Blocked"),
)


def _is_asked() -> Q:
    """A person has to say what it is: found by the preview of a first import, or by a later sync."""
    about = {"remote": OuterRef("pk")}
    return Q(Exists(Proposal.objects.filter(**about, outcome=Proposal.Outcome.DECISION))) | Q(
        Exists(SyncIssue.objects.filter(**about, kind=SyncIssue.Kind.DECISION, resolved_at=None))
    )


def _is_level(use_jobs: bool) -> Q:
    """A job that nothing here has to be linked to: others stand below it, or projects don't pair with jobs at all."""
    below = RemoteRecord.objects.filter(
        connection=OuterRef("connection"), entity=OuterRef("entity"), parent_id=OuterRef("remote_id"), deleted_at=None
    )
    counting = below.filter(Q(is_active=True) | Q(Exists(Link.objects.filter(remote=OuterRef("pk"), state="linked"))))
    return Q(Exists(counting), ~Q(parent_id="")) if use_jobs else ~Q(parent_id="")


def _links(state: str) -> Exists:
    return Exists(Link.objects.filter(remote=OuterRef("pk"), state=state))


class LinkFilter(ListFilter):
    search = ("name",)
    state = django_filters.ChoiceFilter(choices=STATES, label="State", method="by_state")
    active = django_filters.ChoiceFilter(
        field_name="is_active", choices=(("True", "Active"), ("False", "Inactive")), label="In QuickBooks"
    )

    class Meta:
        model = RemoteRecord
        fields: list[str] = []

    def by_state(self, rows: QuerySet[Any], name: str, state: str) -> QuerySet[Any]:
        if state == "decision":
            return rows.filter(_is_asked(), deleted_at=None)
        inactive = Q(is_active=False) | Q(deleted_at__isnull=False)
        if state == "not_linked":
            return rows.filter(~Exists(Link.objects.filter(remote=OuterRef("pk"))), deleted_at=None)
        if state == "linked":
            return rows.filter(_links("linked")).exclude(inactive)
        return rows.filter(inactive, _links("linked")) if state == "linked_inactive" else rows.filter(_links("blocked"))


def _state(row: Any) -> Badge:
    held = row.held_links
    if row.is_asked:
        return Badge("decision")
    link = next((each for each in held if each.state == Link.State.LINKED), held[0] if held else None)
    if link is None and row.is_level:
        return Badge("level", row.level_words)
    return Badge(status_of(link))


def _here(row: Any) -> SafeString:
    shown = ((url, name, local_word(model)) for model, name, url in row.locals)
    return format_html_join(", ", '<a class="link" href="{}">{}</a> <span class="muted small">{}</span>', shown)


def _suggestion(row: Any) -> SafeString | str:
    found: Suggestion | None = row.suggestion
    if found is None:
        return ""
    css = "ok" if found.confidence >= SURE else ""
    return format_html('{} <span class="tag {}">{} %</span>', found.name, css, found.confidence)


class LinkList(ListPage):
    """Mirror rows of one list; what is here and what might be is asked for a page at a time."""

    filters = LinkFilter
    own = ("entity",)
    order = "name"
    bulk = "integrations/_links_bulk.html"
    bulk_all = True
    most_at_once = AT_ONCE
    search_label = "Name in QuickBooks"
    empty = {
        "icon": "link", "title": "Nothing read yet",
        "text": "Press Update now: the list is read from QuickBooks and shows here.",
    }  # fmt: skip

    def __init__(self, request: Any, spec: Entity, query: QueryDict | None = None) -> None:
        super().__init__(request, query)
        self.spec = spec
        self.has_sure = False  # a suggestion among the rows completed so far
        self.connection = connection_or_404(request)
        self.name = f"links-{spec.key}"

    @property
    def bulk_url(self) -> str:  # type: ignore[override]
        return reverse("integrations:links_act")

    @property
    def bound(self) -> tuple[Bound, ...]:
        return (*super().bound, of_books(self.connection))

    def rows(self) -> QuerySet[Any]:
        found = RemoteRecord.objects.filter(connection=self.connection, entity=self.spec.key)
        named = found.annotate(is_asked=_is_asked(), above=linkable.above(), is_level=self._level)
        rows: QuerySet[Any] = named.filter(linkable.of_use(self.connection)).defer("data")
        return rows

    @cached_property
    def _uses_jobs(self) -> bool:
        return Options.of(self.connection).use_jobs

    @property
    def _level(self) -> Q | Value:
        """Only a tree of two kinds has levels that stand for nothing here."""
        has_levels = self.spec.is_tree and len(self.spec.linkable) > 1
        return _is_level(self._uses_jobs) if has_levels else Value(False, output_field=BooleanField())

    def ordered(self) -> QuerySet[Any]:
        """As the list is best read, unless another order is asked for."""
        rows: QuerySet[Any] = super().ordered()
        if not self.query.get("sort"):
            rows = linkable.in_order(self.connection, self.spec, rows)
        return rows

    def shown_columns(self) -> tuple[Column, ...]:
        extra: tuple[Column, ...] = ()
        if "is_1099" in self.spec.fields:
            extra = (Column("flag", "1099", value=lambda r: "1099" if getattr(r, "flag", "") == "true" else ""),)
        return (
            Column("name", "In QuickBooks", sort=linkable.path() if self.spec.is_tree else "name", main=True,
                   value=_name, export=lambda r: r.name,
                   url=lambda r: f"{reverse('integrations:record', args=[r.pk])}?next={self._here_url}"),
            *extra,
            Column("active", "There", value=_there, sort="is_active"),
            Column("state", "State", value=_state, kind="badge"),
            Column("here", "Here", value=_here, export=lambda r: ", ".join(name for _, name, _ in r.locals)),
            Column("suggestion", "Could be", value=_suggestion, export=lambda r: getattr(r.suggestion, "name", "")),
        )  # fmt: skip

    @cached_property
    def _here_url(self) -> str:
        return quote(self.request.get_full_path())

    def is_off(self, row: Any) -> bool:
        return not row.is_active or row.deleted_at is not None

    def completed(self, rows: list[Any]) -> list[Any]:
        """Adds to each row its links, what they lead to and a suggestion. Constant SQL."""
        held: dict[int, list[Link]] = {row.pk: [] for row in rows}
        for link in Link.objects.filter(remote__in=held).order_by("local_model"):
            held[link.remote_id or 0].append(link)
        names = self._names([link for links in held.values() for link in links])
        free = [row for row in rows if not held[row.pk]]
        hints = suggesting.suggest(connection=self.connection, entity=self.spec.key, records=free)
        self.has_sure = any(hint.confidence >= SURE for hint in hints.values())
        for row in rows:
            for link in held[row.pk]:
                link.remote = row
            row.held_links, row.suggestion = held[row.pk], hints.get(row.pk)
            row.level_words = "" if self._uses_jobs else "Jobs aren’t used"
            row.locals = [
                (each.local_model, names[each.local_model, each.local_id], local_url(each.local_model, each.local_id))
                for each in held[row.pk] if (each.local_model, each.local_id) in names
            ]  # fmt: skip
        return rows

    def may_accept(self) -> bool:
        """Whether a suggestion can be accepted: of this page's rows, which are completed first, or of another page's.

        On other pages none is sought: there one can be as long as anything is open on both sides. One statement.
        """
        linked = Exists(Link.objects.filter(remote=OuterRef("pk")))
        open_ones = self.matching().filter(~linked, suggesting.any_free(self.connection, self.spec.key))
        return open_ones.filter(deleted_at=None).exists() and (self.has_sure or self.page.paginator.num_pages > 1)

    def _names(self, links: Sequence[Link]) -> dict[tuple[str, int | None], str]:
        ids: dict[str, list[int]] = defaultdict(list)
        for link in links:
            if link.local_id:
                ids[link.local_model].append(link.local_id)
        firm = self.connection.firm_id
        mine = {each: psa.model_of(each)._default_manager.filter(firm_id=firm, pk__in=pks) for each, pks in ids.items()}
        return {(model, pk): name for model, known in psa.names(mine).items() for pk, name in known.items()}


def _name(row: Any) -> SafeString | str:
    return under(row.above, row.name or f"Number {row.remote_id}")


def under(above: str, name: str) -> SafeString | str:
    """A record's name after that of what it stands under."""
    return format_html('<span class="muted">{} › </span>{}', above, name) if above else name


def _there(row: Any) -> str:
    return "Deleted" if row.deleted_at else "Active" if row.is_active else "Inactive"
