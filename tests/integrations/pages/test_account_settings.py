"""Accounts in the settings: chosen by kind, from these books only, and told when they can't be used any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bigtime.codes.models import Account
from bigtime.core.models import AuditEntry
from bigtime.firm.models import Firm
from integrations import accounts
from integrations.models import Connection, Link, RemoteRecord
from integrations.options import Options
from tests.factories import AccountFactory, ConnectionFactory, FirmFactory
from tests.factories.books import account_of

from .conftest import said, text

TIME, INVOICING = "/company/integrations/settings/time/", "/company/integrations/settings/invoicing/"
SYSTEMS = ("quickbooks_online", "quickbooks_desktop")
PLACES = {
    "checking_account": (TIME, "bank", "a bank account"),
    "payable_account": (TIME, "payable", "an accounts payable account"),
    "card_account": (TIME, "card", "a credit card account"),
    "receivable_account": (INVOICING, "receivable", "an accounts receivable account"),
}
LABELS = {
    "checking_account": "Checking account",
    "payable_account": "Accounts payable account",
    "card_account": "Card account",
    "receivable_account": "Default AR account",
}
OTHER_KINDS = [(option, kind) for option in PLACES for kind in Account.Kind.values if kind != PLACES[option][1]]


@pytest.fixture(params=SYSTEMS)
def books(request: Any, firm: Firm) -> Connection:
    return ConnectionFactory.create(  # type: ignore[no-any-return]
        firm=firm, system=request.param, company_name="Blue Heron", imported_at=timezone.now()
    )


def sent(address: str, **chosen: object) -> dict[str, object]:
    """What the tab's form sends; what isn't named is as the defaults are."""
    rest = {"billable": "not_billable", "payroll_way": "person", "require_approval": "on", "post_class": "on"}
    return {**(rest | {"marker": "on"} if address == TIME else {}), **chosen}


def options(books: Connection) -> Options:
    books.refresh_from_db()
    return Options.of(books)


def chosen(books: Connection) -> dict[str, int]:
    return {option: getattr(options(books), option) for option in PLACES}


def keep(books: Connection, **values: Any) -> None:
    books.options = {**books.options, **values}
    books.save()


def errors(answer: Any) -> dict[str, list[str]]:
    return {name: list(words) for name, words in answer.context["form"].errors.items()}


def lost(answer: Any) -> list[tuple[str, str]]:
    return [(str(field.label), words) for field, words in answer.context["form"].lost]


def offered(answer: Any, option: str) -> list[str]:
    """The choices on the page, the chosen one with a star."""
    box = answer.context["form"][option].field.widget.get_context(option, answer.context["form"][option].value(), {})
    return [f"{each.label}*" if each.chosen else each.label for each in box["picker"].options]


def test_each_is_offered_accounts_of_its_kind_in_order_and_keeps_what_is_chosen(
    admin: Client, books: Connection
) -> None:
    for kind in Account.Kind.values:
        account_of(books, f"Second {kind}", kind, number="20")
        account_of(books, f"First {kind}", kind, number="10")
    for option, (address, kind, _) in PLACES.items():
        page = admin.get(address)
        assert offered(page, option) == [f"10 First {kind}", f"20 Second {kind}"]
        assert page.context["form"].no_accounts is False
        assert f'<label for="id_{option}">{LABELS[option]}' in text(page)
        wanted = Account.objects.get(name=f"Second {kind}")
        others = {name: value for name, value in chosen(books).items() if PLACES[name][0] == address and value}
        answer = admin.post(address, sent(address, **others, **{option: wanted.pk}), follow=True)
        assert said(answer) == ["The settings were saved."]
        assert chosen(books)[option] == wanted.pk
        assert offered(answer, option) == [f"10 First {kind}", f"20 Second {kind}*"]
    assert 0 not in chosen(books).values()
    # Neither an option of another tab nor another account is touched.
    assert options(books) == Options(**chosen(books))


def test_none_can_be_chosen_again(admin: Client, books: Connection) -> None:
    bank = account_of(books, "Checking", "bank")
    keep(books, checking_account=bank.pk)
    assert offered(admin.get(TIME), "checking_account") == ["Checking*"]
    assert said(admin.post(TIME, sent(TIME, checking_account=""), follow=True)) == ["The settings were saved."]
    assert options(books) == Options()


@pytest.mark.parametrize(("option", "kind"), OTHER_KINDS)
def test_an_account_of_another_kind_is_refused(admin: Client, books: Connection, option: str, kind: str) -> None:
    address, right, words = PLACES[option]
    account_of(books, "Right", right)
    wrong = account_of(books, "Wrong", kind, type_name="Equity" if kind == "other" else "")
    answer = admin.post(address, sent(address, **{option: wrong.pk, "billable": "as_entered"}))
    kind_there = "Equity" if kind == "other" else Account.Kind(kind).label
    assert answer.status_code == 422
    assert errors(answer) == {option: [f"“Wrong” is of the type {kind_there} in QuickBooks. Choose {words}."]}
    assert (offered(answer, option), options(books)) == (["Right", "Wrong*"], Options())
    if address == TIME:
        assert answer.context["form"]["billable"].value() == "as_entered"


def test_what_is_inactive_deleted_or_not_linked_is_refused_and_stays_as_it_was_typed(
    admin: Client, books: Connection
) -> None:
    right = account_of(books, "Right", "bank")
    keep(books, checking_account=right.pk)
    inactive, gone, apart = (account_of(books, name, "bank") for name in ("Inactive", "Gone", "Apart"))
    Account.objects.filter(pk=inactive.pk).update(is_active=False)
    RemoteRecord.objects.filter(name="Gone").update(deleted_at=timezone.now())
    Link.objects.filter(local_id=gone.pk).update(is_active=False)
    Link.objects.filter(local_id=apart.pk).delete()
    refusals = {
        inactive: "“Inactive” is inactive in QuickBooks. Make it active there and press Update now, or choose another.",
        gone: "“Gone” was deleted in QuickBooks, or merged into another account. Choose a bank account.",
        apart: "“Apart” isn’t linked to an account of Blue Heron. Choose a bank account that is.",
    }
    for account, words in refusals.items():
        answer = admin.post(TIME, sent(TIME, checking_account=account.pk, billable="as_entered"))
        assert (answer.status_code, errors(answer)) == (422, {"checking_account": [words]})
        assert offered(answer, "checking_account") == sorted([f"{account}*", "Right"])
        assert options(books) == Options(checking_account=right.pk)


@pytest.mark.parametrize("forged", ["999999999", "-1", "12.5", "x", "9" * 40, "１２", "0x1", "None"])
@pytest.mark.parametrize("option", PLACES)
def test_a_forged_id_is_refused(admin: Client, books: Connection, option: str, forged: str) -> None:
    address, _, words = PLACES[option]
    answer = admin.post(address, sent(address, **{option: forged}))
    assert answer.status_code == 422
    assert errors(answer) == {option: [f"This account isn’t here any more. Choose {words}."]}
    assert options(books) == Options()


@pytest.mark.parametrize("option", PLACES)
def test_another_firms_account_is_neither_offered_nor_taken_nor_named(
    admin: Client, books: Connection, option: str
) -> None:
    address, kind, words = PLACES[option]
    theirs = account_of(ConnectionFactory.create(firm=FirmFactory.create()), "Their secret", kind)
    assert offered(admin.get(address), option) == []
    answer = admin.post(address, sent(address, **{option: theirs.pk}))
    assert (answer.status_code, options(books)) == (422, Options())
    assert errors(answer) == {option: [f"This account isn’t here any more. Choose {words}."]}
    assert "Their secret" not in text(answer)


def test_what_became_of_a_chosen_account_is_said_with_what_to_do(admin: Client, books: Connection) -> None:
    bank, payable, card = (
        account_of(books, name, kind) for name, kind in (("B", "bank"), ("P", "payable"), ("C", "card"))
    )
    receivable = account_of(books, "R", "receivable")
    kept = dict(zip(PLACES, (bank.pk, payable.pk, card.pk, receivable.pk), strict=True))
    keep(books, **kept)
    assert (lost(admin.get(TIME)), lost(admin.get(INVOICING))) == ([], [])
    Account.objects.filter(pk=bank.pk).update(is_active=False)
    Link.objects.filter(local_id=bank.pk).update(is_active=False)
    Account.objects.filter(pk=payable.pk).update(kind="other", type_name="Equity")
    Link.objects.filter(local_id=card.pk).update(is_active=False)
    RemoteRecord.objects.filter(name="C").update(deleted_at=timezone.now())
    receivable.delete()
    page = admin.get(TIME)
    assert lost(page) == [
        (
            "Checking account",
            "“B” is inactive in QuickBooks. Make it active there and press Update now, or choose another.",
        ),
        ("Accounts payable account", "“P” is of the type Equity in QuickBooks. Choose an accounts payable account."),
        (
            "Card account",
            "“C” was deleted in QuickBooks, or merged into another account. Choose a credit card account.",
        ),
    ]
    assert '<a href="#id_checking_account">Checking account</a>: “B” is inactive' in text(page)
    assert [offered(page, option) for option in list(PLACES)[:3]] == [["B*"], ["P*"], ["C*"]]
    assert lost(admin.get(INVOICING)) == [
        ("Default AR account", "This account isn’t here any more. Choose an accounts receivable account.")
    ]
    # Looking changes nothing.
    assert chosen(books) == kept


def test_before_accounts_have_come_the_page_says_so(admin: Client, books: Connection) -> None:
    AccountFactory.create(firm=books.firm, name="Of no books", kind="bank")
    empty = "No accounts have come from QuickBooks yet."
    for address in (TIME, INVOICING):
        page = text(admin.get(address))
        assert empty in page
        assert 'They come with a sync: <a href="/company/integrations/sync/">press Update now</a>' in page
        Connection.objects.update(imported_at=None)
        assert ">press Update now, then Import</a>" in text(admin.get(address))
        Connection.objects.update(imported_at=timezone.now())
        assert "Of no books" not in page
    assert empty not in text(admin.get("/company/integrations/settings/"))
    assert said(admin.post(TIME, sent(TIME), follow=True)) == ["The settings were saved."]
    account_of(books, "Checking", "bank")
    page = admin.get(TIME)
    lacking = "There is none in these books yet: make one in QuickBooks and press Update now."
    fields = page.context["form"].fields
    assert empty not in text(page)
    assert [lacking in fields[option].help_text for option in list(PLACES)[:3]] == [False, True, True]


def test_another_company_begins_without_the_accounts_of_the_former_one(
    admin: Client, books: Connection, firm: Firm
) -> None:
    only_there = account_of(books, "Only there", "bank")
    both = account_of(books, "In both", "bank")
    keep(books, checking_account=both.pk)
    Connection.objects.update(status="disabled")
    other = ConnectionFactory.create(firm=firm, system=books.system, company_name="Other Inc")
    account_of(other, "Only here", "bank")
    Link.objects.create(
        connection=other, entity="account", local_model="codes.account", local_id=both.pk,
        remote=RemoteRecord.objects.create(connection=other, entity="account", remote_id="9", version="0"),
    )  # fmt: skip
    assert offered(admin.get(TIME), "checking_account") == ["In both", "Only here"]
    assert options(other).checking_account == 0
    answer = admin.post(TIME, sent(TIME, checking_account=only_there.pk))
    words = "“Only there” isn’t linked to an account of Other Inc. Choose a bank account that is."
    assert errors(answer) == {"checking_account": [words]}
    assert (options(other), options(books).checking_account) == (Options(), both.pk)


def test_each_change_is_in_the_audit_by_name(admin: Client, books: Connection) -> None:
    bank = account_of(books, "Checking", "bank", number="1010")
    keep(books, checking_account=0)
    before = AuditEntry.objects.count()
    admin.post(TIME, sent(TIME, checking_account=bank.pk))
    entry = AuditEntry.objects.get(model="integrations.connection", id__gt=0, after__options__checking_account=bank.pk)
    assert (AuditEntry.objects.count() - before, entry.by) == (1, admin.membership.user)  # type: ignore[attr-defined]
    page = text(admin.get("/company/audit/?model=integrations.connection"))
    assert "checking_account: 1010 Checking" in page
    assert "checking_account: none" in page


@pytest.mark.parametrize("role", ["accountant", "manager", "staff"])
@pytest.mark.parametrize("address", [TIME, INVOICING])
def test_only_administrators_choose(
    signed_in: Callable[..., Client], books: Connection, role: str, address: str
) -> None:
    bank = account_of(books, "Checking", "bank")
    browser = signed_in(role)
    assert browser.get(address).status_code == 403
    assert browser.post(address, sent(address, checking_account=bank.pk)).status_code == 403
    assert options(books) == Options()


@pytest.mark.parametrize("option", PLACES)
def test_a_picker_finds_only_what_can_be_chosen(
    signed_in: Callable[..., Client], books: Connection, option: str
) -> None:
    kind = PLACES[option][1]
    found = account_of(books, "Main here", kind, number="77")
    account_of(books, "Main of another kind", "expense", number="77")
    account_of(ConnectionFactory.create(firm=FirmFactory.create()), "Main of others", kind, number="77")
    Account.objects.filter(pk=account_of(books, "Main gone", kind, number="77").pk).update(is_active=False)
    url = f"/company/pick/{accounts.USES[option].picker}/?q=main+77"
    assert signed_in("administrator").get(url).json() == {
        "options": [{"id": found.pk, "name": "77 Main here"}], "more": False
    }  # fmt: skip
    for role in ("accountant", "manager", "staff"):
        assert signed_in(role).get(url).status_code == 403


def test_a_picker_of_a_firm_without_books_is_empty(admin: Client) -> None:
    assert admin.get("/company/pick/checking-account/").json() == {"options": [], "more": False}


def test_without_script_others_are_found_and_nothing_is_judged_or_saved(admin: Client, books: Connection) -> None:
    for at in range(60):
        account_of(books, f"Bank {at:02}", "bank")
    page = admin.get(TIME)
    assert len(offered(page, "checking_account")) == 50
    assert 'data-url="/company/pick/checking-account/"' in text(page)
    search = sent(TIME, billable="as_entered", find="checking_account") | {"find:checking_account": "57"}
    answer = admin.post(TIME, search)
    assert (answer.status_code, errors(answer)) == (200, {})
    assert offered(answer, "checking_account") == ["Bank 57"]
    assert answer.context["form"]["billable"].value() == "as_entered"
    assert options(books) == Options()


def test_disabled_books_keep_their_accounts(admin: Client, books: Connection) -> None:
    bank = account_of(books, "Checking", "bank")
    Connection.objects.update(status="disabled")
    assert offered(admin.get(TIME), "checking_account") == ["Checking"]
    admin.post(TIME, sent(TIME, checking_account=bank.pk))
    assert options(books).checking_account == bank.pk
    assert admin.get("/company/pick/checking-account/").json()["options"] == [{"id": bank.pk, "name": "Checking"}]


def test_online_says_that_it_chooses_the_account_of_an_invoice(admin: Client, books: Connection) -> None:
    page = text(admin.get(INVOICING))
    assert "The account that invoices are posted to." in page
    assert ("API takes no such account with an invoice" in page) is (books.system == "quickbooks_online")
