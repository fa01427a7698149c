from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from bigtime.clients.forms import ClientForm
from bigtime.clients.models import Client as Customer
from bigtime.clients.models import Project, Task
from bigtime.firm.models import Firm
from tests.factories import ClientFactory, FirmFactory, LaborCodeFactory, ProjectFactory, StaffFactory, TaskFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def form_of(browser: Client, url: str) -> dict[str, str]:
    """What a browser would send for the form as it was rendered."""
    form = browser.get(url).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}


def test_a_client_is_added_and_edited(signed_in: SignIn, firm: Firm) -> None:
    browser = signed_in("manager")
    response = browser.post("/clients/new/", {"name": " Acme Corp ", "email": "ap@acme.example"})
    client = Customer.objects.get(firm=firm)
    assert (client.name, client.email) == ("Acme Corp", "ap@acme.example")
    assert response["Location"] == f"/clients/{client.pk}/"
    url = f"/clients/{client.pk}/edit/"
    browser.post(url, form_of(browser, url) | {"phone": "503 555 0140"})
    client.refresh_from_db()
    assert (client.name, client.phone) == ("Acme Corp", "503 555 0140")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ACME corp", "There is already a client named “ACME corp” (it may be archived)."),
        ("Acme: Oregon", "A name can’t contain a colon, a tab or a line break"),
        ("Acme\tOregon", "A name can’t contain a colon, a tab or a line break"),
        ("", "This field is required."),
        ("x" * 501, "Ensure this value has at most 500 characters"),
    ],
)
def test_a_bad_name_is_refused_with_a_sentence(signed_in: SignIn, firm: Firm, name: str, sentence: str) -> None:
    ClientFactory.create(firm=firm, name="Acme Corp", is_active=False)
    response = signed_in("manager").post("/clients/new/", {"name": name, "phone": "kept as typed"})
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    assert "kept as typed" in page
    assert Customer.objects.count() == 1


def test_the_same_name_in_another_firm_is_no_obstacle(signed_in: SignIn, firm: Firm) -> None:
    ClientFactory.create(firm=FirmFactory.create(), name="Acme")
    assert signed_in("manager").post("/clients/new/", {"name": "Acme"}).status_code == 302


def test_a_stale_save_is_refused_and_shows_both_versions(signed_in: SignIn, firm: Firm) -> None:
    client = ClientFactory.create(firm=firm, name="Acme", phone="1")
    browser = signed_in("manager")
    url = f"/clients/{client.pk}/edit/"
    mine = form_of(browser, url) | {"phone": "2"}
    # As the sync writes: in bulk, past the model's own time stamp.
    Customer.objects.filter(pk=client.pk).update(phone="3")
    response = browser.post(url, mine)
    assert response.status_code == 409
    shown = response.context["form"].differences
    assert [(d.label, d.yours, d.saved) for d in shown] == [("Phone", "2", "3")]
    client.refresh_from_db()
    assert client.phone == "3"
    # Sending it again, having seen both, keeps one's own.
    again = mine | {"version": response.context["form"]["version"].value()}
    assert browser.post(url, again).status_code == 302
    client.refresh_from_db()
    assert client.phone == "2"


def test_a_project_has_its_clients_dates_and_people_checked(signed_in: SignIn, firm: Firm) -> None:
    client, lead = ClientFactory.create(firm=firm), StaffFactory.create(firm=firm)
    browser = signed_in("manager")
    given = {"client": client.pk, "name": "Audit", "status": "active", "lead": lead.pk, "team": [lead.pk],
             "starts_on": "2026-11-01", "ends_on": "2026-10-31"}  # fmt: skip
    response = browser.post("/projects/new/", given)
    assert response.status_code == 422
    assert "The project would end before it starts (Nov 1, 2026)." in response.content.decode()
    assert not Project.objects.exists()
    assert browser.post("/projects/new/", given | {"ends_on": "2026-11-30"}).status_code == 302
    project = Project.objects.get()
    assert (project.firm, project.client, project.ends_on) == (firm, client, date(2026, 11, 30))
    assert list(project.team.all()) == [lead]
    twice = browser.post("/projects/new/", given | {"name": "AUDIT", "ends_on": ""})
    assert "already has a project named “AUDIT”" in twice.content.decode()
    assert Project.objects.count() == 1


@pytest.mark.parametrize("field", ["client", "lead", "team"])
def test_a_foreign_firms_ids_are_no_valid_choice(signed_in: SignIn, firm: Firm, field: str) -> None:
    other = FirmFactory.create()
    client = ClientFactory.create(firm=firm)
    foreign = ClientFactory.create(firm=other) if field == "client" else StaffFactory.create(firm=other)
    given = {"client": client.pk, "name": "Audit", "status": "active"} | {field: foreign.pk}
    response = signed_in("manager").post("/projects/new/", given)
    assert response.status_code == 422
    assert "Select a valid choice." in response.content.decode()
    assert not Project.objects.exists()


def test_a_changed_team_counts_as_a_change(signed_in: SignIn, firm: Firm) -> None:
    project, person = ProjectFactory.create(firm=firm), StaffFactory.create(firm=firm, name="Elena")
    browser = signed_in("manager")
    url = f"/projects/{project.pk}/edit/"
    mine = form_of(browser, url) | {"code": "P1"}
    project.team.add(person)
    response = browser.post(url, mine)
    assert response.status_code == 409
    assert ("Team", "(empty)", "Elena") in [(d.label, d.yours, d.saved) for d in response.context["form"].differences]
    assert list(project.team.all()) == [person]


def test_archived_people_stay_chosen_but_are_not_offered_anew(signed_in: SignIn, firm: Firm) -> None:
    gone = StaffFactory.create(firm=firm, is_active=False)
    project = ProjectFactory.create(firm=firm, lead=gone)
    browser = signed_in("manager")
    assert gone in browser.get(f"/projects/{project.pk}/edit/").context["form"].fields["lead"].queryset
    assert gone not in browser.get("/projects/new/").context["form"].fields["lead"].queryset


def test_archiving_a_client_archives_its_projects_and_restoring_leaves_them(signed_in: SignIn, firm: Firm) -> None:
    project = ProjectFactory.create(firm=firm)
    foreign = ClientFactory.create(firm=FirmFactory.create())
    browser = signed_in("manager")
    browser.post("/clients/state/", {"pk": [project.client_id, foreign.pk, "x"], "to": "archived"})
    project.refresh_from_db()
    foreign.refresh_from_db()
    assert (project.is_active, project.client.is_active, foreign.is_active) == (False, False, True)
    browser.post("/clients/state/", {"pk": project.client_id, "to": "active"})
    project.refresh_from_db()
    project.client.refresh_from_db()
    assert (project.is_active, project.client.is_active) == (False, True)


def test_restoring_a_project_restores_its_client(signed_in: SignIn, firm: Firm) -> None:
    project = ProjectFactory.create(firm=firm, is_active=False, client__is_active=False, client__firm=firm)
    signed_in("manager").post("/projects/state/", {"pk": project.pk, "to": "active"})
    project.refresh_from_db()
    assert (project.is_active, Customer.objects.get().is_active) == (True, True)


def test_a_list_without_an_action_changes_nothing(signed_in: SignIn, firm: Firm) -> None:
    client = ClientFactory.create(firm=firm)
    browser = signed_in("manager")
    response = browser.post("/clients/state/", {"pk": client.pk, "next": "https://elsewhere.example/"})
    assert response["Location"] == "/clients/"
    assert Customer.objects.get().is_active


def test_tasks_are_added_edited_and_archived_on_the_project(signed_in: SignIn, firm: Firm) -> None:
    project, code = ProjectFactory.create(firm=firm), LaborCodeFactory.create(firm=firm)
    browser = signed_in("manager")
    url = f"/projects/{project.pk}/tasks/"
    browser.post(url, {"name": "Build", "labor_code": code.pk, "budget_hours": "2.5"})
    task = Task.objects.get()
    assert (task.firm, task.project, task.labor_code, task.budget_minutes) == (firm, project, code, 150)
    assert "already has a task named “build”" in browser.post(url, {"name": "build"}).content.decode()
    edit = f"{url}{task.pk}/"
    browser.post(edit, form_of(browser, edit) | {"name": "Build it", "budget_hours": ""})
    browser.post(f"{url}state/", {"pk": task.pk, "to": "archived"})
    task.refresh_from_db()
    assert (task.name, task.budget_minutes, task.is_active) == ("Build it", None, False)
    assert Task.objects.count() == 1


def test_tasks_are_searched_exported_and_archived_all_at_once(signed_in: SignIn, firm: Firm) -> None:
    project, other = ProjectFactory.create(firm=firm), ProjectFactory.create(firm=firm)
    tasks = [Task(firm=firm, project=each, name=f"Step {n:02}") for each in (project, other) for n in range(60)]
    Task.objects.bulk_create([*tasks, Task(firm=firm, project=project, name="Kept")])
    browser = signed_in("manager")
    page = browser.get(f"/projects/{project.pk}/?q=step").content.decode()
    assert "All 60 that match" in page
    assert "Kept" not in page
    lines = b"".join(browser.get(f"/projects/{project.pk}/?q=kept&format=csv").streaming_content).decode().splitlines()
    assert lines == ["\ufeffTask,Labor code,Budget,Status", "Kept,,,Active"]
    url, form = f"/projects/{project.pk}/tasks/state/", {"all": "1", "query": "q=step", "to": "archived"}
    assert "Archive 60 tasks?" in browser.post(url, form).content.decode()
    assert not Task.objects.filter(is_active=False).exists()
    sure = {"sure": "1", "firm": firm.pk}
    assert "60 now" in browser.post(url, form | sure | {"count": 59}).content.decode()
    browser.post(url, form | sure | {"count": 60})
    assert set(Task.objects.filter(is_active=False).values_list("project", flat=True)) == {project.pk}
    assert Task.objects.filter(is_active=False).count() == 60
    browser.post(url, sure | {"all": "1", "query": "show=archived", "to": "active", "count": 60})
    assert not Task.objects.filter(is_active=False).exists()
    browser.post(url, {"pk": Task.objects.filter(project=other)[0].pk, "to": "archived"})
    assert not Task.objects.filter(is_active=False).exists()


@pytest.mark.parametrize("role", ["administrator", "accountant", "manager"])
def test_the_office_and_managers_see_clients_and_projects(signed_in: SignIn, firm: Firm, role: str) -> None:
    project = ProjectFactory.create(firm=firm)
    browser = signed_in(role)
    for url in ("/clients/", "/projects/", f"/clients/{project.client_id}/", f"/projects/{project.pk}/"):
        assert browser.get(url).status_code == 200


def test_staff_see_none_of_it(signed_in: SignIn, firm: Firm) -> None:
    project = ProjectFactory.create(firm=firm)
    browser = signed_in("staff")
    for url in ("/clients/", "/projects/", "/clients/new/", f"/projects/{project.pk}/", "/clients/?format=csv"):
        response = browser.get(url)
        assert response.status_code == 403
        assert "This page is for administrators, accountants and managers only." in response.content.decode()
    assert browser.post("/projects/state/", {"pk": project.pk, "to": "archived"}).status_code == 403
    assert Project.objects.get().is_active


def test_another_firms_records_are_not_there(signed_in: SignIn) -> None:
    task = TaskFactory.create()
    project = task.project
    browser = signed_in("administrator")
    for url in (
        f"/clients/{project.client_id}/", f"/clients/{project.client_id}/edit/", f"/projects/{project.pk}/",
        f"/projects/{project.pk}/edit/", f"/projects/{project.pk}/tasks/", f"/projects/{project.pk}/tasks/{task.pk}/",
    ):  # fmt: skip
        assert browser.get(url).status_code == 404
        if not url.endswith(f"/{project.pk}/") and not url.endswith(f"/{project.client_id}/"):
            assert browser.post(url, {"name": "Taken over"}).status_code == 404
    archive = {"pk": task.pk, "to": "archived"}
    assert browser.post(f"/projects/{project.pk}/tasks/state/", archive).status_code == 404
    task.refresh_from_db()
    assert task.is_active


def test_two_people_who_save_the_same_new_name_at_once_get_one_client_and_a_sentence(firm: Firm) -> None:
    first, second = (ClientForm({"name": name}, firm=firm) for name in ("Acme", "ACME"))
    assert first.is_valid()
    assert second.is_valid()  # neither is saved yet, so both look free
    assert first.store()
    assert not second.store()
    assert "the same name was just saved by somebody else" in str(second.non_field_errors())
    assert Customer.objects.count() == 1
