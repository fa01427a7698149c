"""Classes and payroll items are the books' own: they are shown, searched and exported, and never edited here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import ProtectedError
from django.test import Client

from bigtime.codes.models import PayrollItem, TrackingClass
from bigtime.firm.models import Firm
from tests.factories import PayrollItemFactory, TimeEntryFactory, TrackingClassFactory

SignIn = Callable[..., Client]
CLASSES, ITEMS = "/company/codes/classes/", "/company/codes/payroll-items/"


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_classes_are_listed_as_a_tree_and_the_firms_own(signed_in: SignIn, firm: Firm) -> None:
    for name in ("Training", "Regions › West", "Regions"):
        TrackingClassFactory.create(firm=firm, name=name)
    TrackingClassFactory.create(firm=firm, name="Print shop", is_active=False)
    TrackingClassFactory.create(name="Foreign")
    page = text(signed_in("accountant"), CLASSES)
    places = [page.index(f">{name}<") for name in ("Regions", "Regions › West", "Training")]
    assert places == sorted(places)
    assert "Print shop" not in page
    assert "Foreign" not in page
    assert "New " not in page[page.index("<main") :]


def test_payroll_items_show_their_kind(signed_in: SignIn, firm: Firm) -> None:
    PayrollItemFactory.create(firm=firm, name="Overtime")
    PayrollItemFactory.create(firm=firm, name="Director", kind=PayrollItem.Kind.SALARY)
    browser = signed_in("administrator")
    page = text(browser, ITEMS)
    assert "Overtime" in page
    assert "Payroll filters" in page
    assert "Overtime" not in text(browser, f"{ITEMS}?kind=salary")


def test_the_empty_lists_say_where_they_come_from(signed_in: SignIn) -> None:
    browser = signed_in("administrator")
    assert "where class tracking is switched on there" in text(browser, CLASSES)
    assert "QuickBooks Online lets no program read them" in text(browser, ITEMS)


@pytest.mark.parametrize("role", ["manager", "staff"])
def test_they_are_for_the_office(signed_in: SignIn, role: str) -> None:
    browser = signed_in(role)
    assert [browser.get(address).status_code for address in (CLASSES, ITEMS)] == [403, 403]


@pytest.mark.django_db
def test_what_time_carries_is_never_deleted(firm: Firm) -> None:
    used, item = TrackingClassFactory.create(firm=firm), PayrollItemFactory.create(firm=firm)
    TimeEntryFactory.create(firm=firm, tracking_class=used, payroll_item=item)
    for row in (used, item):
        with pytest.raises(ProtectedError):
            row.delete()
    assert TrackingClass.objects.filter(pk=used.pk).exists()
    assert PayrollItem.objects.filter(pk=item.pk).exists()
