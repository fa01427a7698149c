// <row-picker>: type to find a project; its tasks and the labor code used on it last follow the choice.
const DELAY = 150;

class RowPicker extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("[role=combobox]");
    this.list = this.querySelector("[role=listbox]");
    this.chosen = this.querySelector("[name=project]");
    this.found = this.querySelector("[data-found]");
    this.task = this.querySelector("[name=task]");
    this.labor = this.querySelector("[name=labor_code]");
    this.byDefault = this.querySelector("[data-class] option");
    this.add = this.closest("form").querySelector("[data-add]");
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("focus", () => this.search());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.close());
    // Choosing must not take the focus from the field.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.task.addEventListener("change", () => this.followTask());
    this.closest("form").addEventListener("submit", (event) => {
      if (this.chosen.value) return;
      event.preventDefault();
      this.input.focus();
    });
  }

  get options() { return [...this.list.querySelectorAll("[role=option]")]; }

  typed() {
    this.chosen.value = "";
    this.add.disabled = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), DELAY);
  }

  async search() {
    const query = this.chosen.value ? "" : this.input.value;
    const number = (this.asked = (this.asked ?? 0) + 1);
    const url = new URL(this.dataset.url, location.href);
    url.searchParams.set("q", query);
    if (!this.hasCodes) url.searchParams.set("codes", "1");
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const found = await answer.json();
      // A slow answer to an earlier question must not replace a newer one.
      if (number === this.asked) this.show(found);
    } catch {
      this.found.textContent = "The projects couldn't be loaded. Check the connection and type again.";
    }
  }

  show({ projects, more, codes }) {
    if (codes) {
      this.hasCodes = true;
      for (const code of codes) this.labor.add(new Option(code.name, code.id));
    }
    this.list.replaceChildren(...projects.map((project, at) => this.option(project, at)));
    const count = projects.length;
    this.found.textContent = !count ? "No project by that name." : more ? `The first ${count}; type to find others.` : `${count} project${count === 1 ? "" : "s"}.`;
    const isOpen = count > 0 && document.activeElement === this.input;
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    this.point(0);
  }

  option(project, at) {
    const option = document.createElement("div");
    option.setAttribute("role", "option");
    option.id = `row-project-${at}`;
    option.project = project;
    const name = Object.assign(document.createElement("b"), { textContent: project.name });
    const client = Object.assign(document.createElement("small"), { textContent: project.client });
    option.append(name, client);
    return option;
  }

  point(index) {
    const options = this.options;
    this.at = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.at)));
    options[this.at]?.scrollIntoView({ block: "nearest" });
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", options[this.at].id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.list.hidden) this.search();
      else this.point(this.at + step);
    } else if (event.key === "Enter" && !this.list.hidden) {
      event.preventDefault();
      this.choose(this.options[this.at]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    }
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }

  choose(option) {
    if (!option) return;
    const { project } = option;
    this.project = project;
    this.chosen.value = project.id;
    this.input.value = `${project.client} · ${project.name}`;
    this.add.disabled = false;
    this.task.replaceChildren(new Option("No task", ""), ...project.tasks.map((task) => new Option(task.name, task.id)));
    this.querySelector("[data-tasks]").hidden = !project.tasks.length;
    this.labor.value = project.labor ?? "";
    this.followTask();
    this.close();
    (project.tasks.length ? this.task : this.labor).focus();
  }

  // A task that has its own labor code decides it; what class the row gets by itself is told.
  followTask() {
    const task = this.project?.tasks.find((one) => String(one.id) === this.task.value);
    this.labor.disabled = Boolean(task?.labor);
    if (task?.labor) this.labor.value = task.labor;
    if (!this.byDefault) return;
    const words = (task ?? this.project)?.class;
    this.byDefault.textContent = words ? `Default: ${words}` : "Default: none";
  }
}

customElements.define("row-picker", RowPicker);
