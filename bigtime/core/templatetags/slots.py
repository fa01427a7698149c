"""Panels that upper apps registered, rendered inside the page's own context (no second run of context processors)."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from bigtime.core.slots import slots_for

register = template.Library()


@register.simple_tag(takes_context=True)
def panel(context: Context, name: str, values: dict[str, Any]) -> SafeString:
    """The template `name` with `values` added to the page's context; rendered, and therefore escaped, there."""
    engine = context.template.engine  # type: ignore[union-attr]
    with context.push(**values):
        return mark_safe(engine.get_template(name).render(context))


@register.simple_tag(takes_context=True)
def slots(context: Context, place: str, subject: Any) -> SafeString:
    """Every panel registered for `place` about `subject`."""
    found = slots_for(context["request"], place, subject)
    return mark_safe("".join(panel(context, name, values) for name, values in found))
