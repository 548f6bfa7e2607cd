// What was said, kept in this tab: a reload, Back and Forward bring every turn back.

const PREFIX = "ragbot:thread:";
const DRAFT = "ragbot:draft";

/** A conversation: `turns` are {question, before, answer}, `answer` null until there is one. */
export function emptyThread() {
  const random = crypto.getRandomValues(new Uint32Array(2));
  return { id: [...random].map((part) => part.toString(36)).join(""), turns: [] };
}

/** The conversation of an id, or null where this tab has it no more. */
export function kept(id) {
  try {
    const turns = JSON.parse(sessionStorage.getItem(PREFIX + id));
    return Array.isArray(turns) ? { id, turns } : null;
  } catch {
    return null;
  }
}

/** Keep a conversation; where room is short the others give way, and then it is not kept. */
export function keep({ id, turns }) {
  const put = () => sessionStorage.setItem(PREFIX + id, JSON.stringify(turns));
  try {
    put();
  } catch {
    try {
      const others = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
      for (const key of others) sessionStorage.removeItem(key);
      put();
    } catch {
      // A browser that keeps nothing still shows the conversation.
    }
  }
}

/** Bring back what was being typed, and keep it as it changes. */
export function keepDraft(box) {
  try {
    box.value ||= sessionStorage.getItem(DRAFT) ?? "";
  } catch {
    return;
  }
  const save = () => sessionStorage.setItem(DRAFT, box.value);
  box.addEventListener("input", save);
  box.form.addEventListener("submit", () => setTimeout(save));
}
