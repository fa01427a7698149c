// One cell: its field, what the server has stored in it (kept in the hidden field beside it, which the form sends too),
// and the mark that says how it stands.
import { parse, clock } from "./durations.js";

const MARKS = ["saved", "saving", "bad", "conflict"];
const SHOWN_FOR = 2500;

export class Cell {
  constructor(input, grid) {
    this.input = input;
    this.grid = grid;
    const place = input.name.slice(2);
    [this.row, this.day] = place.split(":");
    this.memory = input.form.elements[`s:${place}`];
    this.noteField = input.form.elements[`n:${place}`];
    this.oldNote = input.form.elements[`o:${place}`];
    this.place = input.closest("[data-place], td");
    this.problem = "";
    if (input.getAttribute("aria-invalid")) this.problem = this.place.classList.contains("conflict") ? "conflict" : "bad";
  }

  get name() { return this.input.getAttribute("aria-label") ?? this.input.labels[0]?.textContent.trim() ?? ""; }
  get isLocked() { return this.input.readOnly; }
  get seen() { return this.memory.value.split("|")[0]; }
  get saved() { return this.memory.value.split("|")[1] ?? ""; }
  get savedMinutes() { return parse(this.saved).minutes ?? 0; }
  get note() { return this.oldNote ? this.oldNote.value : this.input.dataset.note ?? ""; }
  get isTouched() { return this.input.value.trim() !== this.saved; }
  /** Minutes as they would be if everything typed were saved. */
  get minutes() { return parse(this.input.value).minutes ?? this.savedMinutes; }

  /** Its row goes by another key now: so do its fields, and the place that explains it. */
  moveTo(row) {
    const [old, now] = [`${this.row}:${this.day}`, `${row}:${this.day}`];
    const why = document.getElementById(`y:${old}`);
    for (const element of [this.input, this.memory, this.noteField, this.oldNote, why]) {
      for (const name of ["id", "name", "aria-describedby"]) {
        const value = element?.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(old, now));
      }
    }
    this.input.labels?.forEach((label) => label.htmlFor && (label.htmlFor = this.input.id));
    this.row = row;
  }

  mark(state) {
    clearTimeout(this.fading);
    for (const mark of MARKS) this.place.classList.toggle(mark, mark === state || (mark === "bad" && state === "failed"));
    if (state === "saved") this.fading = setTimeout(() => this.place.classList.remove("saved"), SHOWN_FOR);
  }

  remember(stored) {
    this.memory.value = `${stored.seen}|${stored.text}`;
    if (this.oldNote) this.oldNote.value = stored.note;
    if (stored.note) this.input.dataset.note = stored.note;
    else delete this.input.dataset.note;
    if (this.place.tagName === "TD") this.place.classList.toggle("note-dot", Boolean(stored.note));
  }

  /** The server has it. `isNewer`: something newer was typed while it was on its way. */
  stored(stored, isNewer) {
    const typed = this.input.value;
    const unchanged = parse(typed).minutes === parse(stored.text).minutes || stored.rounding;
    this.remember(stored);
    if (isNewer) return;
    this.problem = "";
    if (this.noteField && document.activeElement !== this.noteField) this.noteField.value = stored.note;
    if (document.activeElement !== this.input || unchanged) this.show(stored.text);
    this.explain("");
    this.mark("saved");
    this.grid.said(`Saved. ${this.name}: ${stored.text || "empty"}${stored.rounding ? ` (${stored.rounding})` : ""}.`);
  }

  show(text) {
    const whole = document.activeElement === this.input && this.input.selectionStart === 0 && this.input.selectionEnd === this.input.value.length;
    this.input.value = text;
    if (whole) this.input.select();
  }

  refused(sentence) {
    this.problem = "bad";
    this.explain(sentence);
    this.mark("bad");
    this.grid.said(`Not saved. ${this.name}: ${sentence}`);
  }

  conflicts(conflict) {
    this.problem = "conflict";
    this.theirs = conflict;
    this.explain(conflict.words);
    this.mark("conflict");
    this.grid.said(`Not saved. ${this.name}: ${conflict.words}.`);
  }

  keepMine() {
    this.remember(this.theirs);
    this.settled();
    this.grid.save(this, true);
  }

  takeTheirs() {
    const { theirs } = this;
    this.remember(theirs);
    this.input.value = theirs.text;
    if (this.noteField) this.noteField.value = theirs.note;
    this.settled();
    this.mark("saved");
    this.grid.said(`${this.name}: ${theirs.text || "empty"}, as it was saved.`);
  }

  settled() {
    this.problem = "";
    this.theirs = null;
    this.explain("");
    this.mark("");
  }

  undo() {
    this.input.value = this.saved;
    this.settled();
  }

  explain(sentence) {
    this.sentence = sentence;
    const place = document.getElementById(`y:${this.input.name.slice(2)}`);
    if (place) place.textContent = sentence;
    if (this.place.tagName === "TD") this.place.title = sentence;
    if (sentence) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    this.grid.showProblems();
  }

  /** What was typed as it will be saved, or null after saying why it can't be. */
  read() {
    const { minutes, error } = parse(this.input.value);
    if (error) {
      this.refused(error);
      return null;
    }
    return clock(minutes);
  }
}
