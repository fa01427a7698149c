from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from bigtime.clients.models import Project, Task
from bigtime.firm.models import Firm
from bigtime.timesheets import services
from bigtime.timesheets.lines import LineKey
from bigtime.timesheets.models import TimeEntry, Timesheet, TimesheetEvent, TimesheetRow
from bigtime.timesheets.refusals import Conflict, NotAllowed, Refused
from tests.factories import FirmFactory, LaborCodeFactory, ProjectFactory, StaffFactory, TaskFactory

MONDAY = date(2026, 11, 16)
pytestmark = pytest.mark.django_db
People = Callable[..., Any]


def key(project: Project, task: Task | None = None) -> LineKey:
    return LineKey(project.pk, task.pk if task else None, None)


def write(who: Any, project: Project, minutes: int, *, day: int = 0, seen: int | None = None, **more: Any) -> Any:
    staff = more.pop("staff", who.staff)
    place = {"by": who.membership, "staff": staff, "key": key(project), "day": MONDAY + timedelta(day)}
    return services.set_cell(**place, minutes=minutes, seen=seen, **more)


def everything() -> tuple[Any, ...]:
    """All that a refusal must leave as it was."""
    return (
        list(TimeEntry.objects.order_by("pk").values_list("pk", "minutes", "note", "version", "lock")),
        list(Timesheet.objects.order_by("pk").values_list("pk", "status", "version", "note")),
        list(TimesheetEvent.objects.values_list("pk")),
        list(TimesheetRow.objects.values_list("pk")),
    )


def refused(act: Callable[[], Any], kind: type[Refused] = Refused) -> str:
    before = everything()
    with pytest.raises(kind) as caught:
        act()
    assert everything() == before
    return caught.value.sentence


def test_the_first_cell_makes_the_sheet(person: People, project: Project) -> None:
    dmitri = person()
    saved = write(dmitri, project, 90, note=" Logo ")
    assert (saved.minutes, saved.note, saved.version, saved.rounding) == (90, "Logo", 1, "")
    sheet = Timesheet.objects.get()
    assert (sheet.starts_on, sheet.ends_on, sheet.status, sheet.version) == (MONDAY, MONDAY + timedelta(6), "draft", 1)
    entry = TimeEntry.objects.get()
    assert (entry.staff, entry.firm, entry.changed_by, entry.is_billable) == (
        dmitri.staff,
        dmitri.firm,
        dmitri.membership.user,
        True,
    )


def test_a_cell_is_changed_and_keeps_its_note(person: People, project: Project) -> None:
    dmitri = person()
    first = write(dmitri, project, 90, note="Logo")
    again = write(dmitri, project, 30, seen=first.version)
    assert (again.minutes, again.note, again.version) == (30, "Logo", 2)


def test_zero_clears_the_cell_and_keeps_the_row(person: People, project: Project) -> None:
    dmitri = person()
    first = write(dmitri, project, 90)
    cleared = write(dmitri, project, 0, seen=first.version)
    assert (cleared.minutes, cleared.version) == (0, None)
    assert not TimeEntry.objects.exists()
    assert TimesheetRow.objects.get().project == project


def test_a_cell_cleared_and_filled_again_never_gets_an_old_version(person: People, project: Project) -> None:
    dmitri = person()
    first = write(dmitri, project, 90)
    write(dmitri, project, 0, seen=first.version)
    third = write(dmitri, project, 30)
    assert third.version == 3
    assert refused(lambda: write(dmitri, project, 45, seen=first.version), Conflict)


def test_time_that_is_not_billable_follows_project_and_labor_code(person: People, firm: Firm) -> None:
    dmitri = person()
    inside = ProjectFactory.create(firm=firm, is_billable=False)
    training = LaborCodeFactory.create(firm=firm, is_billable=False)
    write(dmitri, inside, 60)
    paid = ProjectFactory.create(firm=firm)
    line = LineKey(paid.pk, None, training.pk)
    services.set_cell(by=dmitri.membership, staff=dmitri.staff, key=line, day=MONDAY, minutes=60, seen=None)
    assert [e.is_billable for e in TimeEntry.objects.all()] == [False, False]


def test_rounding_goes_up_and_is_told(person: People, project: Project, firm: Firm) -> None:
    firm.rounding_minutes = 15
    firm.save()
    dmitri = person()
    saved = write(dmitri, project, 80)
    assert (saved.minutes, saved.rounding) == (90, "1:20 rounded up to 1:30")
    again = write(dmitri, project, 80)  # the same request again, its answer having been lost
    assert (again.minutes, again.version) == (90, 1)


def test_time_from_before_a_rounding_rule_stays_as_it_is(person: People, project: Project, firm: Firm) -> None:
    dmitri = person()
    entry = dmitri.entry(project, minutes=50)
    firm.rounding_minutes = 15
    firm.save()
    saved = write(dmitri, project, 50, seen=0, note="Call")
    entry.refresh_from_db()
    assert (saved.minutes, entry.minutes, entry.note) == (50, 50, "Call")


def test_a_conflict_tells_what_is_stored_and_by_whom(person: People, project: Project) -> None:
    dmitri, chloe = person(), person("manager", name="Chloe Martin")
    dmitri.entry(project, minutes=90, version=5, changed_by=chloe.membership.user, note="On site")
    before = everything()
    with pytest.raises(Conflict) as caught:
        write(dmitri, project, 120, seen=4)
    assert everything() == before
    conflict = caught.value
    assert (conflict.minutes, conflict.note, conflict.version, conflict.by) == (90, "On site", 5, "Chloe")


def test_a_cell_cleared_by_somebody_else_is_a_conflict(person: People, project: Project) -> None:
    dmitri = person()
    with pytest.raises(Conflict) as caught:
        write(dmitri, project, 120, seen=4)
    assert (caught.value.minutes, caught.value.version) == (0, None)


def test_saving_what_is_stored_already_is_no_conflict(person: People, project: Project) -> None:
    dmitri = person()
    dmitri.entry(project, minutes=90, version=5)
    assert write(dmitri, project, 90, seen=2).version == 5


def test_a_day_has_24_hours(person: People, project: Project, firm: Firm) -> None:
    dmitri = person()
    dmitri.entry(ProjectFactory.create(firm=firm), minutes=1400)
    assert refused(lambda: write(dmitri, project, 41)) == "Mon Nov 16 would have 24:01 in all; a day has 24 hours."
    assert write(dmitri, project, 40).minutes == 40
    assert refused(lambda: write(dmitri, project, 1441, day=1))
    assert refused(lambda: write(dmitri, project, -1, day=1))


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("submitted", "Submitted and waiting for approval. Recall it to change it."),
        ("approved", "Approved. A manager can reopen it."),
    ],
)
def test_a_sheet_handed_in_is_locked(person: People, project: Project, status: str, sentence: str) -> None:
    dmitri = person()
    dmitri.sheet(status=status)
    assert refused(lambda: write(dmitri, project, 60)) == sentence


def test_a_rejected_sheet_is_open_again(person: People, project: Project) -> None:
    dmitri = person()
    dmitri.sheet(status="rejected", note="More detail")
    assert write(dmitri, project, 60).minutes == 60


def test_posted_time_says_why_it_stays(person: People, project: Project) -> None:
    dmitri = person("administrator")
    dmitri.entry(project, lock="posted", lock_note="Posted to QuickBooks on Nov 20.")
    assert refused(lambda: write(dmitri, project, 30, seen=0)) == "Posted to QuickBooks on Nov 20."
    assert refused(lambda: write(dmitri, project, 0, seen=0)) == "Posted to QuickBooks on Nov 20."
    assert refused(lambda: write(dmitri, project, 60, seen=0, note="New")) == "Posted to QuickBooks on Nov 20."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"is_active": False}, "Website relaunch is inactive and takes no more time."),
        ({"status": "completed"}, "Website relaunch is completed and takes no more time."),
        ({"status": "on_hold"}, "Website relaunch is on hold and takes no more time."),
        ({"open_to_all": False}, "Only the team of Website relaunch may record time on it."),
    ],
)
def test_a_closed_project_takes_no_more_time_but_gives_it_back(
    person: People, project: Project, change: dict[str, Any], sentence: str
) -> None:
    dmitri = person()
    dmitri.entry(project, minutes=90)
    Project.objects.filter(pk=project.pk).update(**change)
    assert refused(lambda: write(dmitri, project, 60, day=1)) == sentence
    assert refused(lambda: write(dmitri, project, 91, seen=0)) == sentence
    lowered = write(dmitri, project, 60, seen=0)
    assert write(dmitri, project, 0, seen=lowered.version).version is None


def test_an_inactive_client_closes_its_projects(person: People, project: Project) -> None:
    project.client.is_active = False
    project.client.save()
    assert refused(lambda: write(person(), project, 60)) == "Acme Corp is inactive and takes no more time."


def test_the_team_may_record_time_on_its_project(person: People, firm: Firm) -> None:
    dmitri = person()
    closed = ProjectFactory.create(firm=firm, open_to_all=False)
    closed.team.add(dmitri.staff)
    assert write(dmitri, closed, 60).minutes == 60


def test_somebody_inactive_takes_no_more_time(person: People, project: Project) -> None:
    maya, dmitri = person("administrator"), person(name="Dmitri Volkov")
    dmitri.staff.is_active = False
    dmitri.staff.save()
    sentence = refused(lambda: write(maya, project, 60, staff=dmitri.staff))
    assert sentence == "Dmitri Volkov is inactive and takes no more time."


def test_grace_days_lock_a_period_but_for_bookkeepers(person: People, project: Project, firm: Firm) -> None:
    firm.grace_days = 2
    firm.save()
    dmitri, chloe, aisha = person(), person("manager"), person("accountant")
    earlier = -9  # a Saturday, in the week that ended ten days ago
    sentence = refused(lambda: write(dmitri, project, 60, day=earlier))
    assert sentence == (
        "Nov 2 – 8, 2026 has been locked since Wed Nov 11. Ask an administrator or accountant to change it."
    )
    assert refused(lambda: write(chloe, project, 60, day=earlier, staff=dmitri.staff)) == sentence
    assert write(aisha, project, 60, day=earlier, staff=dmitri.staff).minutes == 60
    assert write(dmitri, project, 60).minutes == 60


def test_nobody_writes_in_a_colleagues_time(person: People, project: Project, firm: Firm) -> None:
    dmitri, ines = person(), person()
    assert refused(lambda: write(ines, project, 60, staff=dmitri.staff), NotAllowed)


def test_nobody_writes_in_another_firm(person: People, project: Project) -> None:
    stranger = person("administrator", in_firm=FirmFactory.create())
    dmitri = person()
    assert refused(lambda: write(stranger, project, 60, staff=dmitri.staff), NotAllowed)
    assert refused(lambda: write(stranger, project, 60)) == (
        "That project, task or code isn't there any more. Reload the page."
    )


def test_a_manager_corrects_and_it_is_written_down(person: People, project: Project) -> None:
    dmitri, chloe = person(), person("manager")
    dmitri.entry(project, minutes=90)
    Timesheet.objects.update(status="submitted")
    write(chloe, project, 120, seen=0, staff=dmitri.staff)
    event = TimesheetEvent.objects.get()
    assert (event.action, event.by) == ("corrected", chloe.membership.user)
    assert event.note == "Mon Nov 16 · Acme Corp · Website relaunch: 1:30 → 2:00"


def test_a_manager_with_reports_corrects_only_theirs(person: People, project: Project) -> None:
    dmitri, ines, chloe = person(), person(), person("manager")
    dmitri.staff.manager = chloe.staff
    dmitri.staff.save()
    assert write(chloe, project, 60, staff=dmitri.staff).minutes == 60
    assert refused(lambda: write(chloe, project, 60, staff=ines.staff), NotAllowed)


def test_a_task_of_another_project_is_refused(person: People, project: Project, firm: Firm) -> None:
    dmitri, task = person(), TaskFactory.create(firm=firm)
    sentence = refused(
        lambda: services.set_cell(
            by=dmitri.membership, staff=dmitri.staff, key=key(project, task), day=MONDAY, minutes=60, seen=None
        )
    )
    assert sentence == "That project, task or code isn't there any more. Reload the page."


def test_a_note_needs_time_and_fits(person: People, project: Project) -> None:
    dmitri = person()
    note = {"by": dmitri.membership, "staff": dmitri.staff, "key": key(project), "day": MONDAY}
    assert refused(lambda: services.set_note(**note, note="Call", seen=None)) == "Enter the time first, then its note."
    saved = write(dmitri, project, 60)
    assert services.set_note(**note, note="Call\x00 with Ana", seen=saved.version).note == "Call with Ana"
    sentence = refused(lambda: services.set_note(**note, note="x" * 2001, seen=2))
    assert sentence == "The note has 2,001 characters; at most 2,000 fit."


def test_a_paste_is_all_or_nothing(person: People, project: Project) -> None:
    dmitri = person()
    cells = [services.Wanted(key(project), MONDAY + timedelta(n), 60, None) for n in range(5)]
    bad = services.Wanted(key(project), MONDAY + timedelta(5), 1441, None)
    sentence = refused(lambda: services.paste(by=dmitri.membership, staff=dmitri.staff, cells=[*cells, bad]))
    assert sentence == "A day has 24 hours, and time can't be negative."
    services.paste(by=dmitri.membership, staff=dmitri.staff, cells=cells)
    assert [minutes for _, _, minutes, _ in dmitri.stored()] == [60] * 5
    many = [services.Wanted(key(project), MONDAY, n % 60, None) for n in range(501)]
    assert "at most 500" in refused(lambda: services.paste(by=dmitri.membership, staff=dmitri.staff, cells=many))


def test_a_week_across_two_months_writes_into_two_sheets(person: People, project: Project, firm: Firm) -> None:
    firm.period_kind = "monthly"
    firm.save()
    dmitri = person()
    write(dmitri, project, 60, day=14)  # Nov 30
    write(dmitri, project, 60, day=15)  # Dec 1
    spans = Timesheet.objects.order_by("starts_on").values_list("starts_on", "ends_on")
    assert list(spans) == [(date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 12, 1), date(2026, 12, 31))]


def test_a_new_period_kind_never_makes_overlapping_sheets(person: People, project: Project, firm: Firm) -> None:
    dmitri = person()
    write(dmitri, project, 60)  # the week of Nov 16
    firm.period_kind = "monthly"
    firm.save()
    dmitri = type(dmitri)(dmitri.membership)
    for day in (1, -1, 7):
        write(dmitri, project, 60, day=day)
    spans = list(Timesheet.objects.order_by("starts_on").values_list("starts_on", "ends_on"))
    assert spans == [
        (date(2026, 11, 1), date(2026, 11, 15)),
        (MONDAY, date(2026, 11, 22)),
        (date(2026, 11, 23), date(2026, 11, 30)),
    ]


def test_staff_without_an_account_belongs_to_nobody(person: People, project: Project, firm: Firm) -> None:
    nobody = StaffFactory.create(firm=firm)
    assert refused(lambda: write(person(), project, 60, staff=nobody), NotAllowed)
    assert write(person("administrator"), project, 60, staff=nobody).minutes == 60
