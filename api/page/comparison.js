// The table: aspects down, subjects across. The roles are said aloud because the narrow layout
// sets the rows as blocks, which takes a table's meaning away from screen readers.

import { TITLE, claimItem } from "./quotes.js";
import { counted, el } from "./elements.js";

const QUOTES_IN_A_CELL = 3;
const MANY = 4;

const OPEN_ROWS = 3;
const ASKED = "question"; // the row of the question's own words

/** The sections of the table: what was asked, then each other row, folded, with its count. */
export function comparisons(answer, citations, open) {
  const { rows } = answer.question;
  if (!answer.cells.length) return [];
  const own = rows.filter((row) => row.id === ASKED);
  const asked = own.length ? own : rows.slice(0, OPEN_ROWS);
  const quotes = (row) =>
    answer.cells
      .filter((cell) => cell.aspect === row.id)
      .reduce((sum, cell) => sum + Math.min(cell.claims.length, QUOTES_IN_A_CELL), 0);
  const folded = rows
    .filter((row) => !asked.includes(row))
    .map((row) =>
      el(
        "details.other-row",
        {},
        el("summary", {}, `${row.name} (${counted(quotes(row), "quote")})`),
        comparison(answer, [row], citations, open),
      ),
    );
  const title = el("h3.overline", {}, "Side by side");
  const section = el("section", {}, title, comparison(answer, asked, citations, open), ...folded);
  return [section];
}

function comparison({ question, cells }, rows, citations, open) {
  const { columns } = question;
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
          ...columns.map((column) => dataCell(row, column, cell(row, column), citations, open)),
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

function dataCell(row, column, cell, citations, open) {
  const claims = cell?.claims.slice(0, QUOTES_IN_A_CELL) ?? [];
  const name = el("div.overline.in-card", { "aria-hidden": "true" }, column.name);
  const said = claims.length
    ? el("ul.quotes", {}, ...claims.map((claim) => claimItem(claim, citations, open, TITLE)))
    : el("p.nothing", {}, cell?.status === "supported" ? "only what is said above" : "no source says");
  const disputed =
    cell?.status === "disagree" ? el("p.agreement", {}, "sources disagree, see below") : null;
  return el("td", { role: "cell", "data-cell": `${row.id} ${column.id}` }, name, said, disputed);
}
