// The grid's keyboard: one tab stop, arrows between cells, typing replaces, F2 puts the caret into the text.
// Esc takes back what was typed; a second Esc lets the next Tab leave the grid.
export class Keys {
  constructor(grid) {
    this.grid = grid;
    this.table = grid.querySelector("table.tg");
    this.caret = false;
    this.leaving = false;
    this.table.setAttribute("role", "grid");
    this.rows = [...this.table.querySelectorAll("tbody tr[data-row]")].map((row) => [...row.querySelectorAll("[data-cell]")]);
    this.heads = [...this.table.querySelectorAll("thead a")];
    for (const element of [...this.rows.flat(), ...this.heads, ...this.table.querySelectorAll("tbody th button, [data-choice]")]) element.tabIndex = -1;
    this.stop(this.table.querySelector("td.today [data-cell]:not([readonly])") ?? this.table.querySelector("[data-cell]:not([readonly])") ?? this.rows[0]?.[0]);
    this.table.addEventListener("keydown", (event) => this.pressed(event));
    this.table.addEventListener("input", () => (this.typed = true));
    this.table.addEventListener("pointerdown", (event) => this.pointed(event));
    this.table.addEventListener("focusin", (event) => event.target.matches("[data-cell]") && this.entered(event.target));
  }

  stop(input) {
    if (!input) return;
    if (this.current) this.current.tabIndex = -1;
    this.current = input;
    input.tabIndex = 0;
  }

  entered(input) {
    if (input !== this.current) this.stop(input);
    this.typed = this.leaving = false;
    this.caret = false;
    input.select();
  }

  // The first click takes the whole cell, as typing then replaces it; a click into the focused cell sets the caret.
  pointed(event) {
    const input = event.target.closest("[data-cell]");
    if (!input) return;
    if (input === document.activeElement) {
      this.caret = true;
      return;
    }
    event.preventDefault();
    input.focus();
  }

  at(input) {
    const row = this.rows.findIndex((cells) => cells.includes(input));
    return [row, this.rows[row]?.indexOf(input) ?? -1];
  }

  go(row, column) {
    const target = this.rows[row]?.[column];
    if (!target) return false;
    target.focus();
    target.scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  }

  pressed(event) {
    if (event.isComposing || event.altKey || event.metaKey) return;
    if (!event.target.matches("[data-cell]")) return this.pressedBeside(event);
    const done = this.handle(event, event.target);
    if (done) event.preventDefault();
  }

  handle(event, input) {
    const [row, column] = this.at(input);
    const cell = this.grid.cellOf(input);
    const last = this.rows[row].length - 1;
    if (event.key !== "Tab" && event.key !== "Shift") this.leaving = false;
    switch (event.key) {
      case "Enter": return event.shiftKey ? this.grid.openNote(cell) || true : this.saveAnd(cell, () => this.go(row + 1, column) || input.select());
      case "ArrowDown": return this.saveAnd(cell, () => this.go(row + 1, column));
      case "ArrowUp": return this.saveAnd(cell, () => (row ? this.go(row - 1, column) : this.heads[column]?.focus()));
      case "ArrowLeft": return !event.shiftKey && !this.caret && this.saveAnd(cell, () => (column ? this.go(row, column - 1) : this.beside(row)));
      case "ArrowRight": return !event.shiftKey && !this.caret && this.saveAnd(cell, () => this.go(row, column + 1));
      case "Home": return this.jump(event, cell, 0, row, 0);
      case "End": return this.jump(event, cell, this.rows.length - 1, row, last);
      case "Tab": return this.tab(event, cell, row, column, last);
      case "F2": this.caret = true; input.setSelectionRange(input.value.length, input.value.length); return true;
      case "Escape": return this.escape(cell, input);
    }
    return false;
  }

  saveAnd(cell, move) {
    this.grid.commit(cell);
    move();
    return true;
  }

  jump(event, cell, far, row, column) {
    if (event.shiftKey || (this.caret && !event.ctrlKey)) return false;
    return this.saveAnd(cell, () => this.go(event.ctrlKey ? far : row, column));
  }

  tab(event, cell, row, column, last) {
    this.grid.commit(cell);
    if (this.leaving || event.ctrlKey) return false;
    const step = event.shiftKey ? -1 : 1;
    const next = column + step;
    if (next >= 0 && next <= last) return this.go(row, next);
    return this.go(row + step, event.shiftKey ? last : 0);
  }

  escape(cell, input) {
    if ((cell.isTouched || cell.problem) && !this.grid.saver.carries(cell)) {
      this.grid.undo(cell);
      this.caret = false;
      input.select();
      return true;
    }
    this.leaving = true;
    this.grid.said("Tab leaves the grid now.");
    return true;
  }

  /** What stands before the cells of a row: the button that removes it, then its lists. */
  heading(row) { return [...this.rows[row][0].closest("tr").querySelectorAll("th button, [data-choice]")]; }

  beside(row) { this.heading(row).at(-1)?.focus(); }

  // On a day's title or a row's button: arrows lead back into the cells.
  pressedBeside(event) {
    const column = this.heads.indexOf(event.target);
    const row = this.rows.findIndex((cells) => cells[0].closest("tr").contains(event.target));
    const moves = event.target.matches("[data-choice]") ? this.movesOfList(row, event.target) : column >= 0
      ? { ArrowDown: () => this.go(0, column), ArrowLeft: () => this.heads[column - 1]?.focus(), ArrowRight: () => this.heads[column + 1]?.focus() }
      : { ArrowRight: () => (this.heading(row)[1] ? this.heading(row)[1].focus() : this.go(row, 0)), ArrowUp: () => row > 0 && this.beside(row - 1), ArrowDown: () => this.rows[row + 1] && this.beside(row + 1) };
    if ((column < 0 && row < 0) || !moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  }

  // On a list: up and down choose, as everywhere; left and right move, Enter saves and goes down.
  movesOfList(row, list) {
    const all = this.heading(row);
    const at = all.indexOf(list);
    const step = (to) => () => (to < all.length ? all[to]?.focus() : this.go(row, 0));
    const down = () => {
      this.grid.choices.now(list);
      if (this.rows[row + 1]) this.heading(row + 1).find((other) => other.dataset.choice === list.dataset.choice)?.focus();
    };
    return { ArrowRight: step(at + 1), ArrowLeft: step(at - 1), Enter: down };
  }
}
