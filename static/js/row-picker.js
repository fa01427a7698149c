// <row-picker>: type to find a project; its tasks and the labor code used on it last follow the choice.
import { Combobox } from "./combobox.js";

class RowPicker extends Combobox {
  connectedCallback() {
    this.input = this.querySelector("[role=combobox]");
    this.list = this.querySelector("[role=listbox]");
    this.said = this.querySelector("[data-found]");
    this.sent = this.querySelector("[name=project]");
    this.task = this.querySelector("[name=task]");
    this.labor = this.querySelector("[name=labor_code]");
    this.byDefault = this.querySelector("[data-class] option");
    this.add = this.closest("form").querySelector("[data-add]");
    this.wire("focus");
    this.task.addEventListener("change", () => this.followTask());
    this.closest("form").addEventListener("submit", (event) => {
      if (this.sent.value) return;
      event.preventDefault();
      this.input.focus();
    });
  }

  typed() {
    this.sent.value = "";
    this.add.disabled = true;
    super.typed();
  }

  question() { return { q: this.sent.value ? "" : this.input.value, ...(this.hasCodes ? {} : { codes: "1" }) }; }
  reopen() { this.search(); }
  say(words) { this.said.textContent = words; }
  // What was found stays said.
  leave() { this.open(false); }

  answered({ projects, more, codes }) {
    if (codes) {
      this.hasCodes = true;
      for (const code of codes) this.labor.add(new Option(code.name, code.id));
    }
    this.list.replaceChildren(...projects.map((project, at) => this.option(project, at)));
    const count = projects.length;
    this.say(!count ? "No project by that name." : more ? `The first ${count}; type to find others.` : `${count} project${count === 1 ? "" : "s"}.`);
    this.open(true);
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

  choose(option) {
    if (!option) return;
    const { project } = option;
    this.project = project;
    this.sent.value = project.id;
    this.input.value = `${project.client} · ${project.name}`;
    this.add.disabled = false;
    this.task.replaceChildren(new Option("No task", ""), ...project.tasks.map((task) => new Option(task.name, task.id)));
    this.querySelector("[data-tasks]").hidden = !project.tasks.length;
    this.labor.value = project.labor ?? "";
    this.followTask();
    this.leave();
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
