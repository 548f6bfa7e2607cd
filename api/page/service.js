// Talks to the service; every failure becomes a Trouble whose words can be shown as they are.

export class Trouble extends Error {
  constructor(title, detail) {
    super(detail);
    this.title = title;
  }
}

/** The answer to a question with the turns before it. */
export function ask(question, history, signal) {
  return fetched("/v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ question, history }),
    signal,
  });
}

export const subjects = () => fetched("/v1/subjects");
export const sources = () => fetched("/v1/sources");
export const index = () => fetched("/v1/index");

const documents = new Map();

/** A document; fetched once for each generation of the index. */
export function documentOf(id, generation) {
  const key = `${generation} ${id}`;
  if (!documents.has(key)) {
    const path = id.split("/").map(encodeURIComponent).join("/");
    const pending = fetched(`/v1/documents/${path}`);
    pending.catch(() => documents.delete(key));
    documents.set(key, pending);
  }
  return documents.get(key);
}

/** The JSON at a path of this service. */
export async function fetched(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble(
      "The service cannot be reached",
      "It may have been stopped, or the connection is down. `ragbot serve` starts it.",
    );
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  throw new Trouble(
    body?.title ?? "The service gave no answer",
    body?.detail ?? `It replied with status ${response.status}. Try again in a moment.`,
  );
}
