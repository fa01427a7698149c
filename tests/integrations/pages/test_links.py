"""Links seen and changed from both sides: link, unlink, block, accept, create; and every way it can't be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from bigtime.clients.models import Client
from bigtime.core.lists import ListPage
from bigtime.core.models import SavedView
from bigtime.firm.list_views import LIST
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from integrations import registry
from integrations.models import Connection, Link, RemoteRecord, SyncIssue, SyncRun
from integrations.sync import linking, suggesting
from integrations.sync.errors import Rejected
from integrations.views import link_list
from tests.factories import ClientFactory, FirmFactory, LaborCodeFactory, ProjectFactory, StaffFactory
from tests.factories.books import ConnectionFactory, RemoteRecordFactory

from .conftest import SYNC, said, text, worked_off

pytestmark = pytest.mark.django_db
Remote = Callable[..., RemoteRecord]
CLIENT, PROJECT, STAFF = "clients.client", "clients.project", "staff.staff"


def act(browser: Browser, record: RemoteRecord, do: str, **values: Any) -> Any:
    return browser.post(f"{SYNC}records/{record.pk}/act/", {"do": do, **values}, follow=True)


def linked(record: RemoteRecord) -> list[tuple[str, int | None, str]]:
    return list(Link.objects.filter(remote=record).values_list("local_model", "local_id", "state"))


def test_a_record_is_linked_by_hand_and_the_decision_is_carried_out(
    admin: Any, connection: Connection, remote: Remote, firm: Firm
) -> None:
    acme = remote("customer", "Acme Inc.")
    mine = ClientFactory.create(firm=firm, name="Acme Incorporated")
    page = text(admin.get(f"{SYNC}records/{acme.pk}/"))
    assert "Not linked" in page
    assert f'value="clients.client:{mine.pk}"' in page
    answer = act(admin, acme, "link", local=f"{CLIENT}:{mine.pk}")
    assert said(answer) == ["“Acme Inc.” is linked."]
    assert linked(acme) == [(CLIENT, mine.pk, "linked")]
    assert Link.objects.get().created_by == admin.membership.user
    assert Link.objects.get().how == "person"
    run = SyncRun.objects.get()
    assert (run.state, run.started_by) == ("applying", admin.membership.user)
    assert worked_off(connection) == run
    mine.refresh_from_db()
    assert mine.name == "Acme Incorporated"  # linked under another name on purpose
    assert "linked by hand" in text(admin.get(f"{SYNC}records/{acme.pk}/"))


def test_what_is_something_else_already_is_not_linked(
    admin: Any, connection: Connection, remote: Remote, firm: Firm
) -> None:
    acme, globex = remote("customer", "Acme"), remote("customer", "Globex")
    one, other = ClientFactory.create(firm=firm), ClientFactory.create(firm=firm)
    linking.link(connection=connection, record=acme, local=(CLIENT, one.pk))
    refused = "It is linked to “Acme” already. Unlink it there first. Nothing was changed."
    assert said(act(admin, globex, "link", local=f"{CLIENT}:{one.pk}")) == [refused]
    refused = "“Acme” is linked to another record here. Unlink it first. Nothing was changed."
    assert said(act(admin, acme, "link", local=f"{CLIENT}:{other.pk}")) == [refused]
    assert (linked(acme), linked(globex)) == ([(CLIENT, one.pk, "linked")], [])


def states(browser: Browser) -> dict[str, tuple[str, str]]:
    """By name, the status and its words in the list of customers."""
    body = browser.get(f"{SYNC}links/?entity=customer").context["list"].body
    badges = {row["row"].name: link_list._state(row["row"]) for row in body}
    return {name: (badge.status, badge.text) for name, badge in badges.items()}


def test_a_job_that_only_holds_jobs_needs_nothing(admin: Any, connection: Connection, remote: Remote) -> None:
    acme = remote("customer", "Acme")
    phase = remote("customer", "Phase", parent_id=acme.remote_id)
    empty = remote("customer", "Empty", parent_id=acme.remote_id)
    remote("customer", "Site", parent_id=phase.remote_id)
    remote("customer", "Old", parent_id=empty.remote_id, is_active=False)
    assert states(admin) == {
        "Acme": ("not_linked", ""), "Phase": ("level", ""), "Empty": ("not_linked", ""), "Site": ("not_linked", ""),
        "Old": ("not_linked", ""),
    }  # fmt: skip
    assert ">Holds jobs</span>" in text(admin.get(f"{SYNC}links/?entity=customer"))
    linking.link(connection=connection, record=phase, local=(PROJECT, ProjectFactory.create(firm=connection.firm).pk))
    assert states(admin)["Phase"] == ("linked", "")
    connection.options = {"use_jobs": False}
    connection.save()
    assert states(admin)["Site"] == ("level", "Jobs aren’t used")
    assert states(admin)["Acme"] == ("not_linked", "")


@pytest.mark.parametrize(
    "local", ["staff.staff:{staff}", "clients.client:{theirs}", "clients.client:999999999", "", "x", "clients.client:²"]
)
def test_what_can_not_be_the_same_thing_is_refused(
    admin: Any, connection: Connection, remote: Remote, firm: Firm, local: str
) -> None:
    acme = remote("customer", "Acme")
    ids = {"staff": StaffFactory.create(firm=firm).pk, "theirs": ClientFactory.create(firm=FirmFactory.create()).pk}
    (message,) = said(act(admin, acme, "link", local=local.format(**ids)))
    assert "Nothing was changed." in message
    assert linked(acme) == []
    assert not SyncRun.objects.exists()


def test_a_job_is_no_client(connection: Connection, remote: Remote, firm: Firm) -> None:
    job = remote("customer", "Audit", parent_id=remote("customer", "Acme").remote_id)
    mine = ClientFactory.create(firm=firm, name="Audit")
    with pytest.raises(Rejected, match="can't be the same thing"):
        linking.link(connection=connection, record=job, local=(CLIENT, mine.pk))
    assert suggesting.suggest(connection=connection, entity="customer", records=[job]) == {}


def test_unlinked_both_sides_stay(admin: Any, connection: Connection, remote: Remote, firm: Firm) -> None:
    acme, mine = remote("customer", "Acme"), ClientFactory.create(firm=firm, name="Acme")
    linking.link(connection=connection, record=acme, local=(CLIENT, mine.pk))
    RemoteRecord.objects.update(pending=False)
    answer = act(admin, acme, "unlink", local=f"{CLIENT}:{mine.pk}")
    assert said(answer) == ["“Acme” is unlinked. Both sides stay as they are."]
    assert (linked(acme), Client.objects.filter(pk=mine.pk).count()) == ([], 1)
    acme.refresh_from_db()
    assert not acme.pending  # else the next sync would match it by name at once
    assert said(act(admin, acme, "unlink", local=f"{CLIENT}:{mine.pk}")) == ["“Acme” wasn't linked to that."]


def test_blocked_and_open_again(admin: Any, connection: Connection, remote: Remote) -> None:
    acme = remote("customer", "Acme")
    assert said(act(admin, acme, "exclude")) == ["“Acme” is blocked: it stays in QuickBooks alone."]
    assert linked(acme) == [("", None, "blocked")]
    worked_off(connection)
    assert not Client.objects.exists()
    page = text(admin.get(f"{SYNC}records/{acme.pk}/"))
    assert "Blocked" in page
    assert "Link to…" not in page
    act(admin, acme, "undo")
    worked_off(connection)
    assert [client.name for client in Client.objects.all()] == ["Acme"]


def test_a_person_is_linked_to_an_employee_and_a_vendor(
    admin: Any, connection: Connection, remote: Remote, firm: Firm
) -> None:
    maya = StaffFactory.create(firm=firm, name="Maya Okafor")
    employee, vendor = remote("employee", "Okafor, Maya"), remote("vendor", "Maya Okafor")
    page = text(admin.get(f"/company/staff/{maya.pk}/"))
    assert page.count("Nothing of this list is linked.") == 2
    for entity, record in (("employee", employee), ("vendor", vendor)):
        page = text(admin.get(f"{SYNC}ours/staff.staff/{maya.pk}/?entity={entity}"))
        assert f'action="{SYNC}records/{record.pk}/act/"' in page
        act(admin, record, "link", local=f"{STAFF}:{maya.pk}", next=f"/company/staff/{maya.pk}/")
    page = text(admin.get(f"/company/staff/{maya.pk}/"))
    assert "Okafor, Maya" in page
    assert page.count("Unlink") >= 2
    assert "Unlink it there to choose another" in text(admin.get(f"{SYNC}ours/staff.staff/{maya.pk}/?entity=vendor"))


def test_a_vendor_becomes_a_contractor(admin: Any, connection: Connection, remote: Remote, firm: Firm) -> None:
    data = {"DisplayName": "Ben Ortiz", "PrimaryEmailAddr": {"Address": "ben@example.com"}, "Id": "7"}
    ben = remote("vendor", "Ben Ortiz", data=data)
    assert said(act(admin, ben, "create")) == ["“Ben Ortiz” was created and linked."]
    made = Staff.objects.get(name="Ben Ortiz")
    assert (made.kind, made.email, made.firm) == ("contractor", "ben@example.com", firm)
    assert linked(ben) == [(STAFF, made.pk, "linked")]
    twin = remote("vendor", "ben ortiz", data={"DisplayName": "ben ortiz", "Id": "8"})
    refused = "Somebody here is called “ben ortiz” already. Link to that one, or rename one of the two."
    assert said(act(admin, twin, "create")) == [f"{refused} Nothing was changed."]
    assert (Staff.objects.filter(name__iexact="ben ortiz").count(), linked(twin)) == (1, [])


def test_sure_suggestions_are_accepted_in_bulk_and_doubtful_ones_are_not(
    admin: Any, connection: Connection, remote: Remote, firm: Firm
) -> None:
    sure, doubtful = remote("customer", "Globex, Inc."), remote("customer", "Initech Holdings of Texas")
    twins = [remote("customer", "Umbrella Corp."), remote("customer", "Umbrella, Corp")]
    mine = {name: ClientFactory.create(firm=firm, name=name) for name in ("Globex Inc", "Initech", "Umbrella Corp")}
    ticked = [row.pk for row in (sure, doubtful, *twins)]
    page = text(admin.get(f"{SYNC}links/?entity=customer"))
    assert 'Globex Inc <span class="tag ok">100 %</span>' in page
    answer = admin.post(f"{SYNC}links/act/", {"do": "accept", "pk": ticked}, follow=True)
    assert said(answer) == [
        "1 record linked as suggested.",
        "3 records left alone: no suggestion of 90 % or more, or several.",
    ]
    assert list(Link.objects.values_list("remote_id", "local_id")) == [(sure.pk, mine["Globex Inc"].pk)]


def test_bulk_block_unlink_and_open(admin: Any, connection: Connection, remote: Remote, firm: Firm) -> None:
    rows = [remote("customer", name) for name in ("A1", "B2", "C3")]
    linking.link(connection=connection, record=rows[0], local=(CLIENT, ClientFactory.create(firm=firm).pk))
    pks = [row.pk for row in rows]

    def bulk(do: str, ticked: list[int]) -> list[str]:
        return said(admin.post(f"{SYNC}links/act/", {"do": do, "pk": ticked}, follow=True))

    assert bulk("undo", pks) == ["None of these records is in a state for that. Nothing was changed."]
    assert linked(rows[0]) != []
    assert bulk("unlink", pks) == ["1 link removed. Both sides stay as they are."]
    assert bulk("exclude", pks[1:]) == ["2 records blocked: neither linked nor created, now or later."]
    assert bulk("undo", pks) == ["2 records open again."]
    nothing = ["Tick at least one record and choose what becomes of it. Nothing was changed."]
    assert (bulk("exclude", []), bulk("dance", pks), bulk("exclude", [999999])) == (nothing, nothing, nothing)


def test_states_filter_search_and_export(admin: Any, connection: Connection, remote: Remote, firm: Firm) -> None:
    rows = {name: remote("customer", name) for name in ("Open One", "Linked One", "Blocked One")}
    rows["Old One"] = remote("customer", "Old One", is_active=False)
    for name in ("Linked One", "Old One"):
        mine = ClientFactory.create(firm=firm, name=f"our {name}")
        linking.link(connection=connection, record=rows[name], local=(CLIENT, mine.pk))
    act(admin, rows["Blocked One"], "exclude")
    found = {}
    for state in ("not_linked", "linked", "linked_inactive", "blocked"):
        page = text(admin.get(f"{SYNC}links/?entity=customer&state={state}"))
        found[state] = [name for name in rows if f"Select {name}" in page]
    assert found == {
        "not_linked": ["Open One"],
        "linked": ["Linked One"],
        "linked_inactive": ["Old One"],
        "blocked": ["Blocked One"],
    }
    assert "Select Open One" not in text(admin.get(f"{SYNC}links/?entity=customer&q=linked"))
    lines = b"".join(admin.get(f"{SYNC}links/?entity=customer&format=csv").streaming_content).decode().splitlines()
    assert lines[0].lstrip("\ufeff") == "In QuickBooks,There,State,Here,Could be"
    assert "Linked One,Active,Linked,our Linked One," in lines


def test_which_list_it_is_stays_when_the_filters_are_cleared(
    admin: Any, connection: Connection, remote: Remote
) -> None:
    remote("vendor", "Airline")
    shown = admin.get(f"{SYNC}links/?entity=vendor&q=x")
    assert shown.context["list"].narrowed
    assert shown.context["list"].clear_url == f"{SYNC}links/?entity=vendor"
    assert f'href="{SYNC}links/?entity=vendor"' in text(shown)
    whole = admin.get(f"{SYNC}links/?entity=vendor").context["list"]
    assert (whole.narrowed, whole.is_bare, [line["row"].name for line in whole.body]) == (False, True, ["Airline"])


def test_every_list_can_keep_a_view() -> None:
    own = {
        "ListPage": {"list"},
        "LinkList": {f"links-{key}" for system in registry.installed() for key in system.entities},
    }
    names = set().union(*(own.get(page.__name__, {page.name}) for page in _kinds(ListPage)))
    assert {"clients", "links-customer", "links-payroll_item"} <= names
    assert [name for name in sorted(names) if not LIST.fullmatch(name)] == []


def _kinds(page: type[ListPage]) -> list[type[ListPage]]:
    return [page, *(each for kind in page.__subclasses__() for each in _kinds(kind))]


def test_a_view_of_the_links_of_payroll_items_is_saved(admin: Any, firm: Firm) -> None:
    connection = ConnectionFactory.create(firm=firm, system="quickbooks_desktop")
    RemoteRecordFactory.create(connection=connection, entity="payroll_item", name="Hourly")
    shown = admin.get(f"{SYNC}links/?entity=payroll_item&q=hour").context["list"]
    given = {"name": "Wages", "list": shown.name, "query": shown.views.to_save, "home": shown.views.home}
    answer = admin.post("/company/views/", {**given, "next": f"{SYNC}links/?entity=payroll_item&q=hour"}, follow=True)
    assert said(answer) == ["The view “Wages” was saved."]
    assert SavedView.objects.get().list == "links-payroll_item"
    assert answer.context["list"].views.current.view == SavedView.objects.get()


def test_only_services_are_offered_as_labor_codes(admin: Any, connection: Connection, remote: Remote) -> None:
    remote("item", "Consulting", data={"Name": "Consulting", "Type": "Service"})
    remote("item", "Widget", data={"Name": "Widget", "Type": "Inventory"})
    page = text(admin.get(f"{SYNC}links/?entity=item"))
    assert "Select Consulting" in page
    assert "Select Widget" not in page


def test_those_with_a_1099_come_first(admin: Any, connection: Connection, remote: Remote) -> None:
    remote("vendor", "Airline", data={"DisplayName": "Airline", "Vendor1099": False})
    remote("vendor", "Zoe Park", data={"DisplayName": "Zoe Park", "Vendor1099": True})
    page = text(admin.get(f"{SYNC}links/?entity=vendor"))
    assert page.index("Select Zoe Park") < page.index("Select Airline")


def test_lists_say_what_is_not_linked(admin: Any, connection: Connection, remote: Remote, firm: Firm) -> None:
    acme = ClientFactory.create(firm=firm, name="Acme")
    project, code = ProjectFactory.create(firm=firm, client=acme), LaborCodeFactory.create(firm=firm)
    for path, model, pk in (
        ("/clients/", CLIENT, acme.pk),
        ("/projects/", "clients.project", project.pk),
        ("/company/codes/", "codes.laborcode", code.pk),
    ):
        page = text(admin.get(path))
        assert f'<a href="{SYNC}ours/{model}/{pk}/">' in page
        assert "Not linked" in page
    assert "QuickBooks Online" in text(admin.get(f"/company/codes/{code.pk}/"))
    linking.link(connection=connection, record=remote("customer", "Acme Corp"), local=(CLIENT, acme.pk))
    assert "Acme Corp" in text(admin.get(f"/clients/{acme.pk}/"))


def test_managers_see_nothing_of_links(signed_in: Any, connection: Connection, firm: Firm) -> None:
    acme = ClientFactory.create(firm=firm)
    manager = signed_in("manager")
    for path in ("/clients/", f"/clients/{acme.pk}/"):
        page = text(manager.get(path))
        assert "Not linked" not in page
        assert "QuickBooks" not in page


def test_other_firms_records_are_not_found_nor_touched(admin: Any, connection: Connection, firm: Firm) -> None:
    theirs = RemoteRecordFactory.create(connection=ConnectionFactory.create(firm=FirmFactory.create()))
    issue = SyncIssue.objects.create(
        connection=theirs.connection, entity="customer", remote=theirs, kind="decision", code="x", message="?"
    )
    mine = ClientFactory.create(firm=firm)
    assert admin.get(f"{SYNC}records/{theirs.pk}/").status_code == 404
    assert act(admin, theirs, "link", local=f"{CLIENT}:{mine.pk}").status_code == 404
    admin.post(f"{SYNC}links/act/", {"do": "exclude", "pk": [theirs.pk]})
    for do in ("dismiss", "exclude"):
        admin.post(f"{SYNC}attention/act/", {"do": do, "pk": [issue.pk]})
    assert (
        admin.get(f"{SYNC}ours/clients.client/{ClientFactory.create(firm=theirs.connection.firm).pk}/").status_code
        == 404
    )
    issue.refresh_from_db()
    assert (linked(theirs), issue.resolved_at) == ([], None)


def test_unknown_lists_and_models_are_not_found(admin: Any, connection: Connection, firm: Firm) -> None:
    for path in (
        "links/?entity=company",
        "links/?entity=nothing",
        "ours/firm.firm/1/",
        f"ours/clients.client/{10**12}/",
    ):
        assert admin.get(f"{SYNC}{path}").status_code == 404


def test_who_came_to_link_something_goes_back_there(
    admin: Any, connection: Connection, remote: Remote, firm: Firm
) -> None:
    remote("employee", "Maya Okafor")
    maya = StaffFactory.create(firm=firm, name="Maya Okafor")
    page = f"{SYNC}ours/staff.staff/{maya.pk}/"
    back = "/quickbooks/post-timesheets/?span=all"
    shown = text(admin.get(page, {"entity": "employee", "next": back}))
    assert shown.count(f'<input type="hidden" name="next" value="{back}">') == 2  # the search and the button
    assert "entity=vendor&amp;next=%2Fquickbooks%2Fpost-timesheets%2F%3Fspan%3Dall" in shown
    shown = text(admin.get(page, {"entity": "employee", "next": "https://elsewhere.example/"}))
    assert f'<input type="hidden" name="next" value="/company/staff/{maya.pk}/">' in shown


NONE_SURE = "No suggestion here is 90 % sure or more."


def offers(admin: Any, query: str) -> bool:
    page = text(admin.get(f"{SYNC}links/?entity=customer&{query}"))
    shown = 'value="accept"' in page
    assert (NONE_SURE in page) != shown
    return shown


def test_accept_is_offered_only_where_a_suggestion_can_be_accepted(
    admin: Any, connection: Connection, remote: Remote, firm: Firm
) -> None:
    acme, other = remote("customer", "Acme Consulting Inc."), remote("customer", "Globex")
    assert not offers(admin, "")
    mine = ClientFactory.create(firm=firm, name="Acme Consulting Inc")
    assert offers(admin, "")
    assert offers(admin, "state=not_linked")
    assert not offers(admin, "q=globex")
    assert not offers(admin, "state=blocked")
    linking.link(connection=connection, record=other, local=(CLIENT, ClientFactory.create(firm=firm).pk))
    linking.link(connection=connection, record=acme, local=(CLIENT, mine.pk))
    assert not offers(admin, "")


def test_accept_is_offered_for_what_other_pages_may_hold(
    admin: Any, connection: Connection, remote: Remote, firm: Firm
) -> None:
    for at in range(51):
        remote("customer", f"Customer {at:02}")
    assert not offers(admin, "")  # nothing here is free
    ClientFactory.create(firm=firm, name="Zzz Limited")
    assert offers(admin, "")
    assert not offers(admin, "q=50")
    assert not offers(admin, "state=linked")
