// A claim: its quote, and for each citation the number, who speaks and when.

import { copies } from "./clipboard.js";
import { el, inWords } from "./elements.js";

export const AUTHORITIES = {
  official: "the project that makes it",
  vendor: "a company that sells it, or a service built on it",
  independent: "a third party",
  tutorial: "a training company or tutorial site",
};

const DIGEST = "Our own words, after the original";

/** The mark of who speaks: a sign and a word, so that it does not hang on colour. */
export function authorityMark(authority) {
  return el(`span.authority.${authority.replace(/\W/g, "")}`, {}, authority);
}

/** The last known date of a text, "undated" where none is known. */
export function dateOf({ updated, published }) {
  const date = updated !== "undated" ? updated : published;
  return date === "undated" ? "undated" : inWords(date);
}

/** The number of a citation, which opens its source. */
export function citeButton(citation, open) {
  const button = el(
    "button.cite",
    {
      type: "button",
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
      "aria-label": `Source ${citation.number}: ${nameOf(citation)}`,
      "data-number": citation.number,
      onclick: () => open(citation, button),
    },
    `[${citation.number}]`,
  );
  return button;
}

/** How much of its source stands under a quote: all, all but the publisher, the number alone. */
export const [FULL, TITLE, NUMBER] = ["full", "title", "number"];

const known = (text) => (text && text !== "unknown" ? text : null);

/** Title and publisher of a citation, the latter only where it is known and says more. */
export function nameOf({ title, publisher }) {
  const by = known(publisher);
  return by && !title.includes(by) ? `${title}, ${by}` : title;
}

/** One citation as "[1] ● official · Title, Publisher · Jul 2022"; the number opens the source. */
function origin(citation, open, naming) {
  const button = citeButton(citation, open);
  if (naming === NUMBER) return el("li.origin", {}, button);
  return el(
    "li.origin",
    {},
    button,
    authorityMark(citation.authority),
    citation.kind === "digest" ? el("span", { title: DIGEST }, "digest") : null,
    el("span.named", {}, naming === FULL ? nameOf(citation) : citation.title),
    el("span", {}, dateOf(citation)),
  );
}

/** How well a source is named and dated, and who speaks: the best stands first. */
function standingOf(citation) {
  const dated = dateOf(citation) !== "undated";
  return 4 * (citation.authority === "official") + 2 * dated + Boolean(known(citation.publisher));
}

const bestFirst = (citations) => [...citations].sort((a, b) => standingOf(b) - standingOf(a));

/** What the document says of the standing of the quoted words, "deprecated since 2.0"; or null. */
function standing(facts) {
  const told = [...new Map((facts ?? []).map((fact) => [fact.text, fact])).values()];
  if (!told.length) return null;
  const marks = told.map((fact) => el(`li.mark.${fact.kind.replace(/\W/g, "")}`, {}, fact.text));
  return el("ul.standing", { "aria-label": "What the document says of it" }, ...marks);
}

/** A quote with its label and origins; `text` in code type where the document has it so. */
function quoted(text, citations, open, naming) {
  const [first] = citations;
  const label = first?.label.split("|").map((part) => part.trim()).join(" · ");
  return [
    label ? el("div.label", {}, label) : null,
    el("blockquote.quote", {}, first?.block === "code" ? listing(text) : el("p", {}, text)),
    standing(first?.facts),
    el("ul.origins", {}, ...citations.map((citation) => origin(citation, open, naming))),
  ];
}

/** A code listing; it can be scrolled with the keyboard. */
export function listing(text) {
  const code = el("code", {}, text);
  const button = el("button.copy", { type: "button", "aria-label": "Copy the code" });
  return el(
    "div.listing",
    {},
    el("pre", { tabindex: 0, role: "region", "aria-label": "Code" }, code),
    copies(button, () => code.textContent),
  );
}

/** The origins of some claims, as under a quote. */
export function originsOf(claims, citations, open) {
  const numbers = new Set(claims.flatMap((claim) => claim.citations));
  const cited = [...numbers].map((number) => citations.get(number)).filter(Boolean);
  return el("ul.origins", {}, ...cited.map((citation) => origin(citation, open, TITLE)));
}

/** A list item for a claim of the answer. */
export function claimItem(claim, citations, open, naming = FULL) {
  const cited = claim.citations.map((number) => citations.get(number)).filter(Boolean);
  return el("li", {}, ...quoted(claim.text, bestFirst(cited), open, naming), ...notes(claim));
}

/** What warns of a claim, and who else says it. */
function notes({ marks, agreement }) {
  const undated = (mark) => mark.kind === "undated"; // its source line says so
  const warned = (marks ?? []).filter((mark) => !undated(mark)).map((mark) => el(`li.mark.${mark.kind.replace(/\W/g, "")}`, {}, mark.text));
  return [
    warned.length ? el("ul.standing.warned", { "aria-label": "How to read it" }, ...warned) : null,
    agreement?.text ? el("p.agreement", {}, agreement.text) : null,
  ];
}

/** A list item for a quote by its citation, as in a disagreement. */
export function sideItem(citation, open) {
  return el("li", {}, ...quoted(citation.quote, [citation], open, FULL));
}

/** A list item for a passage that came near to an answer. */
export function nearestItem(citation, open) {
  return el("li", {}, ...quoted(citation.quote, [citation], open, FULL));
}
