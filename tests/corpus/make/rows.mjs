// The plain rows of rows.json, for the makers in JavaScript; rows.py is its twin.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROWS = JSON.parse(readFileSync(new URL("rows.json", import.meta.url), "utf8"));
const FILES = new URL("../files/", import.meta.url);

export const headings = (kind) => Object.values(ROWS[kind].columns);

// changes: { column: { index of the plain row: value } }
export function rows(kind, changes = {}) {
  const names = Object.keys(ROWS[kind].columns);
  const made = ROWS[kind].rows.map((row) => [...row]);
  for (const [name, byRow] of Object.entries(changes))
    for (const [index, value] of Object.entries(byRow))
      made[index][names.indexOf(name)] = value;
  return made;
}

export const table = (kind, changes = {}) => [headings(kind), ...rows(kind, changes)];

// What the rows of a file must become; "plain" is the index of the plain row.
// at: { row number in the file: index of the plain row }
export function valuesOf(at, changes = {}) {
  const made = {};
  for (const [number, index] of Object.entries(at)) {
    made[number] = { plain: index };
    for (const [name, by] of Object.entries(changes))
      if (index in by) made[number][name] = by[index];
  }
  return made;
}

export const BELOW = { 2: 0, 3: 1, 4: 2 };
export const DAY = /^\d{4}-\d\d-\d\d$/;

export class Shelf {
  constructor(writer) {
    this.folder = new URL(`${writer}/`, FILES);
    this.kept = {};
    mkdirSync(this.folder, { recursive: true });
  }
  path(name, expected = null) {
    if (expected !== null) this.kept[name] = expected;
    return fileURLToPath(new URL(name, this.folder));
  }
  writeValues() {
    const files = Object.keys(this.kept).sort().map((name) => {
      const lines = Object.entries(this.kept[name]).map(
        ([number, found]) => `  "${number}": ${JSON.stringify(found)}`,
      );
      return `${JSON.stringify(name)}: {\n${lines.join(",\n")}\n}`;
    });
    writeFileSync(this.path("values.json"), `{\n${files.join(",\n")}\n}\n`);
  }
}
