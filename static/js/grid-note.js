// The note of a cell, in a dialog: Shift+Enter, or the button that stands in the focused cell.
export class Notes {
  constructor(grid, dialog) {
    this.grid = grid;
    this.dialog = dialog;
    this.text = dialog.querySelector("textarea");
    this.button = this.makeButton();
    dialog.querySelector("form").addEventListener("submit", (event) => this.answered(event));
    dialog.addEventListener("close", () => this.cell?.input.focus());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) dialog.querySelector("[value=save]").click();
    });
  }

  makeButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "note-button";
    button.tabIndex = -1;
    button.title = "Note (Shift Enter)";
    button.setAttribute("aria-label", "Note");
    button.innerHTML = '<svg class="ic s" aria-hidden="true"><use/></svg>';
    button.querySelector("use").setAttribute("href", `${document.querySelector("[data-icons]")?.dataset.icons ?? ""}#message-square`);
    // The cell must keep the focus, or its button would be gone before the click arrives.
    button.addEventListener("pointerdown", (event) => { event.preventDefault(); event.stopPropagation(); });
    button.addEventListener("click", () => this.open(this.grid.cellOf(button.closest("td").querySelector("[data-cell]"))));
    return button;
  }

  offer(cell) {
    if (cell.place.tagName === "TD" && (!cell.isLocked || cell.note)) cell.place.append(this.button);
    else this.button.remove();
  }

  open(cell) {
    this.cell = cell;
    this.grid.commit(cell);
    this.dialog.querySelector("[data-note-for]").textContent = cell.name;
    this.dialog.querySelector("[data-note-error]").textContent = cell.isLocked ? cell.input.dataset.why : "";
    this.dialog.querySelector("[value=save]").hidden = cell.isLocked;
    this.text.value = cell.note;
    this.text.readOnly = cell.isLocked;
    this.dialog.showModal();
  }

  answered(event) {
    if (event.submitter?.value !== "save") return;
    const note = this.text.value.trim();
    if (note && !this.cell.minutes) {
      event.preventDefault();
      this.dialog.querySelector("[data-note-error]").textContent = "Enter the time first, then its note. Your text stays here until you cancel.";
      return;
    }
    if (note !== this.cell.note) this.grid.saveNote(this.cell, note);
  }
}
