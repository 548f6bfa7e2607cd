"""OpenAI's interface, through OpenAI's own client."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from markdown_it import MarkdownIt
from openai import BadRequestError, NotFoundError, OpenAI

from api.markdown import as_markdown
from api.markdown_beside import beside_parts
from api.openai import routes
from api.openai.asked import ChatIn, ChatMessage
from api.openai.chores import chore_of
from ragbot.settings import Settings
from ragbot.types import ApiSymbol, Argument, ArgumentPair, BlockKind, SideBySide

from .living import Living, living
from .scripted import SUMMARY, ScriptedAssistant

QUESTION = [{"role": "user", "content": "Kestrel or Osprey?"}]
MARK = re.compile(r"\[(\d+)\]")


@pytest.fixture(scope="module")
def openai(service: Living) -> Iterator[OpenAI]:
    """The official client of the service."""
    with OpenAI(base_url=f"{service.url}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def with_model() -> Iterator[OpenAI]:
    """The same, of a service that a language model is set for."""
    settings = Settings(llm_url="http://127.0.0.1:9/v1", llm_model="written")
    with (
        living(settings, ScriptedAssistant(summary=SUMMARY)) as service,
        OpenAI(base_url=f"{service.url}/v1", api_key="none", max_retries=0) as client,
    ):
        yield client


def streamed(client: OpenAI, **asked: Any) -> tuple[str, list[Any]]:
    """The content of a streamed reply, and its chunks."""
    asked = {"model": "ragbot", "messages": QUESTION, **asked}
    chunks = list(client.chat.completions.create(stream=True, **asked))
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    return text, chunks


def test_the_models_are_listed(openai: OpenAI, with_model: OpenAI) -> None:
    assert [model.id for model in openai.models.list()] == ["ragbot"]
    assert [model.id for model in with_model.models.list()] == ["ragbot", "ragbot-summary"]
    assert openai.models.retrieve("ragbot").id == "ragbot"
    with pytest.raises(NotFoundError, match="there is ragbot"):
        openai.models.retrieve("ragbot-summary")


def test_an_answer_is_markdown_whose_marks_resolve(openai: OpenAI) -> None:
    reply = openai.chat.completions.create(model="ragbot", messages=QUESTION)
    message = reply.choices[0].message
    text, citations = message.content or "", message.citations
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    assert reply.usage.total_tokens > 20
    body, sources = text.split("**Sources**")
    numbers = {citation["number"]: citation for citation in citations}
    assert set(map(int, MARK.findall(body))) == set(numbers)
    for number, citation in numbers.items():
        (line,) = [at for at in sources.splitlines() if at.startswith(f"- [{number}] ")]
        assert citation["title"].split(",")[0] in line
    header, rule, *rows = [line for line in body.splitlines() if line.startswith("|")]
    assert [cell.strip() for cell in header.strip("|").split("|")] == [
        "", "Kestrel", "Osprey", "Heron",
    ]  # fmt: skip
    assert rule.count("---") == 4
    assert "no source says" in rows[0]
    assert "<script>" not in text.replace("\\<", "")


def code_shown(markdown: str) -> set[str]:
    """What a reader sees as code within lines, in tables and elsewhere."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    lines = [token.children or [] for token in tokens]
    return {child.content for line in lines for child in line if child.type == "code_inline"}


@pytest.mark.parametrize("quote", ["int | None", r"a\|b", r"grep 'a\\|b' | wc"])
def test_bars_in_code_are_shown_as_they_are_written(quote: str) -> None:
    answer = ScriptedAssistant().ask("Kestrel or Osprey?")
    citations = tuple(
        replace(each, evidence=replace(each.evidence, kind=BlockKind.CODE, quote=quote))
        for each in answer.citations
    )
    markdown = as_markdown(replace(answer, citations=citations))
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert any("`" in row for row in rows)
    assert any("`" in line for line in markdown.splitlines() if line not in rows)
    assert code_shown(markdown) == {quote}


def test_bars_in_names_side_by_side_are_shown_as_they_are_written() -> None:
    asked = ApiSymbol("a|b", "kestrel", "Kestrel", True, True, (), None)
    pair = ArgumentPair(Argument("x: int | None", None), Argument("y: str | None", None), False)
    beside = SideBySide(asked, (replace(asked, name="c|d"),), (pair,), (), "")
    shown = code_shown("\n\n".join(beside_parts(beside, {}, {})))
    assert shown == {"a|b", "c|d", "x: int | None", "y: str | None"}


def test_a_stream_says_the_same_and_ends_with_the_citations(openai: OpenAI) -> None:
    whole = openai.chat.completions.create(model="ragbot", messages=QUESTION).choices[0].message
    text, chunks = streamed(openai)
    assert text == whole.content
    assert len(chunks) > 5
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].citations == whole.citations
    assert all("citations" not in (chunk.model_extra or {}) for chunk in chunks[:-1])
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_usage_comes_last_with_the_citations(openai: OpenAI) -> None:
    _, chunks = streamed(openai, stream_options={"include_usage": True})
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens > 20
    assert chunks[-1].citations
    assert chunks[-2].choices[0].finish_reason == "stop"


def test_where_nothing_is_quoted_there_are_no_citations(openai: OpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": "What is the weather on Mars?"}]
    message = openai.chat.completions.create(model="ragbot", messages=asked).choices[0].message
    assert message.citations == []
    assert (message.content or "").startswith("The documents say nothing")
    _, chunks = streamed(openai, messages=asked)
    assert chunks[-1].citations == []


def test_all_messages_are_the_history(openai: OpenAI, scripted: ScriptedAssistant) -> None:
    openai.chat.completions.create(
        model="ragbot",
        messages=[
            {"role": "system", "content": "You are kind."},
            {"role": "user", "content": "Kestrel?"},
            {"role": "assistant", "content": "Yes."},
            {"role": "user", "content": [{"type": "text", "text": "And Osprey?"}]},
        ],
        temperature=0.3,
        max_tokens=20,
        stop=["x"],
        user="someone",
        seed=1,
        tools=[],
        extra_body={"chat_id": "unknown"},
    )
    question, history, _ = scripted.asked[-1]
    assert question == "And Osprey?"
    assert [(t.role, t.content) for t in history] == [("user", "Kestrel?"), ("assistant", "Yes.")]


def test_a_long_chat_is_cut_and_not_refused(openai: OpenAI, scripted: ScriptedAssistant) -> None:
    turns: list[Any] = [
        {"role": ("user", "assistant")[n % 2], "content": f"{n} " + "word " * 400}
        for n in range(150)
    ]
    openai.chat.completions.create(model="ragbot", messages=[*turns, *QUESTION])
    _, history, _ = scripted.asked[-1]
    assert 20 < len(history) <= 100
    assert history[-1].content.startswith("149 ")


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"n": 2}, "n"),
        ({"tools": [{"type": "function", "function": {"name": "x"}}]}, "tools"),
        ({"logprobs": True}, "logprobs"),
        ({"response_format": {"type": "json_object"}}, None),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "hello"}]}, None),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [{"type": "image_url", "image_url": {"url": "data:,"}}],
                    }
                ]
            },
            "messages[0].content",
        ),
    ],
)
def test_what_is_not_served_is_refused_in_their_form(
    openai: OpenAI, asked: dict[str, Any], param: str | None
) -> None:
    with pytest.raises(BadRequestError) as refused:
        openai.chat.completions.create(**{"model": "ragbot", "messages": QUESTION, **asked})
    assert refused.value.param == param
    assert refused.value.type == "invalid_request_error"
    assert refused.value.body["message"]


def test_an_unknown_model_is_told(openai: OpenAI) -> None:
    with pytest.raises(NotFoundError) as refused:
        openai.chat.completions.create(model="gpt-4o", messages=QUESTION)
    assert refused.value.code == "model_not_found"


def test_errors_outside_of_the_routes_have_their_form_too(
    openai: OpenAI, client: httpx.Client
) -> None:
    with pytest.raises(BadRequestError, match="has to be the user"):
        openai.chat.completions.create(
            model="ragbot", messages=[{"role": "user", "content": "  "}, *QUESTION[:0]]
        )
    unread = client.post("/v1/chat/completions", content=b"{", headers={"host": "evil.example"})
    assert unread.status_code == 421
    assert unread.json()["error"]["code"] == "host"
    broken = client.post(
        "/v1/chat/completions",
        json={"messages": [{"role": "user", "content": "break it"}], "stream": True},
    )
    assert broken.status_code == 500
    assert broken.json()["error"]["type"] == "server_error"
    large = client.post("/v1/chat/completions", content=b"x" * 1_000_001)
    assert large.status_code == 413
    assert "error" in large.json()


def test_a_model_puts_its_words_before_the_quotes(with_model: OpenAI) -> None:
    asked: Any = {"model": "ragbot-summary", "messages": QUESTION}
    whole = with_model.chat.completions.create(**asked).choices[0].message
    text, chunks = streamed(with_model, model="ragbot-summary")
    assert text == whole.content
    assert text.startswith("Kestrel answers a point read in 4 µs. [2]")
    assert "**Osprey, Learning curve:** Osprey needed an afternoon. [5]" in text
    assert "2 of 3 sentences" in text
    assert chunks[-1].citations == whole.citations
    plain = with_model.chat.completions.create(model="ragbot", messages=QUESTION)
    assert "µs" not in (plain.choices[0].message.content or "")


OPEN_WEBUI = """### Task:
{task}
### Guidelines:
- Write in the chat's primary language.
### Output:
{output}
### Chat History:
<chat_history>
USER: Kestrel or Osprey for a small tool on one laptop?
ASSISTANT: For a tool on one machine we would take Kestrel [1].
</chat_history>"""
CHORES = [
    (
        OPEN_WEBUI.format(
            task="Generate a concise, 3-5 word title with an emoji summarizing the chat history.",
            output='JSON format: { "title": "your concise title here" }',
        ),
        {"title": "Kestrel or Osprey for a small"},
    ),
    (
        OPEN_WEBUI.format(task="Give a title.", output="Return ONLY the title text."),
        "Kestrel or Osprey for a small",
    ),
    (
        OPEN_WEBUI.format(
            task="Suggest 3-5 relevant follow-up questions that the user might naturally ask.",
            output='JSON format: { "follow_ups": ["Question 1?", "Question 2?"] }',
        ),
        {"follow_ups": []},
    ),
    (
        OPEN_WEBUI.format(
            task="Generate 1-3 broad tags.", output='JSON format: { "tags": ["tag1", "tag2"] }'
        ),
        {"tags": []},
    ),
]


@pytest.mark.parametrize(("prompt", "reply"), CHORES)
@pytest.mark.parametrize("stream", [False, True])
def test_chores_of_open_webui_are_no_answers(
    openai: OpenAI, scripted: ScriptedAssistant, prompt: str, reply: object, stream: bool
) -> None:
    before = len(scripted.asked)
    asked: list[Any] = [{"role": "user", "content": prompt}]
    if stream:
        said, chunks = streamed(openai, messages=asked)
        assert chunks[-1].citations == []
    else:
        message = openai.chat.completions.create(model="ragbot", messages=asked).choices[0].message
        said = message.content or ""
    assert (json.loads(said) if isinstance(reply, dict) else said) == reply
    assert len(scripted.asked) == before


@pytest.mark.parametrize(
    "messages",
    [
        [
            *QUESTION,
            {"role": "assistant", "content": "Kestrel."},
            {
                "role": "user",
                "content": "Please generate a four to five word title summarizing our conversation "
                "without any lead-in, punctuation, quotation marks, periods or symbols.",
            },
        ],
        [
            {
                "role": "system",
                "content": "You will generate a short title based on the first message a user "
                "begins a conversation with; it should be a summary of the user's message.",
            },
            *QUESTION,
        ],
        [
            {"role": "system", "content": "You name chats. Reply with five words at most."},
            {"role": "user", "content": "User: Kestrel or Osprey?\nAI: Kestrel.\n"},
        ],
        [
            {
                "role": "user",
                "content": "Provide a concise, 5-word-or-less title for the conversation, using "
                "title case.\n\nHuman: Kestrel or Osprey?\n\nAssistant: Kestrel.",
            }
        ],
    ],
)
def test_titles_of_other_programs_are_the_question(
    openai: OpenAI, scripted: ScriptedAssistant, messages: list[Any]
) -> None:
    before = len(scripted.asked)
    reply = openai.chat.completions.create(model="ragbot", messages=messages)
    assert reply.choices[0].message.content == "Kestrel or Osprey"
    assert len(scripted.asked) == before


def said_last(text: str) -> ChatIn:
    return ChatIn(messages=[ChatMessage(role="user", content=text)])


def test_a_prompt_is_recognised_at_either_end_of_a_long_text() -> None:
    long = "The kestrel hovers. " * 10_000
    task = "Generate a title for this conversation."
    assert chore_of(said_last(f"{task}\n{long}")) is not None
    assert chore_of(said_last(f"{long}\n{task}")) is not None
    assert chore_of(said_last(f"{long}\n{task}\n{long}")) is None


@pytest.mark.parametrize("word", ["title of ", "chat generate ", "summarize the "])
def test_a_megabyte_is_looked_through_at_once(word: str) -> None:
    chat = said_last(word * (1_000_000 // len(word)))
    start = time.perf_counter()
    chore_of(chat)
    assert time.perf_counter() - start < 1


def test_what_is_asked_is_looked_through_beside_the_event_loop(
    openai: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops = []

    def watched(chat: ChatIn) -> object:
        try:
            loops.append(asyncio.get_running_loop())
        except RuntimeError:
            loops.append(None)
        return chore_of(chat)

    monkeypatch.setattr(routes, "chore_of", watched)
    openai.chat.completions.create(model="ragbot", messages=QUESTION)
    assert loops == [None]


@pytest.mark.parametrize(
    "question",
    [
        "How do I generate a title for a plot?",
        "What is the name of the chat model class?",
        "Give the name of the function that opens a file",
        "Which database suits a chat app with user: and bot: columns?",
        "Summarize the discussion of write speed in the manual",
        "Generate tags for a release",
    ],
)
def test_questions_about_such_things_are_questions(
    openai: OpenAI, scripted: ScriptedAssistant, question: str
) -> None:
    messages: list[Any] = [
        {"role": "system", "content": "You are a helpful assistant in a conversation."},
        {"role": "user", "content": question},
    ]
    openai.chat.completions.create(model="ragbot", messages=messages)
    assert scripted.asked[-1][0] == question
