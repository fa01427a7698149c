// form[data-guard]: leaving with unsaved changes asks first.
const dirty = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form) dirty.add(form);
});
for (const done of ["submit", "reset"]) document.addEventListener(done, (event) => dirty.delete(event.target));
document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && dirty.delete(event.detail.elt.closest("form")));

window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});
