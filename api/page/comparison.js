// The table: aspects down, subjects across. The roles are said aloud because the narrow layout
// sets the rows as blocks, which takes a table's meaning away from screen readers.

import { claimItem } from "./quotes.js";
import { el } from "./elements.js";

const QUOTES_IN_A_CELL = 3;
const MANY = 4;

export function comparison({ question, cells }, citations, open) {
  const { columns, rows } = question;
  const found = new Map(cells.map((cell) => [`${cell.aspect}\n${cell.subject}`, cell]));
  const cell = (row, column) => found.get(`${row.id}\n${column.id}`);
  const table = el(
    "table.comparison",
    { role: "table" },
    el("caption.unseen", {}, `What the sources say: ${question.standalone}`),
    head(columns),
    el(
      "tbody",
      { role: "rowgroup" },
      ...rows.map((row) =>
        el(
          "tr",
          { role: "row" },
          el("th", { scope: "row", role: "rowheader" }, row.name),
          ...columns.map((column) => dataCell(column, cell(row, column), citations, open)),
        ),
      ),
    ),
  );
  const many = columns.length >= MANY;
  table.style.setProperty("--columns", columns.length);
  const scrolled = { tabindex: 0, role: "region", "aria-label": "Comparison" };
  const frame = many
    ? el("div.table-frame.many", scrolled, table)
    : el("div.table-frame", {}, table);
  return frame;
}

function head(columns) {
  return el(
    "thead",
    { role: "rowgroup" },
    el(
      "tr",
      { role: "row" },
      el("th", { scope: "col", role: "columnheader" }, el("span.unseen", {}, "Aspect")),
      ...columns.map((column) => el("th", { scope: "col", role: "columnheader" }, column.name)),
    ),
  );
}

function dataCell(column, cell, citations, open) {
  const claims = cell?.claims.slice(0, QUOTES_IN_A_CELL) ?? [];
  const name = el("div.overline.in-card", { "aria-hidden": "true" }, column.name);
  const said = claims.length
    ? el("ul.quotes", {}, ...claims.map((claim) => claimItem(claim, citations, open, false)))
    : el("p.nothing", {}, cell?.status === "supported" ? "only what is said above" : "no source says");
  const disputed =
    cell?.status === "disagree" ? el("p.agreement", {}, "sources disagree, see below") : null;
  return el("td", { role: "cell" }, name, said, disputed);
}
