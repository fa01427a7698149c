// <search-picker data-url> around a <select> that holds only the first of very many: makes it a field one types in.
// The select stays, hidden, and is what the form sends. data-submits sends the form as soon as something is chosen.
import { Combobox } from "./combobox.js";

class SearchPicker extends Combobox {
  connectedCallback() {
    if (this.input) return;
    this.select = this.querySelector("select");
    this.querySelector(".picker-find")?.remove();
    this.build(this.select, this.label(), [...this.select.options].map(({ value, text }) => ({ id: value, name: text })));
    this.select.required = false;
    this.input.addEventListener("focus", () => this.input.select());
    this.select.form?.addEventListener("reset", () => setTimeout(() => this.leave()));
    this.leave();
  }

  label() { return this.select.getAttribute("aria-label") || this.select.labels[0]?.firstChild?.textContent.trim() || "Choices"; }
  get nothing() { return [...this.select.options].find((option) => option.value === ""); }

  isChosen(id) { return id === this.select.value; }

  chosen(value, name) {
    if (![...this.select.options].some((known) => known.value === value)) this.select.add(new Option(name, value));
    this.select.value = value;
    this.leave();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    if ("submits" in this.dataset) this.select.form?.requestSubmit();
  }

  // What is written there is always what is chosen; an emptied field chooses nothing, where that may be.
  rest() {
    if (this.input.value === "" && this.written && this.nothing) this.select.value = "";
    const { value, text } = this.select.selectedOptions[0] ?? { value: "", text: "" };
    this.input.value = this.written = value ? text : "";
    this.input.placeholder = this.nothing?.text ?? "";
  }
}

customElements.define("search-picker", SearchPicker);
