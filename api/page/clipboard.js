// Copying, also where the page is not served securely and the browser has no clipboard for it.

import { el } from "./elements.js";

const SHOWN = 2000; // milliseconds that "copied" is shown

/** Put text on the clipboard; whether it could be done. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el("textarea", { class: "unseen", "aria-hidden": "true" });
    area.value = text;
    const focused = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return done;
  }
}

/** Have a click on an element copy a text; `data-copied` says "yes" or "no" for a moment after. */
export function copies(element, text) {
  element.addEventListener("click", async (event) => {
    event.preventDefault();
    const done = await copy(text());
    element.dataset.copied = done ? "yes" : "no";
    document.getElementById("status").textContent = done ? "Copied." : "It could not be copied.";
    setTimeout(() => delete element.dataset.copied, SHOWN);
  });
  return element;
}
