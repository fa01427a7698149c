"""Codes that time and money are sorted by."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from bigtime.core.audit import audited
from bigtime.core.models import FirmQuerySet, FirmScoped, Timestamped


class CodeQuerySet(FirmQuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class LaborCode(FirmScoped, Timestamped):
    """What kind of work an hour was. Comes from QuickBooks service items, or is made here."""

    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    rate = models.DecimalField("default billing rate", max_digits=12, decimal_places=2, null=True, blank=True)
    is_billable = models.BooleanField("billable", default=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[CodeQuerySet] = CodeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("firm", Lower("name"), name="labor_code_name_once")]
        triggers = audited()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("codes:edit", args=[self.pk])


class Account(FirmScoped, Timestamped):
    """A general ledger account, as the books name it; feeds every account picker. Kept in step by sync."""

    class Kind(models.TextChoices):
        BANK = "bank", "Bank"
        RECEIVABLE = "receivable", "Accounts receivable"
        PAYABLE = "payable", "Accounts payable"
        CARD = "card", "Credit card"
        INCOME = "income", "Income"
        EXPENSE = "expense", "Expense"
        OTHER = "other", "Other"

    name = models.CharField(max_length=500)
    number = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    type_name = models.CharField("type in the books", max_length=60, blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[CodeQuerySet] = CodeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["number", "name"]
        constraints = [models.UniqueConstraint("firm", Lower("name"), name="account_name_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()


class TrackingClass(FirmScoped, Timestamped):
    """A class: what part of the firm's business time and money belong to. The books own the tree of them.

    `name` is the whole path, so that a list in order of names is the tree.
    """

    SEPARATOR = " › "

    name = models.CharField(max_length=600)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[CodeQuerySet] = CodeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "class"
        verbose_name_plural = "classes"
        ordering = ["name"]
        constraints = [models.UniqueConstraint("firm", Lower("name"), name="tracking_class_name_once")]

    def __str__(self) -> str:
        return self.name


class PayrollItem(FirmScoped, Timestamped):
    """What an hour is paid as: regular, overtime, vacation … Kept in step with the books' payroll."""

    class Kind(models.TextChoices):
        HOURLY = "hourly", "Hourly"
        SALARY = "salary", "Salary"
        OTHER = "other", "Bonus or commission"

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[CodeQuerySet] = CodeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("firm", Lower("name"), name="payroll_item_name_once")]

    def __str__(self) -> str:
        return self.name
