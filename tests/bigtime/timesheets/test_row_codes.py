"""The class and payroll item of a row: where they come from, and how a row gets others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bigtime.clients.models import Project
from bigtime.codes.models import TrackingClass
from bigtime.core.periods import Period
from bigtime.firm.models import Firm
from bigtime.timesheets import services
from bigtime.timesheets.lines import LineKey
from bigtime.timesheets.models import TimeEntry, Timesheet, TimesheetEvent, TimesheetRow
from bigtime.timesheets.offered import offered
from bigtime.timesheets.refusals import Refused
from tests.factories import PayrollItemFactory, TaskFactory, TrackingClassFactory

from .conftest import key_of

MONDAY = date(2026, 11, 16)
WEEK = Period(MONDAY, MONDAY + timedelta(6))
pytestmark = pytest.mark.django_db
People = Callable[..., Any]


@pytest.fixture
def classes(firm: Firm) -> dict[str, TrackingClass]:
    """Classes are optional; East, West and Training are there."""
    firm.class_use = Firm.ClassUse.OPTIONAL
    firm.save()
    return {name: TrackingClassFactory.create(firm=firm, name=name) for name in ("East", "West", "Training")}


def act_of(who: Any) -> dict[str, Any]:
    return {"by": who.membership, "staff": who.staff, "week": WEEK}


def on(who: Any, firm: Firm) -> Any:
    """The same person, whose firm has other settings now."""
    who.membership.firm.refresh_from_db()
    who.staff.refresh_from_db()
    return who


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (LineKey(7), "7-0-0"),
        (LineKey(7, 8, 9), "7-8-9"),
        (LineKey(7, None, 9, 4), "7-0-9-4-0"),
        (LineKey(7, None, None, None, 3), "7-0-0-0-3"),
    ],
)
def test_a_key_reads_as_it_is_written(key: LineKey, text: str) -> None:
    assert str(key) == text
    assert LineKey.read(text) == key


@pytest.mark.parametrize("text", ["7", "7-8-9-4", "7-8-9-4-3-2", "7-8-9-x-0", "-1-0-0"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="That row isn't one of this timesheet"):
        LineKey.read(text)


@pytest.mark.parametrize(
    ("source", "of_task", "of_project", "of_staff", "expected"),
    [
        ("ladder", "East", "West", "Training", ("East", "of the task Build")),
        ("ladder", "", "West", "Training", ("West", "of the project Website relaunch")),
        ("ladder", "", "", "Training", ("Training", "of Dmitri")),
        ("ladder", "", "", "", ("", "")),
        ("task", "", "West", "Training", ("", "")),
        ("project", "East", "West", "Training", ("West", "of the project Website relaunch")),
        ("staff", "East", "West", "Training", ("Training", "of Dmitri")),
    ],
)
def test_the_default_class_says_where_it_is_from(
    person: People, project: Project, firm: Firm, classes: dict[str, TrackingClass],
    source: str, of_task: str, of_project: str, of_staff: str, expected: tuple[str, str],
) -> None:  # fmt: skip
    dmitri = person(name="Dmitri")
    firm.class_source = source
    task = TaskFactory.create(firm=firm, project=project, name="Build", tracking_class=classes.get(of_task))
    project.tracking_class, dmitri.staff.tracking_class = classes.get(of_project), classes.get(of_staff)
    known = offered(firm)
    default = known.class_default(dmitri.staff, project, task)
    assert (known.classes.get(default.tracking_class or 0, ""), default.source) == expected


def test_an_inactive_default_is_passed_over(
    person: People, project: Project, firm: Firm, classes: dict[str, TrackingClass]
) -> None:
    dmitri = person(name="Dmitri")
    project.tracking_class, dmitri.staff.tracking_class = classes["East"], classes["West"]
    TrackingClass.objects.filter(name="East").update(is_active=False)
    default = offered(firm).class_default(dmitri.staff, project)
    assert (default.tracking_class, default.source) == (classes["West"].pk, "of Dmitri")


def test_a_new_row_gets_the_default_a_chosen_one_or_none(
    person: People, project: Project, firm: Firm, classes: dict[str, TrackingClass]
) -> None:
    project.tracking_class = classes["East"]
    project.save()
    dmitri = on(person(), firm)
    added = [
        services.add_row(**act_of(dmitri), key=key_of(project)),
        services.add_row(**act_of(dmitri), key=replace(key_of(project), tracking_class=classes["West"].pk)),
        services.add_row(**act_of(dmitri), key=key_of(project), default_class=False),
    ]
    assert [key.tracking_class for key in added] == [classes["East"].pk, classes["West"].pk, None]
    assert set(TimesheetRow.objects.values_list("tracking_class__name", flat=True)) == {"East", "West", None}


def test_a_required_class_is_asked_for_when_adding_and_when_submitting(
    person: People, project: Project, firm: Firm, classes: dict[str, TrackingClass]
) -> None:
    dmitri = person()
    dmitri.entry(project)
    Firm.objects.update(class_use="required")
    on(dmitri, firm)
    with pytest.raises(Refused, match="Choose a class: every row needs one"):
        services.add_row(**act_of(dmitri), key=key_of(project))
    assert not TimesheetRow.objects.exists()
    with pytest.raises(Refused, match=r"needs a class before it is submitted\. Missing: Mon Nov 16 Website relaunch\."):
        services.submit(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)
    assert Timesheet.objects.get().status == "draft"
    services.change_row(
        **act_of(dmitri), key=key_of(project), to=replace(key_of(project), tracking_class=classes["East"].pk)
    )
    assert services.submit(by=dmitri.membership, staff=dmitri.staff, day=MONDAY).status == "submitted"


def test_a_row_takes_its_time_of_the_week_along(
    person: People, project: Project, firm: Firm, classes: dict[str, TrackingClass]
) -> None:
    dmitri = on(person(), firm)
    first, last = dmitri.entry(project, 0, 60, version=3), dmitri.entry(project, 4, 30, version=5)
    other_week = dmitri.entry(project, -7, 45)
    sheet = dmitri.sheet()
    to = replace(key_of(project), tracking_class=classes["East"].pk)
    assert services.change_row(**act_of(dmitri), key=key_of(project), to=to) == to
    moved = TimeEntry.objects.filter(tracking_class=classes["East"]).order_by("work_date")
    assert list(moved.values_list("pk", "version", "minutes")) == [(first.pk, 3, 60), (last.pk, 5, 30)]
    other_week.refresh_from_db()
    assert other_week.tracking_class is None
    # Whoever was about to approve the sheet as it was looks at it again.
    assert Timesheet.objects.get(pk=sheet.pk).version == sheet.version + 1
    assert not TimesheetEvent.objects.exists()


def test_what_a_supervisor_changes_is_written_down(
    person: People, project: Project, firm: Firm, classes: dict[str, TrackingClass]
) -> None:
    dmitri, boss = person(), person("administrator")
    dmitri.entry(project)
    on(boss, firm)
    to = replace(key_of(project), tracking_class=classes["East"].pk)
    services.change_row(by=boss.membership, staff=dmitri.staff, week=WEEK, key=key_of(project), to=to)
    event = TimesheetEvent.objects.get()
    assert (event.action, event.note) == ("corrected", "A row is Acme Corp · Website relaunch · East now")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        ("posted", "Mon Nov 16: Posted to QuickBooks. The row was left as it is."),
        ("taken", "There is a row for Acme Corp · Website relaunch · East in this week already."),
        ("inactive", "East can't be chosen any more: it is inactive."),
        ("off", "Time carries no class here: classes are switched off in the settings."),
        ("gone", "That project, task or code isn't there any more. Reload the page."),
        ("submitted", "Submitted and waiting for approval. Recall it to change it."),
    ],
)
def test_a_row_that_cannot_change_stays_whole(
    person: People, project: Project, firm: Firm, classes: dict[str, TrackingClass], spoil: str, sentence: str
) -> None:
    dmitri = on(person(), firm)
    locked = {"lock": "posted", "lock_note": "Posted to QuickBooks."} if spoil == "posted" else {}
    dmitri.entry(project, 0, **locked)
    dmitri.entry(project, 1)
    chosen = classes["East"]
    if spoil == "taken":
        dmitri.entry(project, 2, tracking_class=chosen)
    if spoil == "inactive":
        TrackingClass.objects.filter(pk=chosen.pk).update(is_active=False)
    if spoil == "gone":
        chosen = TrackingClassFactory.create(name="Of another firm")
    if spoil == "off":
        Firm.objects.update(class_use="off")
        on(dmitri, firm)
    if spoil == "submitted":
        Timesheet.objects.update(status="submitted")
    before = list(TimeEntry.objects.order_by("pk").values_list("pk", "tracking_class"))
    to = replace(key_of(project), tracking_class=chosen.pk)
    with pytest.raises(Refused) as refusal:
        services.change_row(**act_of(dmitri), key=key_of(project), to=to)
    assert refusal.value.sentence == sentence
    assert list(TimeEntry.objects.order_by("pk").values_list("pk", "tracking_class")) == before


def test_a_payroll_item_is_chosen_only_where_the_firm_lets(person: People, project: Project, firm: Firm) -> None:
    dmitri = person()
    dmitri.entry(project)
    to = replace(key_of(project), payroll_item=PayrollItemFactory.create(firm=firm).pk)
    with pytest.raises(Refused, match="Payroll items aren't chosen on the row here"):
        services.change_row(**act_of(dmitri), key=key_of(project), to=to)
    Firm.objects.update(payroll_way="row")
    services.change_row(**act_of(on(dmitri, firm)), key=key_of(project), to=to)
    assert TimeEntry.objects.get().payroll_item_id == to.payroll_item


def test_last_weeks_classes_are_copied_and_inactive_ones_named(
    person: People, project: Project, firm: Firm, classes: dict[str, TrackingClass]
) -> None:
    dmitri = on(person(), firm)
    dmitri.entry(project, -7, 60, tracking_class=classes["East"])
    dmitri.entry(project, -6, 30, tracking_class=classes["West"])
    TrackingClass.objects.filter(name="West").update(is_active=False)
    copied = services.copy_last_week(**act_of(dmitri), with_hours=True)
    assert (copied.rows, copied.minutes) == (1, 60)
    assert copied.skipped == ["Acme Corp · Website relaunch · West: West is inactive and takes no more time."]
    assert TimeEntry.objects.get(work_date=MONDAY).tracking_class == classes["East"]


def test_people_get_their_payroll_item(person: People, firm: Firm) -> None:
    dmitri, item = person(), PayrollItemFactory.create(firm=firm)
    foreign = PayrollItemFactory.create()
    assert services.set_payroll_items(firm=firm, chosen={dmitri.staff.pk: item.pk}) == 1
    assert services.set_payroll_items(firm=firm, chosen={dmitri.staff.pk: item.pk}) == 0
    with pytest.raises(Refused, match=r"isn't there any more\. Nothing was changed"):
        services.set_payroll_items(firm=firm, chosen={dmitri.staff.pk: foreign.pk})
    dmitri.staff.refresh_from_db()
    assert dmitri.staff.payroll_item == item
