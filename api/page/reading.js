// A document as it is read: its blocks, with the quoted characters marked.

import { el } from "./elements.js";
import { listing } from "./quotes.js";

const AROUND = 3000;

/**
 * Turns code point offsets, which the service counts in, into the UTF-16 offsets of JavaScript.
 * @param {string} text
 * @returns {(offset: number) => number}
 */
export function unitsOf(text) {
  if (!/[\ud800-\udbff]/.test(text)) return (offset) => offset;
  const starts = [];
  let position = 0;
  for (const character of text) {
    starts.push(position);
    position += character.length;
  }
  starts.push(position);
  return (offset) => starts[Math.min(offset, starts.length - 1)];
}

/** The characters [start, end) of a document. */
export function excerpt({ text }, start, end) {
  const at = unitsOf(text);
  return text.slice(at(start), at(end));
}

/** The part of a document around [start, end), and a button for all of it. */
export function reading(document, start, end) {
  const whole = { start: 0, end: Infinity };
  const near = { start: start - AROUND, end: end + AROUND };
  const place = el("div.reading", { role: "region", "aria-label": "Text of the document" });
  place.append(...blocksIn(document, near, start, end));
  const shown = document.blocks.filter((block) => overlaps(block, near)).length;
  if (shown < document.blocks.length) {
    const more = el("button.quiet.more", { type: "button" }, "Show the whole document");
    more.addEventListener("click", () => {
      place.replaceChildren(...blocksIn(document, whole, start, end));
      place.querySelector("mark")?.scrollIntoView({ block: "center" });
    });
    place.append(more);
  }
  return place;
}

const overlaps = (block, range) => block.start < range.end && block.end > range.start;

function blocksIn(document, range, start, end) {
  const at = unitsOf(document.text);
  const fill = (element, from, to) => {
    const cuts = [from, clamp(start, from, to), clamp(end, from, to), to].map(at);
    const [before, marked, after] = [0, 1, 2].map((n) => document.text.slice(cuts[n], cuts[n + 1]));
    element.dir ||= element.localName === "code" ? "ltr" : "auto";
    element.append(before, ...(marked ? [el("mark", {}, marked)] : []), after);
    return element;
  };
  const quoted = document.blocks.some((block) => overlaps(block, { start, end }));
  if (!quoted) return [fill(el("p", {}), 0, Array.from(document.text).length)];
  const elements = [];
  for (const block of document.blocks.filter((each) => overlaps(each, range))) {
    const element = elementOf(block);
    const inner = element.querySelector("code") ?? element;
    fill(inner, block.start, block.end);
    const list = elements[elements.length - 1];
    if (block.kind !== "list_item") elements.push(element);
    else if (list?.tagName === "UL") list.append(element);
    else elements.push(el("ul", {}, element));
  }
  return elements;
}

function elementOf({ kind, depth }) {
  switch (kind) {
    case "heading":
      return el(`h${Math.min(6, Math.max(3, depth + 2))}`);
    case "list_item":
      return el(depth > 0 ? "li.deeper" : "li");
    case "table_header":
      return el("p.row.header");
    case "table_row":
      return el("p.row");
    case "code":
      return listing("");
    default:
      return el("p");
  }
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
