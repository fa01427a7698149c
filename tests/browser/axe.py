"""What axe has against a page: in one way for all tests, which leaves nothing behind on the page's console."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Page

# Only serious and critical faults count, so rules that can't find one are left out. Its own loading of stylesheets
# would be refused by our policy, and go on into the next page. What it found comes back without the page's source.
# Of a long table the first rows are judged: those that follow are made from the same lines.
_FAULTS = """async () => {
  const { rules, tagExclude } = axe._audit;
  const usual = (rule) => rule.enabled && !rule.tags.some((tag) => tagExclude.includes(tag));
  const grave = (rule) => usual(rule) && !["minor", "moderate"].includes(rule.impact);
  const runOnly = { type: "rule", values: rules.filter(grave).map((rule) => rule.id) };
  const many = ["tbody tr:nth-child(n + 16)", "tbody:nth-of-type(n + 9)"];
  const options = { preload: false, resultTypes: ["violations"], runOnly };
  const { violations } = await axe.run({ exclude: many }, options);
  return violations.filter((fault) => ["serious", "critical"].includes(fault.impact))
    .map((fault) => `${fault.id} ${fault.nodes.slice(0, 3).map((node) => node.target).join(" | ")}`);
}"""


def faults(page: Page) -> list[str]:
    """The serious ones: rule and places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(_FAULTS)
    return found
