"""Who signs in, the firms they work for, and what they may do there."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from bigtime.core.audit import audited
from bigtime.core.models import Timestamped


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractUser):
    """A person who can sign in, by e-mail address. What they may do hangs on their memberships."""

    class Theme(models.TextChoices):
        AUTO = "auto", "As the device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=200)
    email = models.EmailField("e-mail address", unique=True)
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    @property
    def initials(self) -> str:
        words = (self.name or self.email).split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


class Firm(Timestamped):
    """A firm that sells time. Everything else belongs to one."""

    class PeriodKind(models.TextChoices):
        WEEKLY = "weekly", "Weekly"
        BIWEEKLY = "biweekly", "Bi-weekly"
        SEMIMONTHLY = "semimonthly", "Semi-monthly"
        MONTHLY = "monthly", "Monthly"

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    class ClassUse(models.TextChoices):
        OFF = "off", "Not used"
        OPTIONAL = "optional", "Optional"
        REQUIRED = "required", "Required"

    class ClassSource(models.TextChoices):
        """Where a new row's class comes from, before anybody chooses another."""

        LADDER = "ladder", "The task’s, else the project’s, else the person’s"
        TASK = "task", "The task’s"
        PROJECT = "project", "The project’s"
        STAFF = "staff", "The person’s"

    class PayrollWay(models.TextChoices):
        """How time comes by its payroll item."""

        ROW = "row", "Chosen on the row of the timesheet"
        PERSON = "person", "Default of the person"
        OVERRIDE = "override", "Default of the person; another can be chosen on the row"

    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    time_zone = models.CharField(max_length=60, default="America/Los_Angeles")
    currency = models.CharField("home currency", max_length=3, default="USD", help_text="ISO 4217 code")
    fiscal_year_start = models.PositiveSmallIntegerField(
        "fiscal year starts in", default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    week_start = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.MONDAY)
    period_kind = models.CharField("timesheet period", max_length=12, choices=PeriodKind, default=PeriodKind.WEEKLY)
    expected_day_minutes = models.PositiveSmallIntegerField("expected minutes a day", default=480)
    rounding_minutes = models.PositiveSmallIntegerField(
        "round entries up to", default=1, help_text="minutes; 1 means no rounding"
    )
    require_notes = models.BooleanField("every time entry needs a note", default=False)
    grace_days = models.PositiveSmallIntegerField(
        "days after a period's end until it is locked", null=True, blank=True, help_text="empty: never locked"
    )
    class_use = models.CharField("classes on time", max_length=10, choices=ClassUse, default=ClassUse.OFF)
    class_source = models.CharField(
        "class of a new row", max_length=10, choices=ClassSource, default=ClassSource.LADDER
    )
    payroll_way = models.CharField("payroll item of time", max_length=10, choices=PayrollWay, default=PayrollWay.PERSON)

    class Meta:
        triggers = audited(firm="pk")

    def __str__(self) -> str:
        return self.name

    @property
    def uses_classes(self) -> bool:
        return self.class_use != self.ClassUse.OFF


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    ACCOUNTANT = "accountant", "Accountant"
    MANAGER = "manager", "Manager"
    STAFF = "staff", "Staff"


class Membership(Timestamped):
    """A user's place in a firm."""

    firm = models.ForeignKey(Firm, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=14, choices=Role, default=Role.STAFF)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "user"], name="membership_once_per_firm")]
        triggers = audited()

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Invitation(Timestamped):
    """An address asked to join a firm. The link in the mail is signed, names `nonce`, and works once in seven days."""

    firm = models.ForeignKey(Firm, models.CASCADE, related_name="invitations")
    email = models.EmailField("e-mail address")
    role = models.CharField(max_length=14, choices=Role, default=Role.STAFF)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    nonce = models.CharField(max_length=43)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("firm", Lower("email"), name="invitation_once_per_address")]
        triggers = audited(but=["nonce", "sent_at", "expires_at"])

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.expires_at > timezone.now()
