// Dialogs without script in the page: data-dialog="id" opens one, data-close closes the one around it,
// and a form or button with data-confirm="Sentence." asks first (data-confirm-title, data-confirm-yes, data-danger).
const confirmed = new WeakSet();

function ask({ title, text, yes, danger }) {
  const dialog = document.getElementById("confirm-dialog");
  if (!dialog) return Promise.resolve(window.confirm(text));
  dialog.querySelector("#confirm-title").textContent = title || "Are you sure?";
  dialog.querySelector("[data-confirm-text]").textContent = text;
  const button = dialog.querySelector("[data-confirm-yes]");
  button.textContent = yes || "Continue";
  button.classList.toggle("danger", danger);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

function words(element) {
  const { confirm, confirmTitle, confirmYes } = element.dataset;
  return { text: confirm, title: confirmTitle, yes: confirmYes, danger: "danger" in element.dataset };
}

// Capturing, so that it comes before htmx and before a form that sends itself.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const asked = event.submitter?.dataset.confirm ? event.submitter : form.dataset.confirm ? form : null;
  if (!asked || confirmed.delete(form)) return;
  // Of all that match, on every page of a list, the next page asks, with their number.
  if (form.querySelector("[data-select-matching] input:checked")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(words(asked)))) return;
  confirmed.add(form);
  form.requestSubmit(event.submitter);
}, true);

// Buttons that htmx sends by themselves, outside a form.
document.addEventListener("htmx:confirm", async (event) => {
  const element = event.detail.elt;
  if (!element.dataset?.confirm || element.tagName === "FORM") return;
  event.preventDefault();
  if (await ask(words(element))) event.detail.issueRequest(true);
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  if (event.target.closest("[data-help]")) document.getElementById("help-dialog")?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  // A click on the veil closes, unless there is something typed to lose.
  if (event.target instanceof HTMLDialogElement && event.target.open && !event.target.querySelector("[data-guard]")) event.target.close();
});

// A dialog that arrives in a fragment opens itself: <dialog data-open>; closing takes it away again.
function openArrived(root) {
  for (const dialog of root.querySelectorAll?.("dialog[data-open]") ?? []) {
    if (dialog.open) continue;
    dialog.showModal();
    dialog.addEventListener("close", () => dialog.remove(), { once: true });
  }
}
openArrived(document);
document.addEventListener("htmx:afterSettle", (event) => openArrived(event.target.parentElement ?? document));
