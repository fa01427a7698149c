// The class or payroll item of a row: chosen from a list and saved by itself. The row then goes by another key, and with
// it everything that names the row: cells, the button that removes it, its other lists.
import { send } from "./grid-saver.js";

const PAUSE = 600; // arrow keys pass through choices nobody wants

export class Choices {
  constructor(grid) {
    this.grid = grid;
    this.pending = new Map();
    this.lists = [...grid.querySelectorAll("[data-choice]")];
    for (const list of this.lists) {
      list.stored = list.value;
      list.addEventListener("change", () => this.later(list));
      list.addEventListener("blur", () => this.now(list));
    }
  }

  get isBusy() { return this.pending.size > 0 || Boolean(this.saving); }

  later(list) {
    clearTimeout(this.pending.get(list));
    this.pending.set(list, setTimeout(() => this.now(list), PAUSE));
  }

  now(list) {
    if (!this.pending.has(list)) return this.saving;
    clearTimeout(this.pending.get(list));
    this.pending.delete(list);
    if (list.value === list.stored) return this.saving;
    const before = this.saving;
    const own = (async () => {
      await before;
      await this.grid.saver.apart(() => this.save(list));
    })().finally(() => { if (this.saving === own) this.saving = null; });
    this.saving = own;
    return own;
  }

  /** Everything chosen is stored, or was refused. */
  async settle() {
    for (const list of [...this.pending.keys()]) this.now(list);
    await this.saving;
  }

  async save(list) {
    const { grid } = this;
    const place = list.closest("[data-row]");
    const row = place.dataset.row;
    const asked = { row, day: grid.dataset.day, name: list.dataset.choice, value: list.value };
    try {
      const { status, body } = await send(grid.dataset.rowUrl, asked, grid.form);
      if (status !== 200) throw { words: body.error };
      list.stored = asked.value;
      const told = place.querySelector(`[data-chosen="${list.dataset.choice}"]`);
      if (told) told.textContent = this.words(list);
      this.rename(place, row, body.row);
      grid.said(`Saved. ${list.getAttribute("aria-label")}: ${this.words(list)}.`);
    } catch (trouble) {
      if (!trouble.words) throw trouble;
      list.value = list.stored;
      grid.said(`Not changed: ${trouble.words}${trouble.words.endsWith(".") ? "" : "."}`, true);
    }
  }

  words(list) { return list.selectedOptions[0]?.textContent.trim() ?? ""; }

  rename(place, old, row) {
    for (const cell of this.grid.cells) if (cell.row === old) cell.moveTo(row);
    place.dataset.row = row;
    for (const list of place.querySelectorAll("[data-choice]")) list.name = `k:${row}:${list.dataset.choice}`;
    for (const button of place.querySelectorAll("[name=do]")) button.value = `remove:${row}`;
  }
}
