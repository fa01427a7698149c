"""From the first press to the imported lists, over HTTP; and afterwards what each run changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from lxml import html

from bigtime.clients.models import Client, Project
from bigtime.staff.models import Staff
from integrations.models import Link, Proposal, SyncRun
from integrations.sync import runs
from tests.factories import ClientFactory, ProjectFactory, StaffFactory
from tests.integrations.sync.conftest import Books

from .conftest import SYNC, previewed, said, text, worked_off

pytestmark = pytest.mark.django_db(transaction=True)
PREVIEW = f"{SYNC}preview/"
State = SyncRun.State
SignedIn = Callable[..., Any]


def outcome(books: Books, name: str) -> str:
    return str(Proposal.objects.get(connection=books.connection, remote__name=name).outcome)


def decide(browser: Any, entity: str, decision: str, *names: str) -> list[str]:
    ticked = list(Proposal.objects.filter(remote__name__in=names).values_list("remote_id", flat=True))
    values = {"entity": entity, "decision": decision, "remote": ticked}
    return said(browser.post(f"{PREVIEW}decide/", values, follow=True))


def test_from_update_now_to_import_to_results(admin: Any, books: Books) -> None:
    firm = books.connection.firm
    ClientFactory.create(firm=firm, name="globex")
    acme = books.customer("Acme")
    books.customer("Audit", acme)
    books.customer("Globex")
    answer = admin.post(f"{SYNC}start/", follow=True)
    assert "Waiting for a free worker" in text(answer)
    assert worked_off(books.connection).state == State.PREVIEW  # type: ignore[union-attr]
    assert admin.post(f"{SYNC}start/").url == PREVIEW  # a press now leads to the preview
    page = text(admin.get(PREVIEW))
    assert page.count("Will be created</span>") == 2
    assert "Already here, will be linked</span>" in page
    assert '<span class="muted">Acme › </span>Audit' in page
    assert (Client.objects.count(), Project.objects.count(), Link.objects.count()) == (1, 0, 0)
    run = SyncRun.objects.get()
    admin.post(f"{SYNC}{run.pk}/import/")
    admin.post(f"{SYNC}{run.pk}/import/")
    worked_off(books.connection)
    run.refresh_from_db()
    assert run.state == State.DONE
    assert sorted(Project.objects.values_list("name", flat=True)) == ["Audit", "Globex"]
    page = text(admin.get(SYNC))
    assert f'href="{SYNC}{run.pk}/?entity=customer&amp;action=created">' in page
    page = text(admin.get(f"{SYNC}{run.pk}/?entity=customer&action=created"))
    assert "Audit" in page
    assert admin.get(PREVIEW).url == SYNC
    assert said(admin.post(f"{SYNC}{run.pk}/import/", follow=True)) == [
        "This preview is no longer open. Press Update now to read the books again."
    ]


def test_a_job_stands_under_its_customer(admin: Any, books: Books) -> None:
    zebra = books.customer("Zebra")
    books.customer("Audit", zebra)
    acme = books.customer("Acme")
    wiring = books.customer("Wiring", acme)
    books.customer("Attic", wiring)
    books.customer("Benches", acme)
    run = previewed(books)
    paths = ["Acme", "Acme › Benches", "Acme › Wiring", "Acme › Wiring › Attic", "Zebra", "Zebra › Audit"]
    # A job that has jobs below it becomes nothing here.
    shown = [path for path in paths if path != "Acme › Wiring"]
    assert names(admin.get(PREVIEW)) == shown
    runs.import_preview(run=run)
    worked_off(books.connection)
    assert names(admin.get(f"{SYNC}links/?entity=customer")) == paths
    assert names(admin.get(f"{SYNC}links/?entity=customer&sort=-name")) == paths[::-1]
    changed = names(admin.get(f"{SYNC}{run.pk}/?entity=customer"), "//td[@data-label='In QuickBooks']")
    assert list(dict.fromkeys(changed)) == shown


def test_the_same_words_for_services_are_the_same_number(admin: Any, books: Books) -> None:
    """QuickBooks Online keeps services among other items: those are never counted as services."""
    income = books.add("Account", Name="Fees", AccountType="Income")
    ref = {"IncomeAccountRef": {"value": income}}
    for name in ("Consulting", "Design"):
        books.add("Item", Name=name, Type="Service", **ref)
    books.add("Item", Name="Old", Type="Service", Active=False, **ref)
    books.add("Item", Name="Chair", Type="NonInventory", **ref)
    run = previewed(books)
    items = books.rows("Item")
    read, active = str(len(items)), str(sum(item["Type"] == "Service" and item["Active"] for item in items))
    assert ["Products and services", read, active] in table(admin.get(SYNC), "Read")
    assert f'Service items <span class="tag">{active}</span>' in text(admin.get(PREVIEW))
    assert ["Service items", active, "1", "0", str(int(active) + 1), "0"] in table(admin.get(SYNC), "Active")
    runs.import_preview(run=run)
    worked_off(books.connection)
    assert ["Service items", active, "1", active, "1", "0"] in table(admin.get(SYNC), "Active")
    tile = " ".join(html.fromstring(text(admin.get("/"))).get_element_by_id("sync-card").text_content().split())
    assert f"Linked with QuickBooks Clients0Projects0Staff0Codes{active}" in tile
    page = text(admin.get(f"{SYNC}{run.pk}/"))
    assert '<th scope="row">Products and services</th>' in page
    assert '<th scope="row">Service items</th>' not in page


def table(answer: Any, column: str) -> list[list[str]]:
    """The rows of the table that has a column of this name."""
    rows = html.fromstring(text(answer)).xpath(f"//table[thead/tr/th[.='{column}']]/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def names(answer: Any, cells: str = "//main//section[@aria-label]//tbody//th") -> list[str]:
    """What the page calls the records, with what they stand under, in its order."""
    return [" ".join(cell.text_content().split()) for cell in html.fromstring(text(answer)).xpath(cells)]


def test_only_an_administrator_imports(signed_in: SignedIn, books: Books) -> None:
    books.customer("Acme")
    run = previewed(books)
    accountant = signed_in("accountant")
    page = text(accountant.get(PREVIEW))
    assert "An administrator imports." in page
    assert f"{SYNC}{run.pk}/import/" not in page
    assert accountant.post(f"{SYNC}{run.pk}/import/").status_code == 403
    run.refresh_from_db()
    assert run.state == State.PREVIEW


def test_left_out_created_and_as_proposed(admin: Any, books: Books) -> None:
    for name in ("Acme", "Globex", "Initech"):
        books.customer(name)
    run = previewed(books)
    assert decide(admin, "customer", "exclude", "Acme", "Globex") == ["2 records left out."]
    assert (outcome(books, "Acme"), outcome(books, "Globex"), outcome(books, "Initech")) == (
        "excluded",
        "excluded",
        "new",
    )
    assert decide(admin, "customer", "undo", "Globex") == ["1 record as proposed again."]
    nothing = ["Tick at least one record and choose what becomes of it. Nothing was changed."]
    assert decide(admin, "customer", "exclude") == nothing
    assert decide(admin, "nothing", "exclude", "Acme") == nothing
    page = text(admin.get(f"{PREVIEW}?entity=customer&outcome=excluded"))
    assert "Select Acme" in page
    assert "Select Globex" not in page
    admin.post(f"{SYNC}{run.pk}/import/")
    worked_off(books.connection)
    assert sorted(Client.objects.values_list("name", flat=True)) == ["Globex", "Initech"]


def test_linked_by_hand_before_importing(admin: Any, books: Books) -> None:
    firm = books.connection.firm
    mine = ClientFactory.create(firm=firm, name="Acme Incorporated")
    acme = books.customer("ACME Inc")
    books.customer("Audit", acme)
    run = previewed(books)
    record = Proposal.objects.get(remote__name="ACME Inc").remote
    page = text(admin.get(f"{SYNC}records/{record.pk}/?next={PREVIEW}"))
    assert "The first import: needs a decision. “ACME Inc” could be “Acme Incorporated”" in page
    values = {"do": "link", "local": f"clients.client:{mine.pk}", "next": PREVIEW}
    answer = admin.post(f"{SYNC}records/{record.pk}/act/", values, follow=True)
    assert answer.redirect_chain[-1][0] == PREVIEW
    assert outcome(books, "ACME Inc") == "linked"
    assert SyncRun.objects.count() == 1  # decided, not carried out yet
    admin.post(f"{SYNC}{run.pk}/import/")
    worked_off(books.connection)
    assert [client.name for client in Client.objects.all()] == ["Acme Incorporated"]
    assert [project.client_id for project in Project.objects.all()] == [mine.pk]


def test_sure_suggestions_are_accepted_before_importing(admin: Any, books: Books) -> None:
    firm = books.connection.firm
    mine = ClientFactory.create(firm=firm, name="Globex Inc")
    ClientFactory.create(firm=firm, name="Acme Corp")
    for name in ("Globex, Inc.", "Acme Corp", "ACME Corp."):
        books.customer(name)
    previewed(books)
    assert 'value="accept"' in text(admin.get(PREVIEW))
    answer = admin.post(f"{PREVIEW}decide/", {"entity": "customer", "decision": "accept"}, follow=True)
    assert said(answer) == ["1 record linked as suggested."]
    assert 'value="accept"' not in text(answer)
    assert "No suggestion of this list is 90 % sure or more." in text(answer)
    assert Link.objects.get().local_id == mine.pk
    # What the import matches by itself is nobody else's suggestion.
    assert (outcome(books, "Acme Corp"), outcome(books, "ACME Corp.")) == ("matched", "new")
    answer = admin.post(f"{PREVIEW}decide/", {"entity": "customer", "decision": "accept"}, follow=True)
    assert said(answer) == ["No suggestion is that sure. Nothing was changed."]


def to_be_linked(page: str) -> int:
    """What the preview's tile counts."""
    found = re.search(r'<h3>Already here, will be linked</h3><div class="num">(\d+)<', page)
    assert found
    return int(found[1])


def test_vendors_stay_there_but_may_be_linked(admin: Any, books: Books) -> None:
    ben = StaffFactory.create(firm=books.connection.firm, name="Ben Ortiz")
    books.add("Vendor", DisplayName="Ben Ortiz")
    books.add("Vendor", DisplayName="Airline")
    run = previewed(books)
    page = text(admin.get(f"{PREVIEW}?entity=vendor"))
    assert page.count("Stays there</span>") == 2
    before = to_be_linked(page)
    assert '<a class="link" href="?entity=vendor">Vendors: 2</a> stay in QuickBooks' in page
    admin.post(f"{PREVIEW}decide/", {"entity": "vendor", "decision": "accept"}, follow=True)
    assert Link.objects.get().local_id == ben.pk
    page = text(admin.get(f"{PREVIEW}?entity=vendor"))
    assert page.count("Stays there</span>") == 1
    assert "Linked by you</span></td><td>Ben Ortiz</td>" in page
    assert to_be_linked(page) == before + 1
    assert '<a class="link" href="?entity=vendor">Vendors: 1</a> stays in QuickBooks' in page
    vendor = Proposal.objects.get(remote__name="Airline").remote
    answer = admin.post(f"{SYNC}records/{vendor.pk}/act/", {"do": "create"}, follow=True)
    assert said(answer) == ["Nothing is created before the first import. Nothing was changed."]
    admin.post(f"{SYNC}{run.pk}/import/")
    worked_off(books.connection)
    assert not Staff.objects.filter(name="Airline").exists()


def test_a_dropped_preview_is_gone(admin: Any, books: Books) -> None:
    books.customer("Acme")
    run = previewed(books)
    assert "Discard it" in text(admin.get(SYNC))
    admin.post(f"{SYNC}{run.pk}/cancel/")
    assert admin.get(PREVIEW).url == SYNC
    assert not Client.objects.exists()


def test_the_preview_costs_the_same_whatever_it_shows(admin: Any, books: Books) -> None:
    firm = books.connection.firm
    books.customer("Acme")
    costs = []
    for number in (2, 20):
        SyncRun.objects.update(state=State.CANCELLED)
        for n in range(number):
            books.customer(f"Customer {number} {n}")
            ProjectFactory.create(firm=firm, client=ClientFactory.create(firm=firm, name=f"Customer {number} {n} LLC"))
        previewed(books)
        admin.get(PREVIEW)
        with CaptureQueriesContext(database) as captured:
            admin.get(PREVIEW)
        costs.append(len(captured))
    assert costs[0] == costs[1]
    assert costs[1] <= 17, [each["sql"] for each in captured]


def test_what_a_later_run_changed_old_and_new(admin: Any, books: Books) -> None:
    acme = books.customer("Acme", PrimaryPhone={"FreeFormNumber": "1"})
    run = previewed(books)
    admin.post(f"{SYNC}{run.pk}/import/")
    worked_off(books.connection)
    books.edit("Customer", acme, PrimaryPhone={"FreeFormNumber": "2"})
    admin.post(f"{SYNC}start/")
    later = worked_off(books.connection)
    assert later is not None
    page = text(admin.get(f"{SYNC}{later.pk}/"))
    assert "<del>1</del><ins>2</ins>" in page
    [change] = later.changes.all()
    assert '<span class="muted">Phone</span> <span class="diff"><del>1</del><ins>2</ins>' in text(
        admin.get(f"{SYNC}records/{change.remote_id}/")
    )
    lines = b"".join(admin.get(f"{SYNC}{later.pk}/?format=csv").streaming_content).decode().splitlines()
    assert lines[1] == "Acme,Customers and jobs,Updated,Phone: 1 → 2,Acme"
    history = text(admin.get(f"{SYNC}history/"))
    assert history.index(f'href="{SYNC}{later.pk}/"') < history.index(f'href="{SYNC}{run.pk}/"')
    assert admin.membership.user.name in history


def test_a_run_that_failed_does_not_say_that_all_agreed(admin: Any, books: Books) -> None:
    failed = SyncRun.objects.create(connection=books.connection, state="failed", error="No answer.")
    page = text(admin.get(f"{SYNC}{failed.pk}/"))
    assert "No record here was changed by this sync." in page
    assert "agreed" not in page
