// <toast-stack>: short messages that leave by themselves; errors stay until dismissed.
// Anything may ask for one: document.dispatchEvent(new CustomEvent("toast", {detail: {level, text, url, label}})),
// and the server may too, with the header HX-Trigger: {"toast": {"level": "success", "text": "Saved."}}.
const SECONDS = 7;
const ICONS = { success: "circle-check", warning: "triangle-alert", error: "circle-alert", info: "info" };

function icon(name) {
  const sprite = document.querySelector("[data-icons]")?.dataset.icons ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "ic");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

class ToastStack extends HTMLElement {
  connectedCallback() {
    for (const toast of this.querySelectorAll(".toast")) this.adopt(toast);
    this.watcher = new MutationObserver((records) => {
      for (const record of records) for (const node of record.addedNodes) if (node.classList?.contains("toast")) this.adopt(node);
    });
    this.watcher.observe(this, { childList: true });
    this.listener = (event) => this.show(event.detail);
    document.addEventListener("toast", this.listener);
  }

  disconnectedCallback() {
    this.watcher.disconnect();
    document.removeEventListener("toast", this.listener);
  }

  adopt(toast) {
    if (toast.dataset.adopted) return;
    toast.dataset.adopted = "yes";
    const button = toast.querySelector("[data-dismiss]");
    if (button) {
      button.hidden = false;
      button.addEventListener("click", () => toast.remove());
    }
    if (toast.classList.contains("error") || toast.classList.contains("warning")) return;
    let timer = setTimeout(() => toast.remove(), SECONDS * 1000);
    // Reading takes as long as it takes: the clock stands while the pointer or the focus is on it.
    for (const pause of ["mouseenter", "focusin"]) toast.addEventListener(pause, () => clearTimeout(timer));
    for (const go of ["mouseleave", "focusout"]) toast.addEventListener(go, () => (timer = setTimeout(() => toast.remove(), SECONDS * 1000)));
  }

  show({ level = "info", text = "", url = "", label = "" }) {
    const same = [...this.children].find((toast) => toast.querySelector("p")?.firstChild?.textContent === text);
    same?.remove();
    const toast = document.createElement("div");
    toast.className = `toast ${level}`;
    const words = document.createElement("p");
    words.textContent = text;
    if (url) {
      const link = document.createElement("a");
      link.href = url;
      link.textContent = label || "Open";
      words.append(" ", link);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", "Dismiss");
    close.append(icon("x"));
    toast.append(icon(ICONS[level] ?? "info"), words, close);
    this.append(toast);
  }
}

customElements.define("toast-stack", ToastStack);
