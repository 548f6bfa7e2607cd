// The sources of an answer: each document once, with the numbers that stand in the answer.

import { authorityMark, dateOf, nameOf } from "./quotes.js";
import { counted, el } from "./elements.js";

/**
 * The list of the sources that an article cites, or null; a citation whose number is nowhere in
 * the article is not listed, so that the two always agree.
 */
export function sourcesOf(article, citations, open) {
  const shown = new Set(
    [...article.querySelectorAll(".cite")].map((button) => Number(button.dataset.number)),
  );
  const documents = new Map();
  for (const citation of citations.filter(({ number }) => shown.has(number))) {
    const held = documents.get(citation.document_id) ?? [];
    documents.set(citation.document_id, [...held, citation]);
  }
  if (!documents.size) return null;
  return el(
    "section.sources",
    {},
    el("h3.overline", {}, counted(documents.size, "source")),
    el("ul", {}, ...[...documents.values()].map((held) => source(held, open))),
  );
}

function source(held, open) {
  const [first] = held;
  const numbers = held.map((citation) => {
    const label = `Quote ${citation.number} of ${first.title}`;
    const button = el("button.number", { type: "button", "aria-label": label }, `[${citation.number}]`);
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => open(citation, button));
    return button;
  });
  return el(
    "li",
    {},
    el("span.numbers", {}, ...numbers),
    el("span.title", {}, nameOf(first)),
    authorityMark(first.authority),
    el("span", {}, dateOf(first)),
  );
}
