// Tells how far a build in the background is, and when a fuller index has come in.

import { counted } from "./elements.js";
import { index } from "./service.js";

const OFTEN = 3000;
const SELDOM = 60000;

/**
 * Watch the index for as long as the page is open.
 * @param {HTMLElement} place where the words go
 * @param {() => void} changed called when another generation is live
 */
export async function watchIndex(place, changed) {
  let live = "";
  for (;;) {
    let wait = SELDOM;
    if (!document.hidden) {
      const now = await index().catch(() => null);
      place.textContent = now ? words(now) : "";
      place.hidden = !place.textContent;
      if (now && live && now.generation !== live) changed();
      live = now?.generation ?? live;
      if (now?.stage) wait = OFTEN;
    }
    await new Promise((done) => setTimeout(done, wait));
  }
}

function words({ stage, done, total, documents }) {
  if (!stage) return "";
  const steps = total ? ` ${done.toLocaleString("en")} of ${total.toLocaleString("en")}` : "";
  return `Answers come from ${counted(documents, "document")}; more are being added (${stage.toLowerCase()}${steps}).`;
}
