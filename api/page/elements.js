// Builds elements; text goes in as text nodes only, so that no document can become markup.

/**
 * An element that holds words has the direction of these, and turns nothing around that is beside.
 *
 * @param {string} tag with classes: "p.label"
 * @param {Record<string, unknown>} [properties] `on…` are listeners, `null`/`false` is left out
 * @param {...(Node|string|null|undefined)} children
 */
export function el(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  element.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  const held = children.filter((child) => child !== null && child !== undefined);
  if (held.some((child) => typeof child === "string") && !element.hasAttribute("dir")) {
    element.setAttribute("dir", name === "code" ? "ltr" : "auto");
  }
  element.append(...held);
  return element;
}

/** Words of ours, where `backticks` set a command in code type. */
export function words(text) {
  return text.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part));
}

/** Words with a capital in front; the library's messages have none. */
export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A failure in words, with a button to try again. */
export function trouble(error, again) {
  return el(
    "div.notice.trouble",
    { role: "alert" },
    el("h3", {}, error.title ?? "Something went wrong on this page"),
    el("p", {}, ...words(sentence(error.message))),
    el("button.quiet", { type: "button", onclick: again }, "Try again"),
  );
}

/** An http(s) address, or null for every other: such a link is never made. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? address : null;
  } catch {
    return null;
  }
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** "2022-07-04" as "4 Jul 2022", "2022-07" as "Jul 2022"; anything else as it is. */
export function inWords(date) {
  const found = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(date);
  if (!found) return date;
  const [, year, month, day] = found;
  const name = month && MONTHS[Number(month) - 1];
  if (!name) return year;
  return day ? `${Number(day)} ${name} ${year}` : `${name} ${year}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(names) {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** "1 document", "2 documents". */
export function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
