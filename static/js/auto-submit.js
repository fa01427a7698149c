// A filter form sends itself: <select data-submit> when it changes; its button ([data-submit-button]) is for browsers without script.
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submit], input[data-submit]")) event.target.form?.requestSubmit();
});
for (const button of document.querySelectorAll("[data-submit-button]")) button.hidden = true;
