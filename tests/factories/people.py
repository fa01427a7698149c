from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from bigtime.firm.models import Firm, Membership, Role, User
from bigtime.staff.models import Staff

PASSWORD = "correct-horse-battery"


class FirmFactory(DjangoModelFactory[Firm]):
    class Meta:
        model = Firm

    name = factory.Sequence(lambda n: f"Firm #{n}")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person #{n}")
    email = factory.Sequence(lambda n: f"person{n}@example.com")

    @factory.post_generation
    def password(self, create: bool, extracted: str | None, **kwargs: Any) -> None:
        if extracted:
            self.set_password(extracted)  # type: ignore[attr-defined]
            self.save()  # type: ignore[attr-defined]


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    firm = factory.SubFactory(FirmFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.STAFF


class StaffFactory(DjangoModelFactory[Staff]):
    class Meta:
        model = Staff

    firm = factory.SubFactory(FirmFactory)
    name = factory.Sequence(lambda n: f"Staff #{n}")
    email = factory.Sequence(lambda n: f"staff{n}@example.com")
