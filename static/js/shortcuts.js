// Single keys, never while typing: ? help, / search, and any link or button with data-shortcut="n" (t, [, ] …).
const typing = (element) => element?.closest?.("input, select, textarea, [contenteditable], [role=textbox], dialog[open]");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    event.preventDefault();
    document.getElementById("help-dialog")?.showModal();
    return;
  }
  const target = event.key === "/"
    ? document.querySelector("main input[type=search], main .input-search input")
    : document.querySelector(`[data-shortcut="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target || target.disabled) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) target.focus();
  else target.click();
});
