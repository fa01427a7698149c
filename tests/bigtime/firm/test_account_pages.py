"""The sign-in package's pages speak like the others: one word for a thing, and no placeholder that says it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("/accounts/login/", ["E-mail address", "Password", "Remember me"]),
        ("/accounts/password/reset/", ["E-mail address"]),
        ("/accounts/password/change/", ["Current password", "New password", "New password (again)"]),
    ],
)
def test_labels_are_in_our_words(signed_in: Callable[..., Client], path: str, labels: list[str]) -> None:
    browser = signed_in() if "change" in path else Client()
    answer = browser.get(path)
    assert answer.status_code == 200
    form = answer.context["form"]
    assert [str(field.label) for field in form.visible_fields()] == labels
    assert not any("placeholder" in field.field.widget.attrs for field in form)
