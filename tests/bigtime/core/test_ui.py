"""The tags pages are written with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django import forms
from django.template import engines
from django.test import RequestFactory

from bigtime.core.templatetags import ui

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0"


def rendered(source: str, query: str = "", **context: Any) -> str:
    request = RequestFactory().get(f"/list/{query}")
    text: str = engines["django"].from_string("{% load ui %}" + source).render(context, request)
    return text


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(90, "1:30"), (0, "0:00"), (5, "0:05"), (-5, "-0:05"), (-90, "-1:30"), (6000, "100:00"), (None, ""), ("", "")],
)
def test_minutes_as_hours_and_minutes(minutes: int | None, shown: str) -> None:
    assert ui.hm(minutes) == shown


@pytest.mark.parametrize(("minutes", "shown"), [(90, "1.50"), (1, "0.02"), (61234, "1,020.57"), (None, "")])
def test_minutes_as_decimal_hours(minutes: int | None, shown: str) -> None:
    assert ui.hours(minutes) == shown


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (Decimal("1234.5"), "USD", "$1,234.50"),
        (Decimal("0.005"), "USD", "$0.01"),
        (Decimal("-0.004"), "USD", "$0.00"),
        (Decimal(-5), "EUR", "-€5.00"),
        (Decimal("120.4"), "JPY", "¥120"),
        (Decimal("1.2345"), "KWD", "KWD\xa01.235"),
        ("12", "CHF", "CHF\xa012.00"),
        (None, "USD", ""),
        ("a lot", "USD", ""),
    ],
)
def test_money(value: Any, currency: str, shown: str) -> None:
    assert ui.money(value, currency) == shown


def test_amount_rounds_halves_up_and_groups() -> None:
    assert [ui.amount(Decimal("1234567.125")), ui.amount(2, 0), ui.amount(None)] == ["1,234,567.13", "2", ""]


@pytest.mark.parametrize(
    ("status", "html"),
    [
        ("posted", '<span class="tag ok">Posted</span>'),
        ("unknown_outcome", '<span class="tag warn">Unknown outcome</span>'),
        ("changed since posted", '<span class="tag info">Changed since posted</span>'),
        ("linked but inactive", '<span class="tag">Linked but inactive</span>'),
        ("half_done", '<span class="tag">Half done</span>'),
        ("<b>", '<span class="tag">&lt;b&gt;</span>'),
    ],
)
def test_status_words(status: str, html: str) -> None:
    assert rendered("{{ status|tag }}", status=status) == html
    assert rendered("{% tag status %}", status=status) == html


def test_a_tag_may_say_more_in_another_colour() -> None:
    assert rendered('{% tag "posted" "Overdue 6 d" "warn" %}') == '<span class="tag warn">Overdue 6 d</span>'


def test_icon_is_silent_unless_labelled() -> None:
    assert rendered('{% icon "check" "s" %}') == (
        '<svg class="ic s" aria-hidden="true"><use href="/static/icons/sprite.svg#check"/></svg>'
    )
    assert 'role="img" aria-label="Done"' in rendered('{% icon "check" label="Done" %}')


def test_page_url_keeps_the_filters_and_returns_to_the_first_page() -> None:
    query = "?q=a%26b&page=3&staff=1&staff=2"
    assert rendered("{% page_url staff=7 %}", query) == "?q=a%26b&amp;staff=7"
    assert rendered("{% page_url page=4 %}", query) == "?q=a%26b&amp;page=4&amp;staff=1&amp;staff=2"
    assert rendered("{% page_url q=None staff=None %}", query) == "/list/"


def test_a_header_turns_the_order_round() -> None:
    assert 'href="?sort=name"' in rendered('{% sort_th "name" "Client" %}', "?sort=-name&page=2")
    assert 'href="?sort=-name"' in rendered('{% sort_th "name" "Client" default="name" %}')
    assert 'aria-sort="descending"' in rendered('{% sort_th "name" "Client" %}', "?sort=-name")
    assert 'aria-sort="none"' in rendered('{% sort_th "name" "Client" %}', "?sort=age")


@time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False)
def test_ago() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert ">4\xa0minutes ago</time>" in ui.ago(now - timedelta(minutes=4))
    assert ">just now</time>" in ui.ago(now - timedelta(seconds=59))
    assert ">in 3\xa0hours</time>" in ui.ago(now + timedelta(hours=3, minutes=5))
    assert ui.ago(date(2026, 11, 4)) == '<time datetime="2026-11-04">Nov 4, 2026</time>'
    assert ui.ago(None) == ""


@pytest.mark.parametrize(
    ("name", "letters"), [("Maya Ortiz", "MO"), ("Ana de la Cruz", "AC"), ("maya@example.com", "MC"), ("", "")]
)
def test_initials(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


def test_device() -> None:
    assert [ui.device(CHROME), ui.device(EDGE), ui.device("curl/8"), ui.device("")] == [
        "Chrome on Linux",
        "Edge on Windows",
        "curl/8",
        "Unknown program",
    ]


class Sample(forms.Form):
    name = forms.CharField(help_text="As on invoices.")
    kind = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")], required=False)
    agreed = forms.BooleanField(label="Agreed")
    secret = forms.CharField(widget=forms.HiddenInput, initial="x")


def test_a_field_ties_label_help_and_errors_to_its_input() -> None:
    html = rendered("{% field form.name %}", form=Sample({"name": ""}))
    assert '<label for="id_name">Name</label>' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<div class="help" id="id_name_helptext">As on invoices.</div>' in html
    assert '<ul class="errorlist" id="id_name_error"><li>This field is required.</li></ul>' in html


def test_a_field_may_be_relabelled_where_it_is_shown() -> None:
    html = rendered('{% field form.name label="Legal name" help="To the letter." css="span" %}', form=Sample())
    assert '<label for="id_name">Legal name</label>' in html
    assert 'class="field span' in html
    assert "To the letter." in html


def test_a_whole_form() -> None:
    html = rendered("{{ form }}", form=Sample())
    assert '<fieldset class="field' in html
    assert '<legend>Kind <span class="opt-mark">(optional)</span></legend>' in html
    assert '<div class="field check' in html
    assert html.count('name="secret"') == 1
    assert "style=" not in html


@pytest.mark.django_db
@pytest.mark.urls("tests.bigtime.core.shell_urls")
@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/nothing-here"]
)
def test_pages_without_a_firm_carry_no_inline_style_or_script(client: Any, address: str) -> None:
    html = client.get(address).content.decode()
    assert "<main" in html
    assert "style=" not in html
    assert " onclick=" not in html
    assert all("src=" in tag or "application/json" in tag for tag in html.split("<script")[1:])
