// Files that ExcelJS writes: `npm ci` in this folder, then `node exceljs.mjs`.
import ExcelJS from "exceljs";
import { BELOW, DAY, Shelf, headings, rows, table, valuesOf } from "./rows.mjs";

const on = new Shelf("exceljs");
const SI = valuesOf(BELOW);
const ATI = valuesOf(BELOW);
const STAMP = new Date("2027-01-04T02:00:00Z");

function newBook(properties = {}) {
  const book = new ExcelJS.Workbook();
  book.created = book.modified = STAMP;
  Object.assign(book.properties, properties);
  return book;
}
const typed = (line) =>
  line.map((cell) => (DAY.test(cell) ? new Date(`${cell}T00:00:00Z`) : cell));
function fill(sheet, lines) {
  for (const line of lines) {
    const row = sheet.addRow(typed(line));
    row.eachCell((cell) => {
      if (cell.value instanceof Date) cell.numFmt = "yyyy-mm-dd";
    });
  }
  return sheet;
}
const save = (book, name, expected = null) =>
  book.xlsx.writeFile(on.path(name, expected));
async function one(lines, name, expected = null, change = () => {}, properties = {}) {
  const book = newBook(properties);
  const sheet = fill(book.addWorksheet("Sheet1"), lines);
  change(sheet, book);
  await save(book, name, expected);
}

await one(table("si"), "clean.xlsx", SI);
await one(table("si"), "date-1904.xlsx", SI, undefined, { date1904: true });

// The streaming writer, with texts shared and with texts in the cells.
for (const useSharedStrings of [true, false]) {
  const name = useSharedStrings ? "streamed-shared.xlsx" : "streamed.xlsx";
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({
    filename: on.path(name, SI), useSharedStrings, useStyles: true,
  });
  const sheet = book.addWorksheet("Sheet1");
  for (const line of table("si")) {
    const row = sheet.addRow(typed(line));
    row.eachCell((cell) => {
      if (cell.value instanceof Date) cell.numFmt = "dd/mm/yyyy";
    });
    row.commit();
  }
  sheet.commit();
  await book.commit();
}

// Rich text, links, notes and odd blanks: what is seen is what counts.
await one(table("ati"), "rich.xlsx",
  valuesOf({ 2: 0, 3: 1 }, { remarks: { 0: "RE-BALANCE & CO <1>" } }),
  (sheet) => {
    sheet.getCell("A2").value = { text: "AT2701040001", hyperlink: "https://example.com/" };
    sheet.getCell("B2").value = {
      richText: [{ text: "007" }, { font: { bold: true, color: { argb: "FFFF0000" } }, text: "00" }],
    };
    sheet.getCell("F2").value = { richText: [{ text: "RE-BALANCE " }, { text: "& CO <1>" }] };
    sheet.getCell("B3").note = "was 00006";
    sheet.getCell("E3").value = "\u200b2,500\u00a0";
    sheet.getCell("F4").value = { richText: [{ text: "FIRST\n" }, { text: "SECOND" }] };
  });

// Formulas: with what they gave, shared, giving an error, giving nothing, giving a date.
await one(table("si"), "formulas.xlsx",
  { ...valuesOf({ 2: 0, 3: 1 }, { remarks: { 0: "12345" } }),
    ...valuesOf({ 5: 2 }, { own_reference: { 2: "SI5" } }) }, (sheet) => {
    sheet.getCell("E2").value = { formula: "100*100", result: 10000 };
    sheet.getCell("F2").value = { formula: "TODAY()+2", result: new Date("2027-01-06T00:00:00Z") };
    sheet.getCell("L2").value = { formula: '"123"&"45"', result: "12345" };
    sheet.getCell("L3").value = { formula: 'IF(1=1,"","x")', result: "" };
    sheet.getCell("E4").value = { formula: "VLOOKUP(1,A1:B2,2,0)", result: { error: "#N/A" } };
    sheet.getCell("I4").value = { formula: "E4*2" };
    for (const n of [5, 6]) fill(sheet, [rows("si", { own_reference: { 2: `SI${n}` } })[2]]);
    sheet.fillFormula("E5:E6", "A1*2", [500, 500]);
    sheet.getCell("L6").value = { error: "#REF!" };
  });

// Numbers that JavaScript writes otherwise than people do.
const plain = rows("si")[0];
const shown = [
  [1e21], [1e-7], [0.1 + 0.2], [9007199254740993], [10000, "#,##0_);(#,##0)"],
  [10000, "0.0E+0"], [10000, "_-* #,##0_-"], [true], ["TRUE"],
  [10000, "# ?/?"], [10000, "dd/mm/yyyy"],
];
await one(
  [headings("si"), ...shown.map(([v], n) =>
    [`SI${String(n).padStart(3, "0")}`, ...plain.slice(1, 4), v, ...plain.slice(5)])],
  "figures.xlsx", Object.fromEntries([4, 6, 9].map((n) =>
    [n + 2, { plain: 0, own_reference: `SI${String(n).padStart(3, "0")}` }])),
  (sheet) => shown.forEach(([, z], n) => {
    if (z) sheet.getCell(n + 2, 5).numFmt = z;
  }));

// An Excel table with its totals row, a filter that hides a row, and one more column.
await (async () => {
  const book = newBook();
  const sheet = book.addWorksheet("ATI");
  sheet.addTable({
    name: "Transfers", ref: "B3", headerRow: true, totalsRow: true,
    columns: headings("ati").map((name, n) =>
      ({ name, filterButton: true, ...(n === 0 ? { totalsRowLabel: "總計" } : {}),
        ...(n === 4 ? { totalsRowFunction: "sum" } : {}) })),
    rows: rows("ati"),
  });
  sheet.getRow(5).hidden = true;
  sheet.getCell("B1").value = "股份轉移";
  sheet.mergeCells("B1:G1");
  await save(book, "table-with-totals.xlsx", valuesOf({ 4: 0, 5: 1, 6: 2 }));
})();

// Everything that may surround the cells: rules, validations, views, protection, print.
await one(table("ati"), "furnished.xlsx", ATI, (sheet, book) => {
  sheet.views = [{ state: "frozen", ySplit: 1, xSplit: 1, zoomScale: 80 }];
  sheet.autoFilter = "A1:F4";
  sheet.pageSetup.printArea = "A1:F4";
  sheet.headerFooter.oddFooter = "&P / &N";
  sheet.getCell("E2").dataValidation = { type: "whole", operator: "greaterThan", formulae: [0] };
  sheet.getCell("C2").dataValidation = { type: "list", formulae: ['"01,02,03"'] };
  sheet.addConditionalFormatting({
    ref: "E2:E4",
    rules: [{ type: "dataBar", priority: 1, cfvo: [{ type: "min" }, { type: "max" }] }],
  });
  sheet.getColumn(1).outlineLevel = 1;
  sheet.getRow(2).outlineLevel = 1;
  book.definedNames.add("Sheet1!$A$2:$A$4", "Refs");
});
await one(table("ati"), "protected.xlsx", ATI);
const locked = newBook();
await fill(locked.addWorksheet("Sheet1"), table("ati")).protect("secret", { spinCount: 1000 });
await save(locked, "protected.xlsx", ATI);

// Sheets: one hidden, one very hidden, two that fit equally well.
await (async () => {
  const book = newBook();
  for (const [name, state] of [
    ["Morning", "visible"], ["Afternoon", "visible"], ["Old", "hidden"], ["Older", "veryHidden"],
  ]) fill(book.addWorksheet(name, { state }), table("ati"));
  await save(book, "two-sheets-alike.xlsx", ATI);
})();

// A gap: rows and columns left out, so that the sheet begins in C5.
await (async () => {
  const book = newBook();
  const sheet = book.addWorksheet("Sheet1");
  table("ati").forEach((line, r) => line.forEach((cell, c) => {
    if (cell !== null) sheet.getCell(5 + r * 2, 3 + c).value = cell;
  }));
  await save(book, "gaps.xlsx", valuesOf({ 7: 0, 9: 1, 11: 2 }));
})();

// A CSV of ExcelJS, whose dates carry a zone.
await (async () => {
  const book = newBook();
  fill(book.addWorksheet("Sheet1"), table("si"));
  await book.csv.writeFile(on.path("clean.csv"));
})();

on.writeValues();
