// The source panel: a dialog beside the conversation, or over the whole of a small screen.

import { AUTHORITIES, authorityMark, dateOf } from "./quotes.js";
import { el, inWords, safeUrl, trouble } from "./elements.js";
import { documentOf } from "./service.js";
import { excerpt, reading } from "./reading.js";

const KINDS = {
  digest: [
    "digest: our own words",
    "It retells the original; open the original for its author's words.",
  ],
  article: ["article", "The text as it was published."],
  documentation: ["documentation", "The text that comes with the software."],
};

export class Panel {
  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    this.dialog = dialog;
    this.wide = matchMedia("(min-width: 56rem)");
    this.leaving = false; // whether the browser is on its way back from the panel's entry
    this.opener = null;
    dialog.addEventListener("close", () => this.closed());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && dialog.open) {
        event.preventDefault();
        this.close();
      }
    });
    this.wide.addEventListener("change", () => dialog.open && this.show());
  }

  /** Show the source of a citation of one index; `opener` gets the focus back. */
  open(citation, generation, opener) {
    this.opener?.setAttribute("aria-expanded", "false");
    this.opener = opener;
    opener.setAttribute("aria-expanded", "true");
    this.citation = citation;
    this.generation = generation;
    this.place = el("div", { "aria-busy": "true" }, el("p.looking", {}, "Opening the document…"));
    const title = el("h2", { id: "panel-title", tabindex: -1 }, citation.title);
    const bar = el(
      "div.panel-bar",
      {},
      el("div", {}, el("p.overline", {}, `Source ${citation.number}`), title, said(citation), original(citation)),
      el("button.quiet", { type: "button", onclick: () => this.close() }, "Close"),
    );
    this.dialog.replaceChildren(bar, el("div.panel-body", {}, ...about(citation), this.place));
    this.show();
    if (!this.leaving) this.enter();
    title.focus({ preventScroll: true });
    return this.read();
  }

  /** Have Back close the panel. */
  enter() {
    if (!history.state?.panel) history.pushState({ ...history.state, panel: true }, "");
  }

  /** Whether a step in the browser's history was the panel's alone. */
  popped(state) {
    if (this.leaving) {
      this.leaving = false;
      if (this.dialog.open) this.enter();
      return true;
    }
    const closes = this.dialog.open && !state?.panel;
    if (closes) this.close();
    return closes;
  }

  /** Close without giving the focus back: what was quoted goes too. */
  drop() {
    this.opener = null;
    this.dropping = this.dialog.open;
    this.close();
  }

  show() {
    const { dialog } = this;
    if (dialog.open) {
      this.switching = true;
      dialog.close();
    }
    if (this.wide.matches) dialog.show();
    else dialog.showModal();
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  closed() {
    if (this.switching) {
      this.switching = false;
      return;
    }
    this.opener?.setAttribute("aria-expanded", "false");
    this.opener?.focus();
    this.opener = null;
    if (history.state?.panel && !this.dropping && !this.leaving) {
      this.leaving = true;
      history.back();
    }
    this.dropping = false;
  }

  async read() {
    const { citation, place } = this;
    try {
      const found = await documentOf(citation.document_id, this.generation);
      if (place !== this.place) return;
      const { start, end, quote } = citation;
      const holds = excerpt(found, start, end) === quote;
      place.replaceChildren(holds ? reading(found, start, end) : changed(quote));
      place.querySelector("mark")?.scrollIntoView({ block: "center", behavior: "instant" });
    } catch (error) {
      place.replaceChildren(trouble(error, () => this.read()));
    } finally {
      place.removeAttribute("aria-busy");
    }
  }
}

function about(citation) {
  const [kind, meaning] = KINDS[citation.kind] ?? [citation.kind, ""];
  const isFile = hasNoAddress(citation);
  const rows = [
    ["Section", citation.section.join(" › ")],
    ["Published by", citation.publisher],
    ["Author", citation.author],
    ["Who speaks", [authorityMark(citation.authority), small(AUTHORITIES[citation.authority])]],
    ["Kind", [kind, small(meaning)]],
    ["Published", inWords(citation.published)],
    ["Updated", citation.updated === "undated" ? "" : inWords(citation.updated)],
    ["Version", citation.version],
    ["Licence", citation.licence],
    ["File", isFile ? citation.path : ""],
    ["Also at", places(citation.also_at ?? [])],
  ].filter(([, value]) => value?.length && value !== "unknown");
  return [el("dl.about", {}, ...rows.flatMap(([name, value]) => row(name, [value].flat())))];
}

const hasNoAddress = ({ path, place }) => Boolean(path) && place === path;

/** Who speaks, when, and of which version: in view however far the text is scrolled. */
function said(citation) {
  const { version } = citation;
  return el("p.said", {}, authorityMark(citation.authority), el("span", {}, dateOf(citation)), version ? el("span", {}, `version ${version}`) : null);
}

function original(citation) {
  const address = safeUrl(citation.url);
  const link = { href: address, target: "_blank", rel: "noopener noreferrer" };
  if (!address) return el("p.original", {}, "No address of the original is known.");
  const words = hasNoAddress(citation) ? "Open its site " : "Open the original ";
  return el("a.original", link, words, el("span", { "aria-hidden": "true" }, "↗"));
}

/** After a rebuild a document may not be the one that was quoted. */
function changed(quote) {
  const said = "The document has changed since this answer; ask again to quote it as it is now.";
  return el("div.reading", {}, el("p.notice", {}, said), el("blockquote", {}, el("p", {}, quote)));
}

const PLACES = 5;

/** The other places of the text, the first of them by name. */
function places(addresses) {
  const named = addresses.slice(0, PLACES).map((address) => el("div", {}, place(address)));
  const more = addresses.length - named.length;
  return more ? [...named, small(`and ${more.toLocaleString("en")} more`)] : named;
}

function place({ url, path, title, updated, published }) {
  const address = safeUrl(url);
  const link = { href: address, target: "_blank", rel: "noopener noreferrer" };
  const date = updated === "undated" ? published : updated;
  const name = address ? el("a", link, title) : el("span", {}, `${title}, ${path}`);
  return el("span", {}, name, date === "undated" ? null : ` (${inWords(date)})`);
}

const small = (text = "") => el("small", {}, text);

const row = (name, values) => [el("dt", {}, name), el("dd", {}, ...values)];
