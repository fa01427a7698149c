// <bulk-select> around a list whose rows have <td class="pick"><input type="checkbox" name="…" value="…">.
// Shift-click takes the range; [data-select-all] takes the page; [data-selected] shows how many;
// [data-when-selected] is shown only when there are some, [data-sum="minutes"] adds up the rows' data-minutes.
// "All that match", not only those of this page, is a checkbox the page may offer in <label data-select-matching data-count>
// (name all, value 1); while it is ticked, [data-of-page] is hidden.
class BulkSelect extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("change", () => this.show());
    // Rows may be exchanged under us (sorting, paging, progress).
    this.addEventListener("htmx:afterSettle", () => this.show());
    window.addEventListener("pageshow", () => this.show());
    this.show();
  }

  get boxes() { return [...this.querySelectorAll('.pick input[type="checkbox"]:not([data-select-all], [data-select-group]):not(:disabled)')]; }
  get chosen() { return this.boxes.filter((box) => box.checked); }

  clicked(event) {
    const box = event.target.closest('input[type="checkbox"]');
    if (event.target.closest("[data-clear]")) return this.set(this.boxes, false);
    if (!box) return;
    if ("selectAll" in box.dataset) return this.set(this.boxes, box.checked);
    if ("selectGroup" in box.dataset) return this.set(this.boxes.filter((other) => other.dataset.group === box.dataset.selectGroup), box.checked);
    const boxes = this.boxes;
    if (event.shiftKey && this.last && boxes.includes(this.last)) {
      const [from, to] = [boxes.indexOf(this.last), boxes.indexOf(box)].sort((a, b) => a - b);
      this.set(boxes.slice(from, to + 1), box.checked);
    }
    this.last = box;
  }

  set(boxes, checked) {
    for (const box of boxes) box.checked = checked;
    this.show();
  }

  show() {
    const boxes = this.boxes;
    const chosen = this.chosen;
    for (const box of boxes) box.closest("tr, li")?.setAttribute("aria-selected", String(box.checked));
    for (const head of this.querySelectorAll("[data-select-all]")) this.mark(head, boxes, chosen.length);
    for (const head of this.querySelectorAll("[data-select-group]")) {
      const group = boxes.filter((box) => box.dataset.group === head.dataset.selectGroup);
      this.mark(head, group, group.filter((box) => box.checked).length);
    }
    const all = this.showMatching(boxes.length > 0 && chosen.length === boxes.length);
    for (const place of this.querySelectorAll("[data-selected]")) place.textContent = all ?? String(chosen.length);
    for (const place of this.querySelectorAll("[data-of-page]")) place.hidden = all !== null;
    for (const place of this.querySelectorAll("[data-when-selected]")) place.hidden = chosen.length === 0;
    for (const button of this.querySelectorAll("[data-needs-selection]")) button.disabled = chosen.length === 0;
    for (const place of this.querySelectorAll("[data-sum]")) place.textContent = this.total(place.dataset.sum, chosen);
    this.dispatchEvent(new CustomEvent("selection", { bubbles: true, detail: { values: chosen.map((box) => box.value) } }));
  }

  // Offered once the whole page is chosen. Taken back with any row: what is hidden must not be sent.
  showMatching(isWhole) {
    let count = null;
    for (const place of this.querySelectorAll("[data-select-matching]")) {
      const box = place.querySelector("input");
      place.hidden = !isWhole;
      if (box && !isWhole) box.checked = false;
      if (box?.checked) count = place.dataset.count ?? count;
    }
    return count;
  }

  mark(head, boxes, count) {
    head.checked = boxes.length > 0 && count === boxes.length;
    head.indeterminate = count > 0 && count < boxes.length;
    head.disabled = boxes.length === 0;
  }

  total(name, chosen) {
    const sum = chosen.reduce((all, box) => all + Number(box.dataset[name] ?? box.closest("tr, li")?.dataset[name] ?? 0), 0);
    if (name !== "minutes") return sum.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
    return `${Math.trunc(sum / 60)}:${String(Math.abs(sum % 60)).padStart(2, "0")}`;
  }
}

customElements.define("bulk-select", BulkSelect);
