// The conversation: asks, keeps the turns, and says in words what is going on.

import { answerArticle, gist, spoken } from "./answer.js";
import { el, trouble } from "./elements.js";
import { watchIndex } from "./indexing.js";
import { ask } from "./service.js";
import { Summaries } from "./summaries.js";
import { Panel } from "./panel.js";
import { welcome } from "./welcome.js";

const TURNS_SENT = 6;

const byId = (id) => document.getElementById(id);
const box = byId("question");
const turns = byId("turns");
const panel = new Panel(byId("panel"));

/** What was said so far: {question, answer}, oldest first. */
let said = [];
let running = null;

function history() {
  return said.slice(-TURNS_SENT).flatMap(({ question, answer }) => [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ]);
}

/** Add a turn for a question and look up its answer. */
function start(question, before = history()) {
  if (running) return;
  byId("welcome").hidden = true;
  byId("talk-title").hidden = false;
  byId("new").hidden = false;
  box.placeholder = "Ask a follow-up";
  const heading = el("h2.asked", {}, el("span.unseen", {}, "You asked: "), question);
  const place = el("div", {});
  const turn = el("section.turn", { "aria-label": "Question and answer" }, heading, place);
  turns.append(turn);
  lookUp(question, place, turn, before);
}

/** Ask a question that says all by itself: what was corrected must not be read as a follow-up. */
const afresh = (question) => start(question, []);

async function lookUp(question, place, turn, before) {
  running = new AbortController();
  const mine = running;
  busy(true, turn);
  place.replaceChildren(waiting());
  turn.scrollIntoView({ block: "start" });
  try {
    const summaries = new Summaries();
    const { answer, rest } = await ask(question, before, mine.signal, (each) => summaries.show(each));
    const open = (citation, button) => panel.open(citation, answer.generation, button);
    place.replaceChildren(answerArticle(answer, open, afresh));
    summaries.stand(place, answer, open);
    rest.catch(() => summaries.end());
    turn.scrollIntoView({ block: "start" });
    said.push({ question: answer.question.standalone, answer: gist(answer) });
    remember(answer.question.standalone);
    announce(spoken(answer));
  } catch (error) {
    if (mine.signal.aborted) return;
    const again = () => running || lookUp(question, place, turn, before);
    place.replaceChildren(trouble(error, again));
    announce("");
  } finally {
    if (running === mine) {
      running = null;
      busy(false, turn);
    }
  }
}

function busy(is, turn) {
  turn.setAttribute("aria-busy", String(is));
  byId("ask").setAttribute("aria-disabled", String(is));
  if (is) announce("Looking it up in the documents.");
}

function waiting() {
  const bars = el("div.waiting", { "aria-hidden": "true" }, el("span"), el("span"), el("span"));
  return el("div.answer", {}, el("p.looking", {}, "Looking it up in the documents…"), bars);
}

function announce(text) {
  byId("status").textContent = text;
}

/** The address of the page leads to the last question. */
function remember(question) {
  const address = question ? `./?q=${encodeURIComponent(question)}` : "./";
  window.history.replaceState(null, "", address);
  document.title = question ? `${question} · ragbot` : "ragbot";
}

function startAfresh() {
  running?.abort();
  running = null;
  said = [];
  panel.opener = null;
  panel.close();
  turns.replaceChildren();
  byId("welcome").hidden = false;
  byId("talk-title").hidden = true;
  byId("new").hidden = true;
  byId("ask").setAttribute("aria-disabled", "false");
  box.placeholder = "Ask a question";
  box.value = "";
  remember("");
  announce("New conversation.");
  box.focus();
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value.trim();
  if (!question || running) return;
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

const greet = () => welcome(byId("knows"), byId("examples"), start);
greet();
watchIndex(byId("indexing"), greet);

const linked = new URLSearchParams(window.location.search).get("q")?.trim();
if (linked) start(linked);
