from __future__ import annotations

from decimal import Decimal

import pytest
from lxml import html

from bigtime.core.templatetags.charts import Bar, bar_chart, step_for


@pytest.mark.parametrize(("top", "step"), [("1", 1), ("5", 1), ("5.5", 2), ("40", 10), ("434", 100), ("9000", 2000)])
def test_the_axis_has_at_most_five_round_lines(top: str, step: int) -> None:
    assert step_for(Decimal(top)) == step


def test_every_bar_is_inside_the_drawing_and_its_parts_stand_on_each_other() -> None:
    bars = [Bar("W1", "Week 1", (Decimal(30), Decimal(10))), Bar("W2", "Week 2", (Decimal(0), Decimal("41.5")))]
    page = html.fromstring(f"<div>{bar_chart(bars, ('Billable', 'Other'), 'Hours')}</div>")
    boxes = [{k: float(box.get(k)) for k in ("x", "y", "width", "height")} for box in page.iter("rect")]
    assert len(boxes) == 3  # nothing is drawn for zero
    assert all(b["y"] >= 0 and b["y"] + b["height"] <= 160.1 and b["x"] + b["width"] <= 620 for b in boxes)
    assert boxes[1]["y"] + boxes[1]["height"] <= boxes[0]["y"] + 0.1
    cells = [[cell.text_content() for cell in row] for row in page.iter("tr")]
    assert cells == [
        ["Period", "Billable", "Other", "Total"],
        ["Week 1", "30.00", "10.00", "40.00"],
        ["Week 2", "0.00", "41.50", "41.50"],
    ]


def test_names_are_escaped_and_nothing_at_all_is_still_a_chart() -> None:
    assert "<script>" not in bar_chart([Bar("<script>", "<script>", (Decimal(1),))], ("<script>",), '"><script>')
    assert bar_chart([], ("Billable",), "Hours").startswith("<svg")
