// What is shown while an answer is looked up: the time that passes, what it waits for, and Stop.

import { el } from "./elements.js";

const LONG = 15; // seconds

/** The block for a turn that waits; `stop` ends the waiting, `announce` says words aloud. */
export function waiting(stop, announce) {
  const time = el("span.time", { "aria-hidden": "true" });
  const note = el("p.looking", {});
  const button = el("button.quiet", { type: "button", onclick: stop }, "Stop");
  const bars = el("div.waiting", { "aria-hidden": "true" }, el("span"), el("span"), el("span"));
  const line = el("p.looking", {}, "Looking it up in the documents… ", time, " ", button);
  const block = el("div.answer", {}, line, note, bars);
  const began = performance.now();
  const timer = setInterval(() => {
    if (!block.isConnected) return clearInterval(timer);
    const seconds = Math.round((performance.now() - began) / 1000);
    time.textContent = `${seconds} s`;
    if (seconds >= LONG && !note.textContent) {
      note.textContent =
        "Still waiting for the service: it may be answering others first, or taking in new documents.";
      announce(note.textContent);
    }
  }, 1000);
  return block;
}

/** In place of an answer that was stopped. */
export function stopped(again) {
  const button = el("button.quiet", { type: "button", onclick: again }, "Ask it again");
  return el("div.notice.stopped", {}, el("p", {}, "Stopped before an answer came."), button);
}
