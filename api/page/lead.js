// "In short": the quotes that answer, each with its source in view, however long they are.

import { claimItem } from "./quotes.js";
import { el } from "./elements.js";

const LINES = 10; // of all quotes of the lead together
const LEAST = 3;

/** The lead with a word on how to take it, or null. */
export function lead({ lead: list, lead_note: note, question }, citations, open) {
  if (!list.length && !note) return null;
  const names = new Map(question.columns.map((column) => [column.id, column.name]));
  const sides = new Set(list.map((claim) => claim.subject)).size > 1;
  const item = (claim) => {
    const made = claimItem(claim, citations, open);
    if (sides && names.has(claim.subject)) {
      made.prepend(el("div.overline", {}, names.get(claim.subject)));
    }
    fold(made);
    return made;
  };
  const section = el(
    "section.answer-lead",
    {},
    el("h3.overline", {}, "In short"),
    note ? el("p.lead-note", {}, note) : null,
    list.length ? el("ul", {}, ...list.map(item)) : null,
  );
  section.style.setProperty("--lines", Math.max(LEAST, Math.floor(LINES / (list.length || 1))));
  return section;
}

/** A quote longer than its share of the lines ends early, with a button for the rest of it. */
function fold(item) {
  const text = item.querySelector(".quote > *");
  if (!text) return;
  const label = (isOpen) => (isOpen ? "Show less" : "Show all of it");
  const button = el("button.more-lines", { type: "button", "aria-expanded": "false" }, label(false));
  button.hidden = true;
  button.addEventListener("click", () => {
    const isOpen = item.classList.toggle("whole");
    button.setAttribute("aria-expanded", String(isOpen));
    button.textContent = label(isOpen);
  });
  item.querySelector(".origins")?.append(el("li", {}, button));
  new ResizeObserver(() => {
    if (!item.classList.contains("whole")) button.hidden = text.scrollHeight <= text.clientHeight + 1;
  }).observe(text);
}
