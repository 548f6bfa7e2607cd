// An answer article: how the question was understood, lead, table, findings or refusal.

import { NUMBER, authorityMark, claimItem, dateOf, nearestItem } from "./quotes.js";
import { sideBySide } from "./beside.js";
import { copies } from "./clipboard.js";
import { comparisons } from "./comparison.js";
import { disagreements } from "./conflicts.js";
import { counted, el, listed, words } from "./elements.js";
import { lead } from "./lead.js";
import { sourcesOf } from "./cited.js";

/**
 * @param {object} answer of POST /v1/ask
 * @param {(citation: object, button: HTMLElement) => void} open shows a source
 * @param {(question: string) => void} askAgain asks an edited question
 */
export function answerArticle(answer, open, askAgain) {
  const citations = new Map(answer.citations.map((citation) => [citation.number, citation]));
  const { question, refusal } = answer;
  const changed = question.standalone.trim() !== question.text.trim();
  const article = el(
    "article.answer",
    { "aria-label": "Answer" },
    changed ? understood(question.standalone, askAgain) : null,
    question.readings.length ? el("p.readings", {}, `${question.readings.join("; ")}.`) : null,
    unknown(question.unknown),
    refusal ? refused(refusal, open) : null,
    lead(answer, citations, open),
    ...(answer.gaps ?? []).map((gap) => el("p.notice", {}, gap)),
    ...sideBySide(answer, citations, open),
    ...comparisons(answer, citations, open),
    steps(answer.steps ?? [], citations, open),
    claims("findings", others(answer), answer.findings, citations, open),
    disagreements(answer, citations, open),
  );
  const sources = sourcesOf(article, answer.citations, open);
  article.append(...(sources ? [sources] : []), foot(answer));
  return article;
}

/** One sentence on how much was found; also what a screen reader is told. */
export function summary({ coverage, refusal, citations }) {
  if (refusal) return "The documents do not answer this.";
  const documents = counted(coverage.documents, "document");
  const said = `${counted(citations.length, "quote")} from ${documents}`;
  const missing = coverage.cells - coverage.supported;
  if (!missing) return `${said}.`;
  return `${said}. No source says anything in ${missing} of ${counted(coverage.cells, "place")} of the table.`;
}

/** What a screen reader is told of an answer: its first quote, or why there is none. */
export function spoken(answer) {
  if (answer.refusal) return answer.refusal.reason;
  const inTable = answer.cells.flatMap((cell) => cell.claims);
  const [first] = [...answer.lead, ...(answer.steps ?? []), ...inTable, ...answer.findings];
  return [first?.text, summary(answer)].filter(Boolean).join(" ");
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

/** What findings are called: what is said besides, or all that is said. */
function others({ lead: first, steps: list, cells }) {
  const besides = first.length || list?.length || cells.length;
  return besides ? "What else the sources say" : "What the sources say";
}

/** Steps of one section, in their order; their one source is named above them. */
function steps(list, citations, open) {
  if (!list.length) return null;
  const first = citations.get(list[0].citations[0]);
  const place = [...new Set([first.title, ...first.section])].join(" › ");
  return el(
    "section.steps",
    {},
    el("h3.overline", {}, "Steps"),
    el("p.place", {}, authorityMark(first.authority), " ", el("span", {}, place), " ", dateOf(first)),
    el("ol", {}, ...list.map((claim) => claimItem(claim, citations, open, NUMBER))),
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

function foot({ question, ...answer }) {
  const address = `./?q=${encodeURIComponent(question.standalone)}`;
  const link = () => new URL(address, document.baseURI).href;
  return el(
    "p.foot",
    {},
    copies(el("a.copy-link", { href: address }, "Link to this question"), link),
    answer.refusal ? null : el("span.summary", {}, summary(answer)),
    el("span", {}, "Quotes are checked against their documents."),
  );
}
