"""The accounts of the books that what is posted goes to: which may be chosen, and what became of those that were.

An account is an option of one connection, by our id. Only what is linked to an account of the same books counts, so
that no other company's account can be meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from bigtime.codes.models import Account
from bigtime.core import pickers
from bigtime.core.audit_words import name_in_json
from bigtime.firm.access import ADMINISTRATORS
from bigtime.firm.models import Firm

from .connected import books_of
from .models import Connection, Link

ACCOUNT = Account._meta.label_lower
Kind = Account.Kind


@dataclass(frozen=True, slots=True)
class Use:
    """What an account is chosen for: the option that keeps it, the one kind that may be chosen, and that in words."""

    option: str
    kind: str
    words: str

    @property
    def picker(self) -> str:
        return self.option.replace("_", "-")


USES = {
    use.option: use
    for use in (
        Use("checking_account", Kind.BANK, "a bank account"),
        Use("payable_account", Kind.PAYABLE, "an accounts payable account"),
        Use("card_account", Kind.CARD, "a credit card account"),
        Use("receivable_account", Kind.RECEIVABLE, "an accounts receivable account"),
    )
}


def usable(connection: Connection, **only: Any) -> QuerySet[Account]:
    """What can be chosen of these books: active in them. `only` narrows it down, by `kind` for instance."""
    links = Link.objects.filter(
        connection=connection, local_model=ACCOUNT, state=Link.State.LINKED, is_active=True, local_id__isnull=False
    )
    mine: QuerySet[Account] = Account.objects.for_firm(connection.firm_id).active()
    return mine.filter(pk__in=links.values("local_id"), **only)


def kinds(connection: Connection) -> set[str]:
    """The kinds of which these books have an account to choose."""
    return set(usable(connection).order_by().values_list("kind", flat=True).distinct())


def objections(connection: Connection, chosen: Mapping[str, int]) -> dict[str, str]:
    """By option, why the account with that id can't be used, and what to do; "" where it can. Two statements for any.

    Nothing is told of another firm's account but that it isn't here.
    """
    ids = [pk for pk in chosen.values() if pk]
    if not ids:
        return dict.fromkeys(chosen, "")
    known = Account.objects.for_firm(connection.firm_id).in_bulk(ids)
    rows = Link.objects.filter(
        connection=connection, local_model=ACCOUNT, local_id__in=ids, state=Link.State.LINKED
    ).select_related("remote")
    links = {link.local_id: link for link in rows.defer("remote__data")}
    return {
        option: _objection(connection, USES[option], known.get(pk), links.get(pk)) if pk else ""
        for option, pk in chosen.items()
    }


def _objection(connection: Connection, use: Use, account: Account | None, link: Link | None) -> str:
    if account is None:
        return f"This account isn’t here any more. Choose {use.words}."
    if link is None:
        return f"“{account}” isn’t linked to an account of {connection}. Choose {use.words} that is."
    if link.remote is not None and link.remote.deleted_at is not None:
        return f"“{account}” was deleted in QuickBooks, or merged into another account. Choose {use.words}."
    if not (account.is_active and link.is_active):
        return f"“{account}” is inactive in QuickBooks. Make it active there and press Update now, or choose another."
    if account.kind != use.kind:
        return f"“{account}” is of the type {_type(account)} in QuickBooks. Choose {use.words}."
    return ""


def _type(account: Account) -> str:
    if account.kind == Kind.OTHER:
        return account.type_name or "Other"
    return str(account.get_kind_display())


def _offered(use: Use, firm: Firm) -> QuerySet[Account]:
    books = books_of(firm)
    return usable(books, kind=use.kind) if books else Account.objects.none()


def _picker(use: Use) -> pickers.Picker:
    def rows(firm: Firm) -> QuerySet[Account]:
        return _offered(use, firm)

    return pickers.Picker(use.picker, Account, rows, ("name", "number"), frozenset(ADMINISTRATORS))


def install() -> None:
    """A picker for each use, and the accounts' names in the audit of options."""
    pickers.register(*(_picker(use) for use in USES.values()))
    name_in_json(ACCOUNT, *USES)
