"""What was worked, and its approval."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from bigtime.clients.models import Project, Task
from bigtime.codes.models import LaborCode, PayrollItem, TrackingClass
from bigtime.core.audit import CHANGED, DELETED, audited
from bigtime.core.models import FirmQuerySet, FirmScoped, Timestamped
from bigtime.core.periods import Period
from bigtime.staff.models import Staff

DAY_MINUTES = 24 * 60
# What makes two cells of a week the same line of it.
LINE = ("project", "task", "labor_code", "tracking_class", "payroll_item")
LINE_JOINS = ("project__client", *LINE[1:])


class TimesheetQuerySet(FirmQuerySet):
    def waiting(self) -> Self:
        return self.filter(status=Timesheet.Status.SUBMITTED)

    def covering(self, first: date, last: date) -> Self:
        """Sheets with at least one day from `first` to `last`, both included."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)

    def noted(self) -> Self:
        """Sheets of which at least one entry has a note."""
        noted = TimeEntry.objects.filter(timesheet=OuterRef("pk")).exclude(note="")
        return self.filter(Exists(noted))

    def with_figures(self) -> Self:
        """Adds `minutes`, `billable_minutes` and `note_count` of each sheet, in the same query."""
        return self.annotate(
            minutes=Coalesce(Sum("entries__minutes"), 0),
            billable_minutes=Coalesce(Sum("entries__minutes", filter=Q(entries__is_billable=True)), 0),
            note_count=Count("entries", filter=~Q(entries__note="")),
        )


class Timesheet(FirmScoped, Timestamped):
    """One person's time in one period. `starts_on` and `ends_on` are both inside the period."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="timesheets")
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.TextField("the approver's note", blank=True)
    version = models.PositiveIntegerField(default=0)

    objects: ClassVar[TimesheetQuerySet] = TimesheetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "starts_on"], name="timesheet_once_per_period"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="timesheet_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "status", "starts_on"], name="timesheet_queue_idx"),
            models.Index(fields=["firm", "starts_on"], name="timesheet_newest_idx"),
            models.Index(fields=["firm", "ends_on"], name="timesheet_recent_idx"),
        ]
        triggers = audited(only=["staff", "starts_on", "status", "note"], actions=[CHANGED, DELETED])

    def __str__(self) -> str:
        return f"{self.staff} {self.starts_on}"

    def touches(self, period: Period) -> bool:
        """At least one day of the sheet is in `period`."""
        return period.overlaps(Period(self.starts_on, self.ends_on))

    @property
    def is_editable(self) -> bool:
        """Draft or rejected: the person may still change it."""
        return self.status in (self.Status.DRAFT, self.Status.REJECTED)


class TimesheetRow(FirmScoped):
    """A row kept in the grid though it may hold no time yet: added by hand, or copied from last week."""

    timesheet = models.ForeignKey(Timesheet, models.CASCADE, related_name="rows")
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, models.CASCADE, null=True, blank=True, related_name="+")
    labor_code = models.ForeignKey(LaborCode, models.CASCADE, null=True, blank=True, related_name="+")
    tracking_class = models.ForeignKey(TrackingClass, models.CASCADE, null=True, blank=True, related_name="+")
    payroll_item = models.ForeignKey(PayrollItem, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["timesheet", *LINE], name="timesheet_row_once", nulls_distinct=False)
        ]


class TimeEntryQuerySet(FirmQuerySet):
    def approved(self) -> Self:
        return self.filter(timesheet__status=Timesheet.Status.APPROVED)

    def of_week(self, sheets: Collection[int], first: date, last: date) -> Self:
        """The entries of these sheets from `first` to `last`, with the names a grid shows."""
        return self.filter(timesheet_id__in=sheets, work_date__range=(first, last)).select_related(*LINE_JOINS)


class TimeEntry(FirmScoped, Timestamped):
    """Minutes one person worked on one day, on one project, task and labor code, for one class, paid as one item.

    Without a payroll item the person's own counts, whichever that is when it is posted.

    `version` is the sheet's version when the entry last changed, so no value of it ever returns to a cell.
    `lock` is set by whatever holds the entry as it is (a posting to the books); while set, the database
    refuses a change of the entry's content or its deletion. `lock_note` is the reason, in words, for the person.
    """

    class Lock(models.TextChoices):
        NONE = "", "Open"
        POSTING = "posting", "Being posted"
        POSTED = "posted", "Posted"

    timesheet = models.ForeignKey(Timesheet, models.PROTECT, related_name="entries", db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="entries")
    project = models.ForeignKey(Project, models.PROTECT, related_name="entries")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="entries")
    labor_code = models.ForeignKey(LaborCode, models.PROTECT, null=True, blank=True, related_name="entries")
    tracking_class = models.ForeignKey(TrackingClass, models.PROTECT, null=True, blank=True, related_name="entries")
    payroll_item = models.ForeignKey(PayrollItem, models.PROTECT, null=True, blank=True, related_name="entries")
    work_date = models.DateField()
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(DAY_MINUTES)])
    note = models.CharField(max_length=2000, blank=True)
    is_billable = models.BooleanField("billable", default=True)
    version = models.PositiveIntegerField(default=0)
    lock = models.CharField(max_length=10, choices=Lock, default=Lock.NONE, blank=True)
    lock_note = models.CharField(max_length=200, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects: ClassVar[TimeEntryQuerySet] = TimeEntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "time entries"
        ordering = ["work_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["timesheet", *LINE, "work_date"], name="time_entry_once_per_cell", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=DAY_MINUTES), name="time_entry_within_a_day"
            ),
        ]
        indexes = [
            # What they include is added up from the index alone.
            models.Index(
                fields=["firm", "work_date", "staff"], include=["minutes", "is_billable"], name="time_entry_date_idx"
            ),
            models.Index(fields=["timesheet"], include=["lock", "minutes"], name="time_entry_sheet_idx"),
            models.Index(fields=["firm", "lock", "work_date"], name="time_entry_lock_idx"),
            # What isn't posted yet is found at once, whatever was posted before.
            models.Index(
                fields=["timesheet"],
                include=["firm", "lock", "minutes"],
                condition=~models.Q(lock="posted"),
                name="time_entry_open_idx",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="locked_content_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__lock__gt="")
                & (
                    pgtrigger.Q(old__minutes__df=pgtrigger.F("new__minutes"))
                    | pgtrigger.Q(old__work_date__df=pgtrigger.F("new__work_date"))
                    | pgtrigger.Q(old__project__df=pgtrigger.F("new__project"))
                    | pgtrigger.Q(old__task__df=pgtrigger.F("new__task"))
                    | pgtrigger.Q(old__labor_code__df=pgtrigger.F("new__labor_code"))
                    | pgtrigger.Q(old__tracking_class__df=pgtrigger.F("new__tracking_class"))
                    | pgtrigger.Q(old__payroll_item__df=pgtrigger.F("new__payroll_item"))
                    | pgtrigger.Q(old__staff__df=pgtrigger.F("new__staff"))
                    | pgtrigger.Q(old__note__df=pgtrigger.F("new__note"))
                    | pgtrigger.Q(old__is_billable__df=pgtrigger.F("new__is_billable"))
                ),
            ),
            pgtrigger.Protect(name="locked_stays", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__lock__gt="")),
            # What locks it is written down where it happened: a posting is in the ledger.
            *audited(but=["lock", "lock_note", "changed_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.work_date} {self.minutes} min"


class TimesheetEvent(FirmScoped):
    """What happened to a timesheet, by whom: submitted, recalled, approved, rejected, reopened. Never changed."""

    class Action(models.TextChoices):
        SUBMITTED = "submitted", "Submitted"
        RECALLED = "recalled", "Recalled"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        REOPENED = "reopened", "Reopened"
        CORRECTED = "corrected", "Corrected"

    timesheet = models.ForeignKey(Timesheet, models.CASCADE, related_name="events")
    action = models.CharField(max_length=10, choices=Action)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.at:%Y-%m-%d %H:%M}"
