// The account pages report what went wrong with a passkey or security key only to the console: say it.
const WORDS = {
  NotAllowedError: "The passkey wasn’t used: it was cancelled, timed out, or this device has none for BigTime.",
  InvalidStateError: "This key is already registered for your account.",
  SecurityError: "Passkeys need a secure address (https) that matches the one BigTime was set up with.",
  NotSupportedError: "This browser or device doesn’t support that kind of key.",
};

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const text = WORDS[event.detail.exception?.name] ?? "The passkey couldn’t be used. Sign in another way, or try again.";
  document.dispatchEvent(new CustomEvent("toast", { detail: { level: "error", text } }));
});
