// The theme changes at once; the server remembers it for the next page. Without script the form simply posts.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  const { value } = event.submitter;
  document.documentElement.dataset.theme = value;
  for (const button of form.querySelectorAll("button[name=theme]")) button.setAttribute("aria-pressed", String(button.value === value));
  const body = new FormData(form, event.submitter);
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.status >= 400) throw new Error(String(answer.status));
  } catch {
    document.dispatchEvent(new CustomEvent("toast", { detail: { level: "warning", text: "The theme is set for this page, but couldn’t be remembered." } }));
  }
});
