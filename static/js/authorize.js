// The authorization window. On the page that opens it: form[data-authorize]; inside it: [data-authorized].
// The two speak over a BroadcastChannel, because a visit to another site may cut the tie to the opener.
const NAME = "quickbooks-authorize";
const channel = new BroadcastChannel(NAME);

function openWindow() {
  const [width, height] = [560, 720];
  const left = Math.max(0, screenX + (outerWidth - width) / 2);
  const top = Math.max(0, screenY + (outerHeight - height) / 3);
  return window.open("", NAME, `popup,width=${width},height=${height},left=${left},top=${top}`);
}

function starts(form) {
  const note = form.querySelector("[data-authorize-note]");
  const say = (text) => {
    note.hidden = !text;
    note.querySelector("p").textContent = text;
  };
  let watch = 0;

  form.addEventListener("submit", () => {
    const opened = openWindow();
    // Blocked: the form goes on in this window, and so does everything after it.
    form.target = opened ? NAME : "";
    form.elements.popup.value = opened ? "1" : "";
    if (!opened) return;
    opened.focus();
    say("Finish in the QuickBooks window. This page goes on by itself.");
    clearInterval(watch);
    watch = setInterval(() => opened.closed && gone(), 700);
  });

  // Closed without a word: by the person, or out of our sight. The server knows whether it came to a connection.
  async function gone() {
    clearInterval(watch);
    const answer = await fetch(form.dataset.state, { headers: { Accept: "application/json" } }).catch(() => null);
    const found = answer?.ok ? await answer.json() : null;
    if (found?.connected && !form.hasAttribute("data-again")) location.assign(form.dataset.done);
    else say("The QuickBooks window was closed before it was finished. Nothing was changed.");
  }

  channel.addEventListener("message", ({ data }) => {
    clearInterval(watch);
    if (data === "connected") location.assign(form.dataset.done);
    else say("It didn’t come to a connection; the QuickBooks window says why. Nothing was changed.");
  });
}

function ends(place) {
  channel.postMessage(place.dataset.authorized);
  if (place.hasAttribute("data-stay")) return;
  // The message needs a moment to leave before the window does.
  setTimeout(() => window.close(), 200);
}

document.addEventListener("click", (event) => event.target.closest("[data-close-window]") && window.close());
for (const form of document.querySelectorAll("form[data-authorize]")) starts(form);
for (const place of document.querySelectorAll("[data-authorized]")) ends(place);
