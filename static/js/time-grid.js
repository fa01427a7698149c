// <time-grid> around the form of a week (a table) or a day (a list): every cell saves by itself. Without this script the
// form still works; with it, the form's own fields stay right, so its buttons can be used at any time.
import { hm } from "./durations.js";
import { Cell } from "./grid-cell.js";
import { Choices } from "./grid-choice.js";
import { Keys } from "./grid-keys.js";
import { Notes } from "./grid-note.js";
import { pasted } from "./grid-paste.js";
import { Saver } from "./grid-saver.js";
import "./row-picker.js";

class TimeGrid extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.status = this.querySelector("[data-status]");
    this.cells = [...this.querySelectorAll("[data-cell]")].map((input) => new Cell(input, this));
    this.byInput = new Map(this.cells.map((cell) => [cell.input, cell]));
    this.saver = new Saver({ grid: this, url: this.dataset.cellUrl, form: this.form, onState: () => this.showState() });
    this.classList.add("live");
    this.choices = new Choices(this);
    if (this.dataset.view !== "day" && this.querySelector("table.tg")) this.keys = new Keys(this);
    const dialog = document.getElementById("note-dialog");
    if (dialog) this.notes = new Notes(this, dialog);
    this.listen();
    this.showProblems();
    if (this.dataset.focus) this.focusRow(this.dataset.focus);
  }

  listen() {
    this.addEventListener("change", (event) => this.changed(event.target));
    this.addEventListener("input", () => this.addUp());
    this.addEventListener("focusin", (event) => this.entered(event.target));
    if (this.keys) this.addEventListener("paste", (event) => pasted(event, this));
    else this.addEventListener("keydown", (event) => this.pressedInDay(event));
    this.querySelector("[data-retry]")?.addEventListener("click", () => this.saver.retry());
    document.addEventListener("click", (event) => this.clicked(event), true);
    addEventListener("beforeunload", (event) => {
      if (this.isLeaving || this.isClean) return;
      event.preventDefault();
    });
  }

  cellOf(input) { return this.byInput.get(input); }
  get isClean() { return !this.saver.isBusy && !this.choices.isBusy && this.cells.every((cell) => !cell.problem && !cell.isTouched); }

  changed(element) {
    const cell = this.cellOf(element);
    if (cell) this.commit(cell);
    else if (element.matches("[data-cell-note]")) {
      const owner = this.cells.find((one) => one.noteField === element);
      if (!owner.minutes && element.value.trim()) owner.refused("Enter the time first, then its note.");
      else this.saveNote(owner, element.value.trim());
    }
  }

  entered(element) {
    const cell = this.cellOf(element);
    if (!cell) return;
    this.notes?.offer(cell);
    if (cell.isLocked) this.said(`Locked. ${cell.input.dataset.why}`);
    else if (cell.sentence) this.said(cell.sentence);
  }

  commit(cell) {
    if (cell.isLocked || (!cell.isTouched && cell.problem !== "bad")) return;
    this.save(cell);
  }

  /** Queues the cell as it stands. `anyway`: even when it seems to be what is stored. */
  save(cell, anyway = false) {
    if (cell.problem === "conflict") return;
    const text = cell.read();
    if (text === null) return this.saver.forget(cell);
    if (cell.problem) cell.settled();
    cell.show(text);
    this.addUp();
    if (text === cell.saved && !anyway && !this.saver.unsaved.includes(cell) && !this.hasNewNote(cell)) return cell.mark("");
    const change = { text };
    if (this.hasNewNote(cell)) change.note = cell.noteField.value.trim();
    this.saver.add(cell, change);
  }

  hasNewNote(cell) { return Boolean(cell.noteField) && cell.noteField.value.trim() !== cell.note.trim(); }

  saveNote(cell, note) {
    const text = cell.read();
    if (text !== null) this.saver.add(cell, { text, note });
  }

  undo(cell) {
    this.saver.forget(cell);
    cell.undo();
    this.addUp();
  }

  openNote(cell) { this.notes?.open(cell); }

  pressedInDay(event) {
    const cell = this.cellOf(event.target);
    if (!cell || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.commit(cell);
      this.cells[this.cells.indexOf(cell) + 1]?.input.focus();
    } else if (event.key === "Escape" && (cell.isTouched || cell.problem) && !this.saver.carries(cell)) {
      event.preventDefault();
      this.undo(cell);
    }
  }

  // Leaving by a button or a link waits for what is on its way, instead of asking whether to lose it.
  async clicked(event) {
    const target = event.target.closest?.("a[href], button");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey || event.button || !this.leaves(target) || this.isClean) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await this.choices.settle();
    await this.saver.run();
    if (this.isClean) return target.click();
    const first = this.cells.find((cell) => cell.problem || this.saver.unsaved.includes(cell)) ?? this.cells.find((cell) => cell.isTouched);
    this.said("Some cells aren't saved yet. Mend them, or press Esc in each to give them up, and try again.", true);
    first?.input.focus();
  }

  leaves(target) {
    if (target.tagName === "A") return !target.target && !target.dataset.dialog && new URL(target.href).pathname + new URL(target.href).search !== location.pathname + location.search;
    return target.form === this.form && target.type === "submit";
  }

  focusRow(key) {
    const inRow = this.cells.filter((cell) => cell.row === key && !cell.isLocked);
    (inRow.find((cell) => cell.place.classList.contains("today")) ?? inRow[0])?.input.focus();
  }

  /** A sentence for everybody: shown under the grid and read out. */
  said(words, isProblem = false) {
    this.status.textContent = words;
    this.status.classList.toggle("cell-error", isProblem);
  }

  showState() {
    const retry = this.querySelector("[data-retry]");
    const count = this.saver.unsaved.length;
    if (retry) retry.hidden = !(this.saver.hasTrouble && count);
    if (this.saver.hasTrouble && count) {
      const sentence = this.saver.trouble.endsWith(".") ? this.saver.trouble : `${this.saver.trouble}; ${count === 1 ? "one cell isn't" : `${count} cells aren't`} saved yet. Trying again by itself.`;
      this.said(sentence, true);
    } else if (count && !this.status.textContent) this.said("Saving…");
  }

  showProblems() {
    this.list ??= this.insertBefore(document.createElement("ul"), this.form.nextSibling);
    this.list.className = "tg-problems";
    const found = (this.cells ?? []).filter((cell) => cell.problem && cell.sentence);
    this.list.replaceChildren(...found.map((cell) => this.problemOf(cell)));
  }

  problemOf(cell) {
    const item = document.createElement("li");
    item.className = `note ${cell.problem === "conflict" ? "warn" : "err"}`;
    const words = document.createElement("p");
    words.append(Object.assign(document.createElement("b"), { textContent: `${cell.name}: ` }), cell.sentence);
    item.append(words);
    if (cell.theirs) item.append(this.button("Keep mine", () => cell.keepMine()), this.button("Take theirs", () => { cell.takeTheirs(); this.addUp(); }));
    else item.append(this.button("Go there", () => cell.input.focus()));
    return item;
  }

  button(words, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn s", textContent: words });
    button.addEventListener("click", act);
    return button;
  }

  addUp() {
    const sum = (cells) => cells.reduce((total, cell) => total + cell.minutes, 0);
    const set = (place, minutes) => { if (place) place.textContent = hm(minutes); };
    for (const row of this.querySelectorAll("tr[data-row]")) set(row.querySelector("[data-row-total]"), sum(this.cells.filter((cell) => cell.row === row.dataset.row)));
    const days = [...new Set(this.cells.map((cell) => cell.day))].sort();
    this.querySelectorAll("[data-day-total]").forEach((place, at) => {
      const minutes = sum(this.cells.filter((cell) => cell.day === days[at]));
      set(place, minutes);
      place.classList.toggle("short", minutes < Number(place.dataset.expected));
      place.classList.toggle("over", minutes > 24 * 60);
    });
    set(this.querySelector("[data-total]"), sum(this.cells));
  }
}

customElements.define("time-grid", TimeGrid);
