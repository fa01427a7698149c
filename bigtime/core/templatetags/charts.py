"""Charts drawn on the server as SVG, each with the same figures as a table for those who can't see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 620, 190, 34, 14, 160
CLASSES = "abcd"
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a short label, its long name for the table, and one value (hours) for each series."""

    label: str
    name: str
    values: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.values, Decimal(0))


def step_for(top: Decimal) -> int:
    """The distance between the axis's lines: at most five of them, at round numbers."""
    size = 1
    while True:
        for step in STEPS:
            if top <= step * size * 5:
                return step * size
        size *= 1000


@register.simple_tag
def bar_chart(bars: Sequence[Bar], series: Sequence[str], title: str) -> SafeString:
    """Stacked bars. `series` names the values from the bottom up; `title` is what screen readers announce."""
    step = step_for(max((bar.total for bar in bars), default=Decimal(0)) or Decimal(1))
    lines = max(1, -(-int(max((bar.total for bar in bars), default=Decimal(0))) // step))
    scale = Decimal(BOTTOM - TOP) / (lines * step)
    slot = Decimal(WIDTH - LEFT) / max(1, len(bars))
    drawn = (_bar(bar, Decimal(LEFT) + slot * at, slot, scale) for at, bar in enumerate(bars))
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>{}',
        WIDTH, HEIGHT, title, _axis(lines, step), format_html_join("", "{}", ((b,) for b in drawn)),
        _table(bars, series, title),
    )  # fmt: skip


def _axis(lines: int, step: int) -> SafeString:
    rows = []
    for at in range(lines + 1):
        y = BOTTOM - (BOTTOM - TOP) * at / lines
        rows.append((LEFT, WIDTH, f"{y:.1f}", LEFT - 8, f"{y + 3:.1f}", at * step))
    shape = '<line x1="{}" x2="{}" y1="{2}" y2="{2}"/><text x="{3}" y="{4}" text-anchor="end">{5}</text>'
    return format_html_join("", shape.replace("{}", "{0}", 1).replace("{}", "{1}", 1), rows)


def _bar(bar: Bar, x: Decimal, slot: Decimal, scale: Decimal) -> SafeString:
    width = min(Decimal(34), slot * Decimal("0.62"))
    left, y, parts = x + (slot - width) / 2, Decimal(BOTTOM), []
    for css, value in zip(CLASSES, bar.values, strict=False):
        height = value * scale
        if height > 0:
            y -= height
            # A hair of space between the parts, so that they stay apart without colour.
            shown = max(height - Decimal("1.5"), Decimal("0.5"))
            parts.append((css, f"{left:.1f}", f"{y:.1f}", f"{width:.1f}", f"{shown:.1f}"))
    boxes = format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>', parts)
    middle = f"{x + slot / 2:.1f}"
    tip = ", ".join(f"{v:.2f}" for v in bar.values)
    return format_html(
        '<g><title>{}: {}</title>{}<text x="{}" y="{}" text-anchor="middle">{}</text></g>',
        bar.name, tip, boxes, middle, BOTTOM + 18, bar.label,
    )  # fmt: skip


def _table(bars: Sequence[Bar], series: Sequence[str], title: str) -> SafeString:
    head = format_html_join("", '<th scope="col" class="n">{}</th>', ((name,) for name in (*series, "Total")))
    body = format_html_join("", "{}", ((_row(bar),) for bar in bars))
    return format_html(
        '<details class="mt"><summary class="link small">As a table</summary><div class="table-wrap"><table '
        'class="list dense"><caption class="sr">{}</caption><thead><tr><th scope="col">Period</th>{}</tr></thead>'
        "<tbody>{}</tbody></table></div></details>",
        title, head, body,
    )  # fmt: skip


def _row(bar: Bar) -> SafeString:
    cells: list[Any] = [(f"{value:.2f}",) for value in (*bar.values, bar.total)]
    return format_html(
        '<tr><th scope="row">{}</th>{}</tr>', bar.name, format_html_join("", '<td class="n">{}</td>', cells)
    )
