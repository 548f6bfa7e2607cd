// The source panel: a dialog beside the conversation, or over the whole of a small screen.

import { AUTHORITIES, authorityMark } from "./quotes.js";
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
      el("div", {}, el("p.overline", {}, `Source ${citation.number}`), title),
      el("button.quiet", { type: "button", onclick: () => this.close() }, "Close"),
    );
    this.dialog.replaceChildren(bar, el("div.panel-body", {}, ...about(citation), this.place));
    this.show();
    title.focus({ preventScroll: true });
    return this.read();
  }

  show() {
    const { dialog } = this;
    if (dialog.open) {
      this.switching = true;
      dialog.close();
    }
    if (this.wide.matches) dialog.show();
    else dialog.showModal();
    document.body.classList.toggle("beside", this.wide.matches);
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  closed() {
    if (this.switching) {
      this.switching = false;
      return;
    }
    document.body.classList.remove("beside");
    this.opener?.setAttribute("aria-expanded", "false");
    this.opener?.focus();
    this.opener = null;
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
  const address = safeUrl(citation.url);
  const isFile = Boolean(citation.path) && citation.place === citation.path; // it has no address of its own
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
  const link = { href: address, target: "_blank", rel: "noopener noreferrer" };
  return [
    el("dl.about", {}, ...rows.flatMap(([name, value]) => row(name, [value].flat()))),
    address
      ? el("a.original", link, isFile ? "Open its site " : "Open the original ", el("span", { "aria-hidden": "true" }, "↗"))
      : el("p.original", {}, "No address of the original is known."),
  ];
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
