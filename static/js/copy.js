// data-copy="text" or data-copy-from="id": one click puts it on the clipboard and the button says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const source = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
  const text = source ? source.value ?? source.textContent : button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1600);
    document.dispatchEvent(new CustomEvent("toast", { detail: { level: "success", text: "Copied." } }));
  } catch {
    // Browsers allow the clipboard only in secure contexts: mark the text, so that one key copies it.
    if (source?.select) source.select();
    else if (source) getSelection().selectAllChildren(source);
    document.dispatchEvent(new CustomEvent("toast", { detail: { level: "warning", text: "The browser didn’t allow copying. Select the text and press Ctrl C." } }));
  }
});
