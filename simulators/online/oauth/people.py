"""Who can sign in at the simulated Intuit: any password opens the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Person:
    """A demo user; only a company administrator may connect apps."""

    email: str
    given: str
    family: str
    subject: str
    administrator: bool = True

    def userinfo(self) -> dict[str, Any]:
        name = {"givenName": self.given, "familyName": self.family}
        contact = {
            "email": self.email,
            "emailVerified": True,
            "phoneNumber": "+1 5550100",
            "phoneNumberVerified": False,
        }
        place = {"streetAddress": "12 Harbor Street", "locality": "Portland", "region": "OR", "postalCode": "97201"}
        return {"sub": self.subject, **contact, **name, "address": {**place, "country": "US"}}


PEOPLE = {
    person.email: person
    for person in (
        Person("bookkeeper@example.com", "Casey", "Brown", "sim-user-0001"),
        Person("assistant@example.com", "Robin", "Lee", "sim-user-0002", administrator=False),
    )
}
