// The empty page: what is known, and questions to start from. All names come from the service.

import { counted, el, listed, trouble } from "./elements.js";
import { sources, subjects } from "./service.js";

const NAMED = 6;

/**
 * @param {HTMLElement} knows @param {HTMLElement} place
 * @param {(question: string) => void} ask
 */
export async function welcome(knows, place, ask) {
  try {
    const [guide, held] = await Promise.all([subjects(), sources()]);
    knows.replaceChildren(...known(guide.subjects, held.sources));
    const buttons = questions(guide).map((question) => {
      const events = { type: "button", onclick: () => ask(question) };
      return el("li", {}, el("button.example", events, question));
    });
    const title = el("h2.overline", { id: "examples-title" }, "For example");
    const list = el("ul", { "aria-labelledby": "examples-title" }, ...buttons);
    place.replaceChildren(...(buttons.length ? [title, list] : []));
  } catch (error) {
    place.replaceChildren(trouble(error, () => welcome(knows, place, ask)));
  }
}

function known(all, held) {
  const names = all.slice(0, NAMED).map((subject) => subject.name);
  if (all.length > NAMED) names.push(`${all.length - NAMED} more`);
  const documents = held.reduce((sum, source) => sum + source.documents, 0);
  const amount = `${counted(documents, "document")} of ${counted(held.length, "source")}`;
  if (!names.length) return [`Holds ${amount}.`];
  return ["Knows ", el("strong", {}, listed(names)), `, from ${amount}.`];
}

/** Questions out of templates, as many as the names allow. */
export function questions({ subjects: all, aspects }) {
  const [a, b, c] = all.map((subject) => subject.name);
  const [first, second, third] = aspects.map((aspect) => midSentence(aspect.name));
  const made = [];
  if (c && second) made.push(`Compare ${a}, ${b} and ${c} on ${first} and ${second}`);
  if (b && first) made.push(`How do ${b} and ${c ?? a} compare on ${third ?? first}?`);
  else if (b) made.push(`What is the difference between ${a} and ${b}?`);
  if (a) made.push(`What is ${a}?`);
  return made;
}

/** "Ease of use" as "ease of use", "GPU support" as it is. */
function midSentence(name) {
  return /^[A-Z][a-z]/.test(name) ? name[0].toLowerCase() + name.slice(1) : name;
}
