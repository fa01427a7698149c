"""What every page is written with: icons, figures, status words, fields, and links that keep the address's filters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from bigtime.core import status_words
from bigtime.core.money import exponent

register = template.Library()

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "INR": "₹"}


@register.simple_tag
@lru_cache(maxsize=1000)  # a page of fifty rows asks for the same few a hundred times
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """An icon of the sprite. Silent for screen readers unless it has a `label`; `css` adds classes (s, l, xl, spin)."""
    classes = f"ic {css}".strip()
    address = f"{static('icons/sprite.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, address)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, address)


@register.filter
def hm(minutes: Any) -> str:
    """Whole minutes as H:MM: 90 is 1:30, -5 is -0:05, None and "" are empty."""
    if minutes is None or minutes == "":
        return ""
    whole = int(minutes)
    hours, rest = divmod(abs(whole), 60)
    return f"{'-' if whole < 0 else ''}{hours}:{rest:02d}"


@register.filter
def hours(minutes: Any) -> str:
    """Whole minutes as decimal hours with two places, halves up: 90 is 1.50."""
    if minutes is None or minutes == "":
        return ""
    return _grouped(Decimal(int(minutes)) / 60, 2)


@register.filter
def amount(value: Any, places: int = 2) -> str:
    """A number with thousands separators and fixed places, halves up; what isn't a number is empty."""
    number = _decimal(value)
    return "" if number is None else _grouped(number, places)


@register.filter
def money(value: Any, currency: str = "USD") -> str:
    """An amount in an ISO 4217 currency: $1,234.50, -$5.00, €9.99, ¥120, CHF 12.00."""
    number = _decimal(value)
    if number is None:
        return ""
    figure = _grouped(abs(number), exponent(currency))
    sign = "-" if number < 0 and figure.strip("0.,") else ""
    return f"{sign}{SYMBOLS.get(currency, currency + chr(0xA0))}{figure}"


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _grouped(number: Decimal, places: int) -> str:
    return f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


@register.simple_tag(name="tag")
def tag_(status: Any, label: str = "", css: str = "") -> SafeString:
    """A status as a coloured tag with its settled word; `label` says more than the word, `css` overrides the colour."""
    colour, word = status_words.describe(status)
    return format_html('<span class="{}">{}</span>', f"tag {css or colour}".strip(), label or word)


@register.filter(name="tag")
def tag_filter(status: Any) -> SafeString:
    return tag_(status)


@register.simple_tag
def field(bound: BoundField, label: str = "", help: str = "", css: str = "") -> SafeString:
    """A form's field with label, help and errors tied to it; `label` and `help` override the form's own."""
    if label:
        bound.label = label
    if help:
        bound.help_text = help
    context = {"field": bound, "css": css}
    rendered: SafeString = bound.form.render(bound.template_name or bound.renderer.field_template_name, context)
    return rendered


@register.simple_tag(takes_context=True)
def page_url(context: Context, **changes: Any) -> str:
    """The page's own address with these parameters replaced; None or "" removes one.

    Changing a filter returns to page 1.
    """
    return _replaced(context, changes)


@register.filter
def coming_back(address: str, here: str) -> str:
    """The address of a page that leads back `here` when it has done its work (`bigtime.core.actions.back_to`)."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'next': here})}"


def _replaced(context: Context, changes: dict[str, Any]) -> str:
    query: QueryDict = context["request"].GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        elif isinstance(value, list | tuple):
            query.setlist(name, [str(v) for v in value])
        else:
            query[name] = str(value)
    encoded = query.urlencode()
    return f"?{encoded}" if encoded else context["request"].path


def _sort_state(context: Context, name: str, default: str) -> str:
    current = context["request"].GET.get("sort") or default
    return {name: "ascending", f"-{name}": "descending"}.get(current, "none")


@register.simple_tag(takes_context=True)
def sort_th(context: Context, name: str, label: str, default: str = "", css: str = "") -> SafeString:
    """The header cell of a column that a click sorts by `name` (`?sort=name`), or the other way round (`?sort=-name`).

    `default` is the page's order when the address names none.
    """
    state = _sort_state(context, name, default)
    address = _replaced(context, {"sort": f"-{name}" if state == "ascending" else name})
    picture = {"ascending": "arrow-up", "descending": "arrow-down", "none": "chevrons-up-down"}[state]
    link = format_html('<a class="sort" href="{}">{}{}</a>', address, label, icon(picture))
    return format_html('<th scope="col" class="{}" aria-sort="{}">{}</th>', css, state, link)


@register.filter
def ago(moment: datetime | date | None) -> SafeString | str:
    """How long ago, with the exact instant in the element: 4 minutes ago, just now, in 3 hours. None is empty."""
    if moment is None or moment == "":
        return ""
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), date_format(moment, "M j, Y"))
    local = timezone.localtime(moment)
    shown = f"{local:%b} {local.day}, {local:%Y, %H:%M}"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), shown, _distance(moment))


def _distance(moment: datetime) -> str:
    now = timezone.now()
    if abs((now - moment).total_seconds()) < 60:
        return "just now"
    if moment > now:
        return f"in {timesince(now, moment, depth=1)}"
    return f"{timesince(moment, now, depth=1)} ago"


@register.filter
def initials(name: Any) -> str:
    """The letters of an avatar: the first of the first and of the last word."""
    words = str(name or "").replace(".", " ").replace("@", " ").split()
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
)


@register.filter
def device(user_agent: str) -> str:
    """A browser's long name in words a person knows: Firefox on Windows. The order above settles who imitates whom."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in (*SYSTEMS, ("Linux", "Linux")) if mark in user_agent), "")
    known = " on ".join(filter(None, (browser, system)))
    return known or user_agent[:60] or "Unknown program"


@register.simple_tag
def firms_of(user: Any) -> list[Any]:
    """The person's active memberships with their firms, by name: what the account menu offers to switch to."""
    if not getattr(user, "is_authenticated", False):
        return []
    known = getattr(user, "active_memberships", None)  # what the middleware has read for this request
    if known is None:
        known = user.memberships.filter(is_active=True).select_related("firm")
    return sorted(known, key=lambda membership: membership.firm.name)
