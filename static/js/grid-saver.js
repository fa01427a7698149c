// Saves cells one after the other. What couldn't be saved stays in its cell and is tried again; nothing typed is lost.
const TIMEOUT = 20000;
const LONGEST_WAIT = 30;
const SIGNED_OUT = "You were signed out. Sign in again in another tab, then retry; what you typed is still here.";
const UNREACHABLE = "The server can't be reached";

/** The server's answer as {status, body}; throws {words} when there is none, or one that isn't ours. */
export async function send(url, body, form) {
  const answer = await post(url, body, form);
  if (answer.status === 403 && !isJson(answer) && (await renewToken(form))) return read(await post(url, body, form));
  return read(answer);
}

async function post(url, body, form) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  try {
    return await fetch(url, { method: "POST", headers, body: JSON.stringify(body), keepalive: true, signal: AbortSignal.timeout(TIMEOUT) });
  } catch {
    throw { words: navigator.onLine ? UNREACHABLE : "You're offline" };
  }
}

const isJson = (answer) => (answer.headers.get("Content-Type") ?? "").includes("application/json");

async function read(answer) {
  if (answer.redirected || (answer.status === 200 && !isJson(answer))) throw { words: SIGNED_OUT, signedOut: true };
  if (!isJson(answer)) throw { words: answer.status >= 500 ? "The server had a problem" : SIGNED_OUT, signedOut: answer.status < 500 };
  return { status: answer.status, body: await answer.json() };
}

// Signing in again in another tab changes the token; this page's form learns the new one.
async function renewToken(form) {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (!token || !page.querySelector("time-grid")) return false;
    form.elements.csrfmiddlewaretoken.value = token;
    return true;
  } catch {
    return false;
  }
}

export class Saver {
  constructor({ grid, url, form, onState }) {
    Object.assign(this, { grid, url, form, onState, waiting: new Map(), saving: null, failures: 0, trouble: "", timer: 0 });
    addEventListener("online", () => this.retry());
  }

  /** Cells whose content isn't stored yet. */
  get unsaved() { return [...new Set([...(this.saving ? [this.saving] : []), ...this.waiting.keys()])]; }
  get isBusy() { return this.unsaved.length > 0; }
  get hasTrouble() { return this.failures > 0; }

  add(cell, change) {
    this.waiting.set(cell, { ...this.waiting.get(cell), ...change });
    cell.handedOver = cell.input.value;
    cell.mark(this.hasTrouble ? "failed" : "saving");
    if (!this.timer) this.run();
    this.onState();
  }

  /** Whether what the cell shows is on its way, handed over by Enter or Tab: that is no longer Esc's to take back. */
  carries(cell) {
    return this.unsaved.includes(cell) && !this.hasTrouble && !cell.problem && cell.input.value === cell.handedOver;
  }

  forget(cell) {
    this.waiting.delete(cell);
    this.onState();
  }

  retry() {
    clearTimeout(this.timer);
    this.timer = 0;
    for (const cell of this.waiting.keys()) cell.mark("saving");
    return this.run();
  }

  run() {
    this.running ??= this.work().finally(() => {
      this.running = null;
      this.onState();
    });
    return this.running;
  }

  /** Does `task` once everything before it is stored; what is typed meanwhile waits for it. Gives what the task gives. */
  async apart(task) {
    await this.run();
    const done = task();
    this.held = done.catch(() => {});
    try {
      return await done;
    } finally {
      this.held = null;
    }
  }

  async work() {
    while (this.waiting.size && !this.timer) {
      await this.held;
      const [cell, change] = this.waiting.entries().next().value;
      this.waiting.delete(cell);
      this.saving = cell;
      try {
        this.settle(cell, await send(this.url, { row: cell.row, day: cell.day, seen: cell.seen, ...change }, this.form));
        this.failures = 0;
      } catch (trouble) {
        if (!trouble.words) throw trouble;
        this.postpone(cell, change, trouble);
      } finally {
        this.saving = null;
      }
      this.onState();
    }
  }

  settle(cell, { status, body }) {
    if (status === 200) cell.stored(body.cell, this.waiting.has(cell));
    else if (body.conflict) this.disputed(cell, body.conflict);
    else cell.refused(body.error ?? "It couldn't be saved.");
  }

  // What is stored may be our own: a save whose answer was lost. Then it is no conflict, and the newer text goes on top.
  disputed(cell, conflict) {
    const own = cell.attempted;
    cell.attempted = undefined;
    if (own === undefined || own !== conflict.text) {
      // Whatever else was queued for this cell would meet the same conflict, perhaps after the person has settled it.
      this.waiting.delete(cell);
      return cell.conflicts(conflict);
    }
    cell.remember(conflict);
    return this.grid.save(cell, true);
  }

  postpone(cell, change, { words, signedOut }) {
    // A newer change of the same cell, made meanwhile, counts more than the one that failed.
    this.waiting = new Map([[cell, { ...change, ...this.waiting.get(cell) }], ...[...this.waiting].filter(([other]) => other !== cell)]);
    cell.attempted = change.text;
    this.failures += 1;
    this.trouble = words;
    for (const other of this.waiting.keys()) other.mark("failed");
    this.pause = signedOut ? LONGEST_WAIT : Math.min(2 ** this.failures, LONGEST_WAIT);
    this.timer = setTimeout(() => this.retry(), this.pause * 1000);
  }
}
