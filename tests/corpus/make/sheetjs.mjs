// Files that SheetJS writes: `npm ci` in this folder, then `node sheetjs.mjs`.
import XLSX from "xlsx";
import { BELOW, DAY, Shelf, headings, rows, table, valuesOf } from "./rows.mjs";

const on = new Shelf("sheetjs");
const { utils } = XLSX;
const DATED = { cellDates: true };

// A date as a person types it: a number with a date format.
const day = (text, z = "yyyy-mm-dd") => ({
  t: "n", z, v: Math.round(Date.parse(`${text}T00:00:00Z`) / 864e5) + 25569,
});
const typed = (lines) =>
  lines.map((line) => line.map((cell) => (DAY.test(cell) ? day(cell) : cell)));
const sheetOf = (lines, options = {}) => utils.aoa_to_sheet(typed(lines), options);
function bookOf(sheets) {
  const book = utils.book_new();
  for (const [name, sheet] of Object.entries(sheets))
    utils.book_append_sheet(book, sheet, name);
  return book;
}
const write = (book, name, expected, options = {}) =>
  XLSX.writeFile(book, on.path(name, expected), { compression: true, ...options });
const one = (lines, name, expected, options = {}) =>
  write(bookOf({ Sheet1: sheetOf(lines) }), name, expected, options);

// The same three rows in every kind of file that people take for a spreadsheet.
const SI = valuesOf(BELOW);
one(table("si"), "clean.xlsx", SI, { compression: false });
one(table("si"), "clean-shared.xlsx", SI, { bookSST: true });
one(table("si"), "clean.xlsm", SI, { bookType: "xlsm" });
one(table("si"), "clean.xls", SI, { bookType: "biff8" });
one(table("si"), "clean-biff5.xls", SI, { bookType: "biff5" });
one(table("si"), "clean-biff2.xls", SI, { bookType: "biff2" });
one(table("si"), "clean-2003-xml.xls", null, { bookType: "xlml" });
one(table("si"), "clean.ods", null, { bookType: "ods" });
one(table("si"), "clean.fods", null, { bookType: "fods" });
one(table("si"), "clean.xlsb", null, { bookType: "xlsb" });
one(table("si"), "xlsb-named.xlsx", null, { bookType: "xlsb" });
one(table("si"), "html-named.xls", null, { bookType: "html" });
one(table("si"), "clean.csv", SI, { bookType: "csv", FS: "," });
one(table("si"), "clean-utf16.txt", SI, { bookType: "txt" });
one(table("si"), "clean.slk", null, { bookType: "sylk" });

// Cells that the library writes as ISO dates.
const dated = table("si").map((line) =>
  line.map((cell) => (DAY.test(cell) ? { t: "d", v: new Date(`${cell}T00:00:00Z`) } : cell)));
write(bookOf({ Sheet1: utils.aoa_to_sheet(dated, DATED) }), "iso-dates.xlsx", SI, DATED);

// Errors, formulas with and without what they gave, yes and no, in three formats.
const odd = () => sheetOf(table("si", {
  stock_code: { 0: { t: "e", v: 0x2a } },
  quantity: { 1: { t: "n", v: 2000, f: "1000*2" }, 2: { t: "b", v: true } },
  settlement_date: { 2: { t: "n", f: "F3+1", z: "yyyy-mm-dd" } },
  remarks: { 1: { t: "s", f: 'T("")&"X"', v: "X" } },
}));
for (const [name, bookType] of [["odd.xlsx", "xlsx"], ["odd.xls", "biff8"], ["odd.ods", "ods"]])
  write(bookOf({ Sheet1: odd() }), name,
    bookType === "ods" ? null : valuesOf({ 3: 1 }, { remarks: { 1: "X" } }),
    { bookType });

// Numbers in formats that mislead; a text that only looks like a number.
const plain = rows("si")[0];
const shown = [
  [10000, "#,##0"], [10000, "0.00E+00"], [0.5, "0%"], [10000, "#,##0,"],
  [10000, "00000000"], [1234567890123456, "0"], [123456789012, undefined], [10000, "@"],
  [10000, '"HK$"#,##0.00'], [10000, "[h]:mm"], [0.1 + 0.2, undefined], [1e21, undefined],
];
const figures = [headings("si")];
shown.forEach(([v, z], n) =>
  figures.push([`SI${String(n).padStart(3, "0")}`, ...plain.slice(1, 4),
    z === undefined ? { t: "n", v } : { t: "n", v, z }, ...plain.slice(5)]));
for (const [name, bookType] of [["figures.xlsx", "xlsx"], ["figures.xls", "biff8"], ["figures.ods", "ods"]])
  one(figures, name, null, { bookType });

// Hidden rows and columns, merged cells, a title, and a hidden sheet that fits as well.
function laidOut() {
  const sheet = sheetOf([["交收指示"], [], ...table("ati"), ["Total", null, null, null, 43500]]);
  sheet["!merges"] = [utils.decode_range("A1:F1"), utils.decode_range("C5:C6")];
  sheet["!rows"] = [{}, {}, {}, { hidden: true }];
  sheet["!cols"] = [{}, {}, {}, {}, {}, { hidden: true }];
  const book = bookOf({ ATI: sheet, Old: sheetOf(table("ati")), Older: sheetOf(table("ati")) });
  book.Workbook = { Sheets: [{ Hidden: 0 }, { Hidden: 1 }, { Hidden: 2 }] };
  return book;
}
for (const [name, bookType] of [["layout.xlsx", "xlsx"], ["layout.xls", "biff8"], ["layout.ods", "ods"]])
  write(laidOut(), name, valuesOf({ 4: 0 }), { bookType });

// A sheet that says it is smaller than it is: only its first two rows are inside.
const small = sheetOf(table("ati"));
small["!ref"] = "A1:F3";
write(bookOf({ Sheet1: small }), "cut-by-ref.xlsx", valuesOf({ 2: 0, 3: 1 }));

// Dates that count from 1904, as SheetJS marks them.
const old = bookOf({ Sheet1: sheetOf(table("ati")) });
old.Workbook = { WBProps: { date1904: true } };
write(old, "date-1904.xlsx", valuesOf(BELOW));

// Text that is a formula to whoever is careless, and a link.
const sly = sheetOf(table("ati", {
  remarks: { 0: "=1+1", 1: "@SUM(A1)", 2: "+852 2123 4567" },
}));
sly.A2.l = { Target: "https://example.com/", Tooltip: "x" };
write(bookOf({ Sheet1: sly }), "formula-like.xlsx",
  valuesOf(BELOW, { remarks: { 0: "=1+1", 1: "@SUM(A1)", 2: "+852 2123 4567" } }));

on.writeValues();
