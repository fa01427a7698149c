// A block copied in a spreadsheet lands with its first cell where the focus is: all of it, or nothing with a sentence.
import { parse, clock } from "./durations.js";
import { send } from "./grid-saver.js";

const LARGEST = 100_000; // characters; a week of a hundred rows has a tenth of it

/** The rows of a block, or null for a single value, which the browser pastes by itself. */
function blockOf(text) {
  const trimmed = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  return /[\t\n]/.test(trimmed) ? trimmed.split("\n").map((line) => line.split("\t")) : null;
}

export function pasted(event, grid) {
  const input = event.target.closest?.("[data-cell]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!input) return;
  if (text.length > LARGEST) {
    event.preventDefault();
    grid.said(`Nothing was pasted: that is ${Math.round(text.length / 1000).toLocaleString("en")} thousand characters, far more than a timesheet holds.`, true);
    return;
  }
  const block = blockOf(text);
  if (!block) return;
  event.preventDefault();
  place(block, grid.cellOf(input), grid);
}

async function place(block, first, grid) {
  const refuse = (words) => grid.said(`Nothing was pasted. ${words}`, true);
  const { rows } = grid.keys;
  const [top, left] = grid.keys.at(first.input);
  const width = Math.max(...block.map((line) => line.length));
  if (top + block.length > rows.length || left + width > rows[0].length) {
    return refuse(`The block has ${block.length} rows and ${width} columns; from here there is room for ${rows.length - top} and ${rows[0].length - left}.`);
  }
  const changes = [];
  for (const [down, line] of block.entries()) for (const [right, text] of line.entries()) {
    const cell = grid.cellOf(rows[top + down][left + right]);
    const { minutes, error } = parse(text);
    if (error) return refuse(`${cell.name}: ${error}`);
    if (clock(minutes) === cell.saved) continue;
    if (cell.isLocked) return refuse(`${cell.name} is locked: ${cell.input.dataset.why}`);
    changes.push({ cell, text: clock(minutes) });
  }
  if (!changes.length) return grid.said("What you pasted is already there.");
  await grid.choices.settle();
  await grid.saver.run();
  return store(changes, grid, refuse);
}

async function store(changes, grid, refuse) {
  for (const { cell } of changes) cell.mark("saving");
  const cells = changes.map(({ cell, text }) => ({ row: cell.row, day: cell.day, seen: cell.seen, text }));
  try {
    const { status, body } = await send(grid.dataset.pasteUrl, { cells }, grid.form);
    if (status !== 200) throw { words: body.error };
    for (const [at, stored] of body.cells.entries()) {
      changes[at].cell.input.value = stored.text;
      changes[at].cell.stored(stored, false);
    }
    grid.said(`Pasted and saved ${changes.length} cells.`);
  } catch (trouble) {
    for (const { cell } of changes) cell.mark("");
    const words = trouble.words ?? "Something went wrong";
    if (words.startsWith("Nothing was pasted")) grid.said(words, true);
    else refuse(`${words}${words.endsWith(".") ? "" : "."} Paste again in a moment.`);
  }
  grid.addUp();
}
