// Talks to the service; every failure becomes a Trouble whose words can be shown as they are.

export class Trouble extends Error {
  constructor(title, detail) {
    super(detail);
    this.title = title;
  }
}

/**
 * The answer to a question with the turns before it; `grown` gets its summary each time that a
 * language model has added to it, until the promise `told` of the answer is done.
 */
export async function ask(question, history, signal, grown) {
  const response = await reached("v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify({ question, history }),
    signal,
  });
  if (!response.ok) throw await refusedWith(response);
  const events = told(response);
  const first = await events.next();
  if (first.done) throw await refusedWith(response);
  const rest = (async () => {
    for await (const { data } of events) grown(data);
  })();
  return { answer: first.value.data, rest };
}

/** The events of a response: {name, data}. */
async function* told(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n");
      const said = (name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      if (said("data")) yield { name: said("event"), data: JSON.parse(said("data")) };
    }
  }
}

export const subjects = () => fetched("v1/subjects");
export const sources = () => fetched("v1/sources");
export const index = () => fetched("v1/index");

const documents = new Map();

/** A document; fetched once for each generation of the index. */
export function documentOf(id, generation) {
  const key = `${generation} ${id}`;
  if (!documents.has(key)) {
    const path = id.split("/").map(encodeURIComponent).join("/");
    const pending = fetched(`v1/documents/${path}`);
    pending.catch(() => documents.delete(key));
    documents.set(key, pending);
  }
  return documents.get(key);
}

/** The JSON at a path of this service. */
export async function fetched(path, options = {}) {
  const response = await reached(path, options);
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  throw troubleOf(response, body);
}

async function reached(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble(
      "The service cannot be reached",
      "It may have been stopped, or the connection is down. `ragbot serve` starts it.",
    );
  }
}

async function refusedWith(response) {
  return troubleOf(response, await response.json().catch(() => null));
}

function troubleOf(response, body) {
  return new Trouble(
    body?.title ?? "The service gave no answer",
    body?.detail ?? `It replied with status ${response.status}. Try again in a moment.`,
  );
}
