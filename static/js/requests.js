// What a person is told when a request in the background fails, and no page shows it.
const say = (level, text) => document.dispatchEvent(new CustomEvent("toast", { detail: { level, text } }));

document.addEventListener("htmx:sendError", () => say("error", "The server can’t be reached. What you see may be old; nothing was saved. Check the connection and try again."));
document.addEventListener("htmx:timeout", () => say("error", "The server took too long to answer. Reload the page to see whether it was saved."));

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  // The sign-in page is the only place to go from here.
  if (status === 401) location.assign(location.href);
  else if (status === 403) say("error", "You may not do this, or the page is too old. Reload it and try again.");
  else if (status === 404) say("error", "It isn’t there any more. Reload the page.");
  else if (status === 429) say("warning", "Too many requests at once. Wait a minute and try again.");
  else if (status >= 500) say("error", "Something went wrong on the server and was recorded. Nothing was saved; try again in a moment.");
});

// A refused form (422) and a conflict (409) bring their own words as HTML: show them like any answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

addEventListener("offline", () => say("warning", "You’re offline. Changes can’t be saved until the connection is back."));
addEventListener("online", () => say("success", "The connection is back."));
