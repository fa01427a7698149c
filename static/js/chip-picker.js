// <chip-picker data-url> around checkboxes that are only the first of very many: each that is ticked becomes a chip, and
// others are found by typing. The checkboxes stay, hidden, and are what the form sends. Backspace in the empty field
// takes the last chip away.
import { Combobox } from "./combobox.js";

class ChipPicker extends Combobox {
  connectedCallback() {
    if (this.input) return;
    this.boxes = this.querySelector("[data-boxes]");
    this.querySelector(".picker-find")?.remove();
    const name = this.boxes.getAttribute("aria-label");
    this.chips = Object.assign(document.createElement("ul"), { className: "chips" });
    this.chips.setAttribute("aria-label", `${name}: chosen`);
    this.chips.addEventListener("click", (event) => this.remove(event.target.closest("button")));
    this.build(this.boxes, name, this.known.map((box) => ({ id: box.value, name: this.name(box) })));
    this.append(this.chips);
    this.input.placeholder = "Type a name to add";
    this.boxes.closest("form")?.addEventListener("reset", () => setTimeout(() => this.show()));
    this.show();
  }

  get known() { return [...this.boxes.querySelectorAll("input")]; }
  get ticked() { return this.known.filter((box) => box.checked); }
  name(box) { return box.parentElement.textContent.trim(); }

  show() {
    this.chips.replaceChildren(...this.ticked.map((box) => this.chip(box)));
    this.chips.hidden = !this.chips.children.length;
  }

  chip(box) {
    const [item, words] = [document.createElement("li"), document.createElement("span")];
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    item.className = "chip on";
    words.textContent = this.name(box);
    words.className = "clip";
    button.dataset.value = box.value;
    button.setAttribute("aria-label", `Remove ${words.textContent}`);
    item.append(words, button);
    return item;
  }

  // Whoever is chosen already is not offered.
  offer(found, more = true) {
    const chosen = new Set(this.ticked.map((box) => box.value));
    super.offer(found.filter(({ id }) => !chosen.has(String(id))), more);
  }

  chosen(value, name) {
    this.tick(this.known.find((box) => box.value === value) ?? this.made(value, name), true);
    this.leave();
    this.say(`${name} added`);
  }

  made(value, name) {
    const [row, label] = [document.createElement("div"), document.createElement("label")];
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: this.dataset.name, value });
    label.append(box, ` ${name}`);
    row.append(label);
    this.boxes.append(row);
    return box;
  }

  remove(button) {
    const box = button && this.known.find((each) => each.value === button.dataset.value);
    if (!box) return;
    this.tick(box, false);
    this.input.focus();
    this.say(`${this.name(box)} removed`);
  }

  tick(box, checked) {
    box.checked = checked;
    this.show();
    for (const kind of ["input", "change"]) box.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  pressed(event) {
    if (event.key === "Backspace" && this.input.value === "") this.remove(this.chips.lastElementChild?.querySelector("button"));
    else super.pressed(event);
  }

  rest() { this.input.value = ""; }
}

customElements.define("chip-picker", ChipPicker);
