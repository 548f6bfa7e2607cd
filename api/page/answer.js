// An answer article: how the question was understood, lead, table, findings or refusal.

import { claimItem, nearestItem } from "./quotes.js";
import { sideBySide } from "./beside.js";
import { comparison } from "./comparison.js";
import { disagreements } from "./conflicts.js";
import { counted, el, listed, words } from "./elements.js";

/**
 * @param {object} answer of POST /v1/ask
 * @param {(citation: object, button: HTMLElement) => void} open shows a source
 * @param {(question: string) => void} askAgain asks an edited question
 */
export function answerArticle(answer, open, askAgain) {
  const citations = new Map(answer.citations.map((citation) => [citation.number, citation]));
  const { question, refusal } = answer;
  const changed = question.standalone.trim() !== question.text.trim();
  return el(
    "article.answer",
    { "aria-label": "Answer" },
    changed ? understood(question.standalone, askAgain) : null,
    question.readings.length ? el("p.readings", {}, `${question.readings.join("; ")}.`) : null,
    unknown(question.unknown),
    refusal ? refused(refusal, open) : null,
    lead(answer, citations, open),
    ...(answer.gaps ?? []).map((gap) => el("p.notice", {}, gap)),
    refusal ? null : el("p.summary", {}, summary(answer)),
    ...sideBySide(answer, citations, open),
    table(answer, citations, open),
    steps(answer.steps ?? [], citations, open),
    claims("findings", "What else the sources say", answer.findings, citations, open),
    disagreements(answer, citations, open),
    foot(answer),
  );
}

/** One sentence on how much was found; also what a screen reader is told. */
export function summary({ coverage, refusal, citations }) {
  if (refusal) return "The documents do not answer this.";
  const documents = counted(coverage.documents, "document");
  const said = `${counted(citations.length, "quote")} from ${documents}`;
  if (!coverage.cells) return `${said}.`;
  return `${said}; ${coverage.supported} of ${counted(coverage.cells, "cell")} filled.`;
}

/** What a later question may refer back to: the first words of the answer. */
export function gist(answer) {
  const inTable = answer.cells.flatMap((cell) => cell.claims);
  const names = (answer.side_by_side ?? []).flatMap(({ asked, counterparts }) => [
    asked.summary,
    counterparts[0].summary,
  ]);
  const beside = names.filter(Boolean);
  const said = [...answer.lead, ...beside, ...(answer.steps ?? []), ...inTable, ...answer.findings];
  const text = said.map((claim) => claim.text).join(" ") || answer.refusal?.reason || "";
  return Array.from(text).slice(0, 400).join("");
}

function understood(standalone, askAgain) {
  const line = el("div.understood", {});
  const edit = () => {
    const label = "The question, to edit";
    const input = el("input", { type: "text", value: standalone, "aria-label": label });
    const submit = (event) => {
      event.preventDefault();
      if (input.value.trim()) askAgain(input.value.trim());
    };
    const button = el("button.quiet", {}, "Ask this");
    const form = el("form.understood", { onsubmit: submit }, input, button);
    line.replaceWith(form);
    input.focus();
  };
  line.append(
    el("span", {}, "Understood as ", el("q", {}, standalone)),
    el("button.quiet", { type: "button", onclick: edit }, "Edit"),
  );
  return line;
}

function unknown(names) {
  if (!names.length) return null;
  return el(
    "p.notice",
    {},
    "No source here is about ",
    el("strong", {}, listed(names)),
    names.length === 1 ? ", so it is left out." : ", so they are left out.",
  );
}

function refused(refusal, open) {
  const nearest = refusal.nearest.length
    ? el(
        "div.nearest",
        {},
        el("h4.overline", {}, refusal.near_miss ? "Nearest to it, but no answer" : "What comes nearest"),
        el("ul", {}, ...refusal.nearest.map((each) => nearestItem(each, open))),
      )
    : null;
  return el(
    "section.refusal",
    {},
    el("h3.overline", {}, refusal.near_miss ? "Nothing found says so" : "No answer"),
    el("p.reason", {}, ...words(refusal.reason)),
    nearest,
  );
}

/** The answer itself: what stands first, with a word on how to take it. */
function lead({ lead: list, lead_note: note, question }, citations, open) {
  if (!list.length && !note) return null;
  const names = new Map(question.columns.map((column) => [column.id, column.name]));
  const sides = new Set(list.map((claim) => claim.subject)).size > 1;
  const item = (claim) => {
    const made = claimItem(claim, citations, open);
    if (sides && names.has(claim.subject)) {
      made.prepend(el("div.overline", {}, names.get(claim.subject)));
    }
    return made;
  };
  return el(
    "section.answer-lead",
    {},
    el("h3.overline", {}, "The answer"),
    note ? el("p.lead-note", {}, note) : null,
    list.length ? el("ul", {}, ...list.map(item)) : null,
  );
}

function table(answer, citations, open) {
  if (!answer.cells.length) return null;
  const title = el("h3.overline", {}, "Side by side");
  return el("section", {}, title, comparison(answer, citations, open));
}

/** Steps of one section, in their order, under the headings that they stand under. */
function steps(list, citations, open) {
  if (!list.length) return null;
  const { title, section } = citations.get(list[0].citations[0]);
  const place = [...new Set([title, ...section])].join(" › ");
  return el(
    "section.steps",
    {},
    el("h3.overline", {}, "In order"),
    el("p.place", {}, place),
    el("ol", {}, ...list.map((claim) => claimItem(claim, citations, open))),
  );
}

function claims(name, title, list, citations, open) {
  if (!list.length) return null;
  return el(
    `section.${name}`,
    {},
    el("h3.overline", {}, title),
    el("ul", {}, ...list.map((claim) => claimItem(claim, citations, open))),
  );
}

function foot({ question, generation }) {
  const address = `./?q=${encodeURIComponent(question.standalone)}`;
  return el(
    "p.foot",
    {},
    el("a", { href: address }, "Link to this question"),
    el("span", {}, `Index ${generation}`),
  );
}
