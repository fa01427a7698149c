"""S1, S4, S6, S7: company, employees, accounts, items; and the lists that are only mirrored."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bigtime.codes.models import Account, LaborCode, TrackingClass
from bigtime.staff.models import Staff
from integrations.models import Link, Proposal, RemoteRecord, SyncIssue
from integrations.sync import matching, runs, suggesting
from integrations.sync.errors import Rejected
from tests.factories import TimeEntryFactory

from .conftest import Books

pytestmark = pytest.mark.django_db(transaction=True)


def employee(books: Books, first: str, last: str, **fields: object) -> str:
    return books.add("Employee", GivenName=first, FamilyName=last, DisplayName=f"{first} {last}", **fields)


def remote(books: Books, entity: str, name: str) -> RemoteRecord:
    return RemoteRecord.objects.get(connection=books.connection, entity=entity, name=name)


def test_active_employees_become_staff_and_the_known_are_linked(books: Books) -> None:
    known = Staff.objects.create(firm=books.connection.firm, name="Elena Rossi", email="ELENA@firm.example")
    employee(books, "Maya", "Okafor", PrimaryEmailAddr={"Address": "maya@firm.example"})
    employee(books, "Elena", "Rossi-Bianchi", PrimaryEmailAddr={"Address": "elena@firm.example"})
    employee(books, "Ivan", "Gone", Active=False)
    run = books.sync()
    assert list(Staff.objects.order_by("name").values_list("name", flat=True)) == ["Elena Rossi-Bianchi", "Maya Okafor"]
    assert Link.objects.get(entity="employee", local_id=known.pk).how == "name"
    step = run.steps.get(entity="employee")
    assert (step.created, step.updated, step.unchanged) == (1, 1, 1)


def test_an_employee_found_later_waits_for_link_create_or_block(books: Books) -> None:
    employee(books, "Maya", "Okafor")
    books.sync()
    employee(books, "Jonas", "Weber")
    employee(books, "Kira", "Nakamura")
    employee(books, "Hugo", "Prost")
    run = books.sync()
    assert Staff.objects.count() == 1
    assert run.steps.get(entity="employee").attention == 3
    waiting = SyncIssue.objects.filter(code="new_here", resolved_at=None)
    assert {issue.remote.name for issue in waiting if issue.remote} == {"Jonas Weber", "Kira Nakamura", "Hugo Prost"}
    ours = Staff.objects.create(firm=books.connection.firm, name="H. Prost")

    def decide(name: str, decision: str, local: tuple[str, int] | None = None) -> None:
        chosen = [remote(books, "employee", name).pk]
        matching.decide(connection=books.connection, entity="employee", remotes=chosen, decision=decision, local=local)

    decide("Jonas Weber", "create")
    decide("Kira Nakamura", "exclude")
    decide("Hugo Prost", "link", ("staff.staff", ours.pk))
    books.apply()
    assert set(Staff.objects.values_list("name", flat=True)) == {"Maya Okafor", "Jonas Weber", "H. Prost"}
    assert not SyncIssue.objects.filter(resolved_at=None).exists()
    assert Link.objects.get(remote__name="Kira Nakamura").state == "blocked"
    books.sync()
    assert Staff.objects.count() == 3
    assert not SyncIssue.objects.filter(resolved_at=None).exists()


def test_the_same_name_with_another_e_mail_is_for_a_person_to_decide(books: Books) -> None:
    Staff.objects.create(firm=books.connection.firm, name="Maya Okafor", email="maya@home.example")
    employee(books, "Maya", "Okafor", PrimaryEmailAddr={"Address": "maya@firm.example"})
    books.sync()
    assert Staff.objects.get().email == "maya@home.example"
    assert not Link.objects.filter(entity="employee").exists()
    assert SyncIssue.objects.get(entity="employee").code == "other_email"


def test_two_that_fit_are_for_a_person_to_decide(books: Books) -> None:
    for name in ("Maya O.", "M. Okafor"):
        Staff.objects.create(firm=books.connection.firm, name=name, email="maya@firm.example")
    employee(books, "Maya", "Okafor", PrimaryEmailAddr={"Address": "maya@firm.example"})
    books.sync()
    assert SyncIssue.objects.get(entity="employee").code == "ambiguous"
    assert Staff.objects.count() == 2


def test_service_items_become_labor_codes_with_their_rate_and_other_items_are_mirrored(books: Books) -> None:
    income = books.add("Account", Name="Consulting income", AccountType="Income")
    ref = {"IncomeAccountRef": {"value": income}}
    books.add("Item", Name="Consulting", Type="Service", UnitPrice=180.5, Description="Advice", **ref)
    books.add("Item", Name="Free help", Type="Service", **ref)
    books.add("Item", Name="Binder", Type="NonInventory", **ref)
    books.sync()
    found = list(LaborCode.objects.order_by("name").values_list("name", "rate", "description", "is_active"))
    assert ("Consulting", Decimal("180.50"), "Advice", True) in found
    assert ("Free help", None, "", True) in found
    assert "Binder" not in {name for name, *_ in found}
    assert remote(books, "item", "Binder").links.count() == 0


def test_an_item_made_inactive_takes_its_labor_code_along_and_back(books: Books) -> None:
    income = books.add("Account", Name="Consulting income", AccountType="Income")
    item = books.add("Item", Name="Review", Type="Service", IncomeAccountRef={"value": income})
    books.sync()
    books.edit("Item", item, Active=False)
    run = books.sync()
    assert LaborCode.objects.get(name="Review").is_active is False
    assert run.steps.get(entity="item").inactivated == 1
    books.edit("Item", item, Active=True, Name="Review", UnitPrice=99)
    books.sync()
    code = LaborCode.objects.get(name="Review")
    assert (code.is_active, code.rate) == (True, Decimal(99))


def test_accounts_come_with_kind_number_and_path(books: Books) -> None:
    above = books.add("Account", Name="Trips", AccountType="Expense", AcctNum="6200")
    books.add("Account", Name="Flights", AccountType="Expense", SubAccount=True, ParentRef={"value": above})
    books.add("Account", Name="Main card", AccountType="Credit Card")
    books.sync()
    assert Account.objects.get(name="Trips").number == "6200"
    assert Account.objects.get(name="Trips › Flights").kind == "expense"
    assert Account.objects.get(name="Main card").kind == "card"


def test_vendors_are_mirrored_and_linked_to_staff_by_hand_only(books: Books) -> None:
    ben = Staff.objects.create(firm=books.connection.firm, name="Ben Ortiz")
    books.add("Vendor", DisplayName="Ben Ortiz", Vendor1099=True)
    books.add("Vendor", DisplayName="Paper Inc")
    books.sync()
    assert Staff.objects.count() == 1
    assert RemoteRecord.objects.filter(entity="vendor").count() == 2
    vendor = remote(books, "vendor", "Ben Ortiz")
    best = suggesting.candidates(connection=books.connection, record=vendor, model="staff.staff")[0]
    assert (best.local_id, best.confidence) == (ben.pk, 100)
    about = {"connection": books.connection, "entity": "vendor", "decision": "link"}
    matching.decide(remotes=[vendor.pk], local=("staff.staff", ben.pk), **about)
    other = remote(books, "vendor", "Paper Inc")
    with pytest.raises(Rejected, match="linked to “Ben Ortiz” already"):
        matching.decide(remotes=[other.pk], local=("staff.staff", ben.pk), **about)
    with pytest.raises(Rejected, match="can be the same thing"):
        matching.decide(remotes=[other.pk], local=("clients.client", 1), **about)
    assert Link.objects.filter(entity="vendor").count() == 1


def test_the_company_fills_what_the_firm_left_open_once_and_again_when_asked(books: Books) -> None:
    firm = books.connection.firm
    firm.phone = "+1 555 0100"
    firm.save()
    info = books.rows("CompanyInfo")[0]
    books.sync()
    firm.refresh_from_db()
    assert firm.name == "Northwind Consulting"
    assert firm.phone == "+1 555 0100"
    assert firm.legal_name == info.get("LegalName", "")
    firm.legal_name = "Ours"
    firm.save()
    books.sync()
    firm.refresh_from_db()
    assert firm.legal_name == "Ours"
    runs.reimport_company(connection=books.connection)
    books.sync()
    firm.refresh_from_db()
    assert firm.legal_name == info["LegalName"]
    assert "reimport_company" not in books.connection.facts


def test_terms_are_mirrored(books: Books) -> None:
    books.add("Term", Name="Net 45", DueDays=45)
    books.sync()
    assert remote(books, "term", "Net 45").data["DueDays"] == 45
    assert not RemoteRecord.objects.filter(pending=True).exists()
    assert not Proposal.objects.exists()


def classes() -> list[tuple[str, bool]]:
    return list(TrackingClass.objects.order_by("name").values_list("name", "is_active"))


def test_classes_come_with_their_paths_and_follow_the_books(books: Books) -> None:
    known = TrackingClass.objects.create(firm=books.connection.firm, name="training")
    region = books.add("Class", Name="Region")
    east = books.add("Class", Name="East", ParentRef={"value": region})
    books.add("Class", Name="Training")
    run = books.sync()
    assert (run.steps.get(entity="class").created, Link.objects.get(local_id=known.pk, entity="class").how) == (
        2,
        "name",
    )
    assert classes() == [("Region", True), ("Region › East", True), ("Training", True)]
    books.edit("Class", region, Name="Area")
    books.edit("Class", east, Name="Far East")
    books.sync()
    assert classes() == [("Area", True), ("Area › Far East", True), ("Training", True)]
    assert books.sync().steps.get(entity="class").updated == 0


def test_a_class_made_inactive_stays_with_what_carries_it(books: Books) -> None:
    east = books.add("Class", Name="East")
    books.sync()
    ours = TrackingClass.objects.get()
    entry = TimeEntryFactory.create(firm=books.connection.firm, tracking_class=ours)
    books.edit("Class", east, Active=False)
    books.sync()
    entry.refresh_from_db()
    assert (entry.tracking_class, entry.tracking_class.is_active) == (ours, False)
    books.edit("Class", east, Name="East", Active=True)
    books.sync()
    assert classes() == [("East", True)]
