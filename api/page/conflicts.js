// Disagreements: the two sides beside each other, and which of them the answer follows.

import { authorityMark, sideItem } from "./quotes.js";
import { el, inWords } from "./elements.js";

const AGES = { older: "Older", newer: "Newer", same: "Same date", undated: "Undated", dated: "Dated" };

/** A section with every disagreement of an answer, or null. */
export function disagreements({ conflicts }, citations, open) {
  if (!conflicts?.length) return null;
  const about = conflicts.map((conflict) => `${conflict.name}: ${conflict.about}`).join("; ");
  return el(
    "details.conflicts",
    {},
    el("summary", {}, el("strong", {}, "Where the sources differ: "), about),
    ...conflicts.map((conflict) => disagreement(conflict, citations, open)),
  );
}

function disagreement(conflict, citations, open) {
  const subject = conflict.name;
  const followed = conflict.follows !== null;
  return el(
    "article.conflict",
    { "aria-label": `Difference about ${subject}: ${conflict.about}` },
    el("h4", {}, `${subject}: ${conflict.about}`),
    el(
      "div.sides",
      {},
      ...conflict.sides.map((side, place) => sideOf(side, conflict.follows === place, citations, open)),
    ),
    el("p.outcome", {}, followed ? `Followed because ${conflict.why}.` : `Left open: ${conflict.why}.`),
  );
}

function sideOf(side, follows, citations, open) {
  const [first, ...rest] = side.citations.map((number) => citations.get(number)).filter(Boolean);
  const date = side.date === "undated" ? null : el("span", {}, inWords(side.date));
  return el(
    follows ? "div.side.followed" : "div.side",
    {},
    el(
      "p.who",
      {},
      el("strong", {}, AGES[side.age] ?? side.age),
      authorityMark(side.authority),
      date,
      follows ? el("span.mark", {}, "this answer follows it") : null,
    ),
    first ? el("ul", {}, sideItem(first, open)) : null,
    rest.length
      ? el(
          "details",
          {},
          el("summary", {}, `${rest.length} more on this side`),
          el("ul", {}, ...rest.map((citation) => sideItem(citation, open))),
        )
      : null,
  );
}
