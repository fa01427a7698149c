"""Cells of Post Timesheets that stand hundreds of times on a page."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from bigtime.core.templatetags.ui import hm

register = template.Library()

CELL = '<td class="n" data-label="{}"><a href="{}"{}>{}</a></td>'
MUTED = mark_safe(' class="muted"')


@register.simple_tag
def figures(lengths: Iterable[tuple[str, int]], address: str) -> SafeString:
    """A cell for each length of time in minutes, under its column's name, leading to the entries at `address`."""
    cells = ((label, address, "" if minutes else MUTED, hm(minutes)) for label, minutes in lengths)
    return format_html_join("", CELL, cells)
