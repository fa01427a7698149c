// A field one types in, and a list of what a search finds under it. What is done with the choice is the subclass's:
// `chosen(id, name)`, and `rest()` once the field is left. `of` is the element that lends the field its name and state.
// A subclass that finds its `input`, `list` and `said` in the page calls `wire` instead of `build`.
const DELAY = 150;
let made = 0;

export class Combobox extends HTMLElement {
  build(of, name, first) {
    this.first = first;
    const id = of.id || `picker-${(made += 1)}`;
    this.input = Object.assign(document.createElement("input"), { type: "text", id, autocomplete: "off", spellcheck: false });
    this.list = Object.assign(document.createElement("div"), { id: `${id}-list`, hidden: true });
    this.said = Object.assign(document.createElement("span"), { className: "sr" });
    const state = { role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": this.list.id };
    for (const kept of ["aria-label", "aria-describedby", "aria-invalid", "required"]) if (of.hasAttribute(kept)) state[kept] = of.getAttribute(kept);
    for (const [key, value] of Object.entries(state)) this.input.setAttribute(key, value);
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", name);
    this.said.setAttribute("role", "status");
    of.id = `${id}-chosen`;
    of.hidden = true;
    this.append(this.input, this.list, this.said);
    this.wire("click");
  }

  // `opens` is the event of the field that opens the list.
  wire(opens) {
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener(opens, () => this.list.hidden && this.reopen());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.leave());
    // Choosing must not take the focus from the field.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
  }

  get options() { return [...this.list.children]; }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), DELAY);
  }

  question() { return { q: this.input.value }; }
  reopen() { this.offer(this.first); }
  answered({ options, more }) { this.offer(options, more); }

  async search() {
    const number = (this.asked = (this.asked ?? 0) + 1);
    const url = new URL(this.dataset.url, location.href);
    for (const [name, value] of Object.entries(this.question())) url.searchParams.set(name, value);
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const found = await answer.json();
      // A slow answer to an earlier question must not replace a newer one, nor open what was left.
      if (number === this.asked && document.activeElement === this.input) this.answered(found);
    } catch {
      this.say("The list couldn't be searched. Check the connection and type again.", true);
    }
  }

  offer(found, more = true) {
    this.list.replaceChildren(...found.map(({ id, name }, at) => this.option(id, name, at)));
    this.say(found.length ? `${more ? "The first " : ""}${found.length} found` : "Nothing by that name", !found.length);
    this.open(true);
    this.point(Math.max(0, found.findIndex(({ id }) => this.isChosen(String(id)))));
  }

  isChosen() { return false; }

  option(id, name, at) {
    const option = Object.assign(document.createElement("div"), { id: `${this.list.id}-${at}`, textContent: name });
    option.setAttribute("role", "option");
    option.dataset.value = id;
    return option;
  }

  say(words, visibly) {
    this.said.textContent = words;
    this.said.className = visibly ? "help" : "sr";
  }

  open(isOpen) {
    this.list.hidden = !isOpen || !this.list.children.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    if (this.list.hidden) this.input.removeAttribute("aria-activedescendant");
  }

  point(index) {
    const options = this.options;
    if (!options.length) return;
    this.at = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.at)));
    options[this.at].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", options[this.at].id);
  }

  pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.list.hidden) this.reopen();
      else this.point(this.at + step);
    } else if (event.key === "Enter" && !this.list.hidden) {
      event.preventDefault();
      this.choose(this.options[this.at]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.leave();
    }
  }

  choose(option) {
    if (option) this.chosen(option.dataset.value, option.textContent);
  }

  leave() {
    clearTimeout(this.timer);
    this.asked = (this.asked ?? 0) + 1;
    this.rest();
    this.open(false);
    this.say("");
  }
}
