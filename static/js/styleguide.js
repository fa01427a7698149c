// Shows the examples in one theme or in both.
const group = document.querySelector("[data-guide-themes]");
group?.addEventListener("click", (event) => {
  const chosen = event.target.closest("button");
  if (!chosen) return;
  for (const button of group.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === chosen));
  for (const pair of document.querySelectorAll(".guide-pair")) pair.dataset.only = chosen.value;
});
