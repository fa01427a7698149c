// <cmd-palette>: Ctrl/Cmd K. What it can jump to is what the page's own navigation holds, so rights are the server's;
// any element with data-command="Words" (a link or button) joins the list.
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function score(label, query) {
  const text = fold(label);
  if (!query) return 1;
  if (text.startsWith(query)) return 4;
  if (text.split(/\s+/).some((word) => word.startsWith(query))) return 3;
  if (text.includes(query)) return 2;
  let at = -1;
  for (const letter of query) if ((at = text.indexOf(letter, at + 1)) < 0) return 0;
  return 1;
}

class CmdPalette extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        this.toggle();
      }
    });
    document.addEventListener("click", (event) => event.target.closest("[data-palette]") && this.toggle());
  }

  build() {
    this.dialog = document.createElement("dialog");
    this.dialog.className = "palette";
    this.dialog.setAttribute("aria-label", "Jump to");
    this.dialog.innerHTML = `<div class="dialog-body"><label class="palette-input"><svg class="ic" aria-hidden="true"><use/></svg>
      <input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" aria-label="Jump to" placeholder="Jump to…" autocomplete="off" spellcheck="false">
      <kbd>Esc</kbd></label><div role="listbox" id="palette-list" aria-label="Pages and actions"></div></div>`;
    this.dialog.querySelector("use").setAttribute("href", `${this.dataset.icons}#search`);
    this.input = this.dialog.querySelector("input");
    this.list = this.dialog.querySelector("[role=listbox]");
    this.input.addEventListener("input", () => this.fill());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => this.go(event.target.closest("[role=option]"), event));
    this.append(this.dialog);
  }

  toggle() {
    if (!this.dialog) this.build();
    if (this.dialog.open) return this.dialog.close();
    this.commands = this.collect();
    this.input.value = "";
    this.fill();
    this.dialog.showModal();
  }

  collect() {
    const found = [];
    let section = "";
    for (const node of document.querySelectorAll(".side h2, .side a:not(.brand)")) {
      if (node.tagName === "H2") section = node.textContent.trim();
      else found.push({ label: node.querySelector("span")?.textContent.trim() ?? node.textContent.trim(), section, icon: node.querySelector("use")?.getAttribute("href"), node });
    }
    for (const node of document.querySelectorAll("[data-command]")) found.push({ label: node.dataset.command, section: "This page", icon: node.querySelector("use")?.getAttribute("href"), node });
    for (const node of document.querySelectorAll(".menu-list a")) found.push({ label: node.textContent.trim(), section: node.closest("main") ? "This page" : "Account", icon: node.querySelector("use")?.getAttribute("href"), node });
    return found;
  }

  fill() {
    const query = fold(this.input.value.trim());
    const hits = this.commands.map((command) => ({ command, points: score(`${command.label}`, query) || score(`${command.section} ${command.label}`, query) * 0.5 }))
      .filter((hit) => hit.points > 0).sort((a, b) => b.points - a.points).slice(0, 12);
    this.list.replaceChildren(...hits.map(({ command }, at) => this.option(command, at)));
    if (!hits.length) {
      const none = document.createElement("p");
      none.className = "palette-none";
      none.textContent = "Nothing by that name.";
      this.list.append(none);
    }
    this.mark(0);
  }

  option(command, at) {
    const option = document.createElement("div");
    option.setAttribute("role", "option");
    option.id = `palette-${at}`;
    option.target = command.node;
    if (command.icon) {
      option.innerHTML = '<svg class="ic" aria-hidden="true"><use/></svg>';
      option.querySelector("use").setAttribute("href", command.icon);
    }
    const label = document.createElement("span");
    label.textContent = command.label;
    const section = document.createElement("span");
    section.className = "muted";
    section.textContent = command.section;
    option.append(label, section);
    return option;
  }

  get options() { return [...this.list.querySelectorAll("[role=option]")]; }

  mark(index) {
    const options = this.options;
    this.at = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.at)));
    options[this.at]?.scrollIntoView({ block: "nearest" });
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", options[this.at].id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.mark(this.at + step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.go(this.options[this.at], event);
    }
  }

  go(option, event) {
    if (!option) return;
    this.dialog.close();
    if (event.ctrlKey || event.metaKey) window.open(option.target.href, "_blank", "noopener");
    else option.target.click();
  }
}

customElements.define("cmd-palette", CmdPalette);
