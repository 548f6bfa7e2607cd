// The conversation: asks, keeps the turns, and says in words what is going on.

import { answerArticle, gist, spoken } from "./answer.js";
import { el, trouble } from "./elements.js";
import { watchIndex } from "./indexing.js";
import { ask } from "./service.js";
import { Summaries } from "./summaries.js";
import { Panel } from "./panel.js";
import { emptyThread, keep, keepDraft, kept } from "./thread.js";
import { stopped, waiting } from "./waiting.js";
import { welcome } from "./welcome.js";

const TURNS_SENT = 6;
const STOPPED = "stopped";

const byId = (id) => document.getElementById(id);
const box = byId("question");
const turns = byId("turns");
const panel = new Panel(byId("panel"));

let thread = emptyThread();
let running = null;
let queued = "";

function before() {
  const answered = thread.turns.filter((turn) => turn.answer).slice(-TURNS_SENT);
  return answered.flatMap(({ answer }) => [
    { role: "user", content: answer.question.standalone },
    { role: "assistant", content: gist(answer) },
  ]);
}

/** Add a turn for a question and look up its answer; `first` takes the place of this address. */
function start(question, history = before(), first = false) {
  if (running) return queue(question);
  const turn = { question, before: history, answer: null };
  thread.turns.push(turn);
  keep(thread);
  remember(thread.turns.length - 1, first ? "replaceState" : "pushState");
  lookUp(turn, draw(turn));
}

/** Ask a question that says all by itself: what was corrected must not be read as a follow-up. */
const afresh = (question) => start(question, []);

/** The place for the answer of a turn, under its question. */
function draw({ question }) {
  talking(true);
  const heading = el("h2.asked", { tabindex: -1 }, el("span.unseen", {}, "You asked: "), question);
  const place = el("div", {});
  turns.append(el("section.turn", { "aria-label": "Question and answer" }, heading, place));
  return place;
}

function talking(is) {
  byId("welcome").hidden = is;
  byId("talk-title").hidden = !is;
  byId("new").hidden = !is;
  if (is) byId("undo").hidden = true;
  document.body.classList.toggle("talking", is);
  box.placeholder = is ? "Ask a follow-up" : "Ask a question";
}

async function lookUp(turn, place) {
  running = new AbortController();
  const mine = running;
  const section = place.parentElement;
  busy(true, section);
  put(place, waiting(() => mine.abort(STOPPED), announce));
  section.scrollIntoView({ block: "start" });
  const again = () => running || lookUp(turn, place);
  try {
    const summaries = new Summaries();
    const { answer, rest } = await ask(turn.question, turn.before, mine.signal, (each) => summaries.show(each));
    turn.answer = answer;
    keep(thread);
    summaries.stand(place, answer, show(answer, place));
    rest.catch(() => summaries.end());
    section.scrollIntoView({ block: "start" });
    const number = thread.turns.indexOf(turn);
    const isHere = history.state?.thread === thread.id && history.state.turn === number;
    if (isHere) remember(number, "replaceState");
    announce(spoken(answer));
  } catch (error) {
    if (mine.signal.aborted && mine.signal.reason !== STOPPED) return;
    put(place, mine.signal.aborted ? stopped(again) : trouble(error, again));
    announce(mine.signal.aborted ? "Stopped." : "");
  } finally {
    if (running === mine) {
      running = null;
      busy(false, section);
      next();
    }
  }
}

/** Put an answer in its place; what opens a source of it. */
function show(answer, place) {
  const open = (citation, button) => panel.open(citation, answer.generation, button);
  put(place, answerArticle(answer, open, afresh));
  return open;
}

/** Put a block in its place; where the focus was in what goes, the question above gets it. */
function put(place, block) {
  const focused = place.contains(document.activeElement);
  place.replaceChildren(block);
  if (focused) place.previousElementSibling.focus({ preventScroll: true });
}

/** One question waits for the answer before it; a second one takes its place. */
function queue(question) {
  queued = question;
  byId("queued").textContent = question ? `Asked next: ${question}` : "";
  byId("queued").hidden = !question;
  if (question) announce(`Asked next: ${question}`);
}

function next() {
  const question = queued;
  queue("");
  if (question) start(question);
}

function busy(is, turn) {
  turn.setAttribute("aria-busy", String(is));
  if (is) announce("Looking it up in the documents.");
}

function announce(text) {
  byId("status").textContent = text;
}

/** Every turn has an address, which asks its question anew where this tab does not know it. */
function remember(number, how) {
  const turn = thread.turns[number];
  const question = turn?.answer?.question.standalone ?? turn?.question;
  const state = turn ? { ...(how === "replaceState" ? history.state : {}), thread: thread.id, turn: number } : null;
  history[how](state, "", question ? `./?q=${encodeURIComponent(question)}` : "./");
  document.title = question ? `${question} · ragbot` : "ragbot";
}

/** Clear the page, for another conversation or none. */
function clear(other) {
  running?.abort();
  running = null;
  queue("");
  panel.drop();
  thread = other;
  turns.replaceChildren();
  talking(false);
}

/** Show a conversation that this tab has kept, and ask what has no answer yet. */
function restore(other, number) {
  clear(other);
  const places = thread.turns.map(draw);
  thread.turns.forEach(({ answer }, index) => answer && show(answer, places[index]));
  const last = thread.turns.length - 1;
  thread.turns.forEach((turn, index) => {
    if (turn.answer) return;
    if (index === last) lookUp(turn, places[index]);
    else put(places[index], stopped(() => running || lookUp(turn, places[index])));
  });
  turnTo(number);
}

function turnTo(number) {
  turns.children[number]?.scrollIntoView({ block: "start" });
  document.title = `${thread.turns[number]?.question ?? "ragbot"} · ragbot`;
}

function startAfresh() {
  const covered = history.state?.panel; // the panel's own entry is given up for the new start
  clear(emptyThread());
  remember(-1, covered ? "replaceState" : "pushState");
  byId("undo").hidden = false;
  box.value = "";
  announce("New conversation. Undo brings the last one back.");
  box.focus();
}

/** Show what an entry of the browser's history stands for. */
function arrive(state) {
  const other = state?.thread && state.thread !== thread.id ? kept(state.thread) : null;
  const linked = new URLSearchParams(window.location.search).get("q")?.trim();
  if (other?.turns.length) restore(other, state.turn);
  else if (state?.thread === thread.id) turnTo(state.turn);
  else {
    clear(emptyThread());
    if (linked) start(linked, [], true);
  }
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value.trim();
  if (!question) return;
  box.value = "";
  grow();
  start(question);
});

box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("composer").requestSubmit();
});

/** The box grows with its text; most browsers do it by themselves. */
function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

box.addEventListener("input", grow);
byId("new").addEventListener("click", startAfresh);
byId("undo").addEventListener("click", () => history.back());
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the way to the box is no step of the conversation
  box.focus();
});
window.addEventListener("popstate", ({ state }) => panel.popped(state) || arrive(state));
history.scrollRestoration = "manual"; // each turn is brought to the top, nothing else moves

const greet = () => welcome(byId("knows"), byId("examples"), start);
greet();
watchIndex(byId("indexing"), greet);
keepDraft(box);
arrive(history.state);
