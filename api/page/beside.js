// A programming name beside its counterpart: how each is called, what it does, what corresponds.

import { TITLE, claimItem, listing, originsOf } from "./quotes.js";
import { el } from "./elements.js";

export function sideBySide(answer, citations, open) {
  const names = new Map(answer.question.columns.map((column) => [column.id, column.name]));
  return (answer.side_by_side ?? []).map((one) => section(one, names, citations, open));
}

function section(one, names, citations, open) {
  const [first, ...others] = one.counterparts;
  const both = [one.asked, first];
  const row = (title, cells) =>
    el(
      "tr",
      { role: "row" },
      el("th", { scope: "row", role: "rowheader" }, title),
      ...cells.map((cell, index) =>
        el(
          "td",
          { role: "cell" },
          el("div.overline.in-card", { "aria-hidden": "true" }, both[index].name),
          cell,
        ),
      ),
    );
  const quotes = (claims) =>
    claims.length
      ? el("ul.quotes", {}, ...claims.map((claim) => claimItem(claim, citations, open, TITLE)))
      : el("p.nothing", {}, "not said");
  const hasCaveats = both.some((symbol) => symbol.caveats.length);
  const table = el(
    "table.comparison",
    { role: "table" },
    el("caption.unseen", {}, `${one.asked.name} beside ${first.name}`),
    head(both, names),
    el(
      "tbody",
      { role: "rowgroup" },
      row("Call", both.map((symbol) => called(symbol, citations, open))),
      row("What it does", both.map((symbol) => quotes(symbol.summary ? [symbol.summary] : []))),
      ...one.arguments.map((pair) =>
        row(
          pair.is_other_default ? "Other default" : "Corresponds",
          [pair.asked, pair.counterpart].map((argument) => parameter(argument, citations, open)),
        ),
      ),
      hasCaveats ? row("Caveats", both.map((symbol) => quotes(symbol.caveats))) : null,
    ),
  );
  table.style.setProperty("--columns", 2);
  return el(
    "section.names-beside",
    {},
    el("h3.overline", {}, first.is_direct ? "Side by side" : "The nearest, side by side"),
    one.note ? el("p.notice", {}, one.note) : null,
    el("div.table-frame", {}, table),
    told(one.told, citations, open),
    also(others, citations, open),
  );
}

function head(both, names) {
  return el(
    "thead",
    { role: "rowgroup" },
    el(
      "tr",
      { role: "row" },
      el("th", { scope: "col", role: "columnheader" }, el("span.unseen", {}, "Part")),
      ...both.map((symbol) =>
        el(
          "th",
          { scope: "col", role: "columnheader" },
          el("code", {}, symbol.name),
          el("div.overline", {}, place(symbol, names)),
        ),
      ),
    ),
  );
}

function place(symbol, names) {
  const name = names.get(symbol.subject) ?? symbol.subject;
  return symbol.reference === name ? name : `${name}, in the reference of ${symbol.reference}`;
}

function called(symbol, citations, open) {
  if (!symbol.signature.length) return el("p.nothing", {}, "not said");
  const text = symbol.signature.map((claim) => claim.text).join("\n");
  return el("div", {}, listing(text), originsOf(symbol.signature, citations, open));
}

function parameter(argument, citations, open) {
  const { said } = argument;
  return el(
    "div",
    {},
    el("code", {}, argument.text),
    said ? el("ul.quotes", {}, claimItem(said, citations, open, TITLE)) : null,
  );
}

function told(claims, citations, open) {
  if (!claims.length) return null;
  return el("ul", {}, ...claims.map((claim) => claimItem(claim, citations, open)));
}

function also(symbols, citations, open) {
  const said = symbols.filter((symbol) => symbol.summary);
  if (!said.length) return null;
  return el(
    "div.nearest",
    {},
    el("h4.overline", {}, "Also near"),
    el("ul", {}, ...said.map((symbol) => claimItem(symbol.summary, citations, open))),
  );
}
