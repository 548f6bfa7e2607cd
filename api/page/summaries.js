// What a language model makes of the quotes, shown as it comes: sentences, numbers, a note.

import { el } from "./elements.js";
import { citeButton } from "./quotes.js";

/** The summary of one answer; it may grow before its place on the page is known. */
export class Summaries {
  #latest = null;
  #answer = null;
  #open = null;
  #article = null;

  /** Show what has come so far. */
  show(summary) {
    this.#latest = summary;
    if (this.#article) this.#draw(summary);
  }

  /** The connection was lost: what was kept stays, and is not written on. */
  end() {
    if (this.#latest?.status !== "writing") return;
    const note = "The connection was lost while it was put in words; the quotes stand by themselves.";
    this.show({ ...this.#latest, status: "failed", note });
  }

  /** Take the place where the answer stands. */
  stand(place, answer, open) {
    this.#article = place.querySelector("article.answer");
    this.#answer = answer;
    this.#open = open;
    if (this.#latest) this.#draw(this.#latest);
  }

  #draw({ sentences, note, status }) {
    for (const old of this.#article.querySelectorAll(".in-words")) old.remove();
    const overall = [];
    for (const sentence of sentences) {
      const name = CSS.escape(`${sentence.aspect} ${sentence.subject}`);
      const cell = this.#article.querySelector(`td[data-cell="${name}"]`);
      if (!cell) overall.push(sentence);
      else cell.querySelector("ul, .nothing").before(el("p.in-words", {}, ...this.#said(sentence)));
    }
    const place = el(
      "section.in-words",
      { "aria-live": "polite", "aria-busy": String(status === "writing") },
      el("h3.overline", {}, "In a model’s words"),
      overall.length ? el("p.words", {}, ...overall.flatMap((each) => this.#said(each))) : null,
      el("p.note", {}, note),
    );
    const before = this.#article.querySelector(".answer-lead, .findings, section");
    if (before) before.before(place);
    else this.#article.append(place);
  }

  #said({ text, citations }) {
    const known = new Map(this.#answer.citations.map((each) => [each.number, each]));
    const buttons = citations.flatMap((number) => {
      const citation = known.get(number);
      return citation ? [citeButton(citation, this.#open), " "] : [];
    });
    return [`${text} `, ...buttons];
  }
}
