"""What only shows on a narrow window: nothing hides behind an edge, and words stay readable."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from bigtime.firm.models import User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.bigtime.core.shell_urls"),
    pytest.mark.django_db(transaction=True),
]

Opened = Callable[..., Page]
PHONE = {"width": 390, "height": 844}
PASSWORD = "correct horse battery"


def test_the_tab_one_is_on_is_in_sight(opened: Opened) -> None:
    user = User.objects.create_user("maya@example.com", PASSWORD, name="Maya Ortiz")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    page = opened("/accounts/login/?next=/accounts/sessions/", size=PHONE)
    page.get_by_label("E-mail address").fill("maya@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".tabs > [aria-current]")).to_have_text("Sessions")
    expect(page.locator(".tabs > [aria-current]")).to_be_in_viewport(ratio=0.9)


def test_a_menu_at_the_edge_opens_inside_the_window(opened: Opened) -> None:
    page = opened("/styleguide", size=PHONE)
    chip = page.locator(".chips details.menu").last
    # At the right edge, where its list would stick out.
    chip.evaluate("chip => { chip.style.position = 'absolute'; chip.style.right = '14px'; }")
    chip.locator("summary").click()
    box = chip.locator(".menu-list").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_a_long_number_in_a_history_wraps(opened: Opened) -> None:
    page = opened("/styleguide", size=PHONE)
    page.locator(".timeline > li").first.evaluate("item => item.append('8c35d3c0848d73d1'.repeat(8))")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_heading_of_a_group_of_fields_stands_inside_its_border(opened: Opened) -> None:
    group = opened("/styleguide").locator("fieldset.group").first
    outer, heading = group.bounding_box(), group.locator("legend").first.bounding_box()
    assert outer is not None
    assert heading is not None
    assert heading["y"] - outer["y"] > 10
