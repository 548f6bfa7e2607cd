"""The Model Context Protocol, through its official client: over HTTP and over stdio."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from mcp import Client, MCPError, StdioServerParameters

from api.mcp import lookups
from ragbot.settings import Settings

from .living import Living
from .scripted import ScriptedAssistant

ROOT = Path(__file__).parents[2]
TOOLS = {"ask", "compare", "search", "fetch", "list_subjects"}
STDIO = """
import sys
from ragbot import assistant
from ragbot.cli import main
from tests.words import WordEncoder
assistant.open_encoder = lambda _: WordEncoder()
main(["mcp", "--index", sys.argv[1]])
"""


@pytest.fixture(scope="module")
def program(built: Settings) -> StdioServerParameters:
    """How `ragbot mcp` is started over the small index."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    arguments = ["-c", STDIO, str(built.index)]
    return StdioServerParameters(
        command=sys.executable, args=arguments, env=environment, cwd=str(ROOT)
    )


def talked(server: Any, talk: Callable[[Client], Awaitable[Any]], mode: Any = "auto") -> Any:
    """What comes out of a talk with a server."""

    async def talking() -> Any:
        async with Client(server, mode=mode, raise_exceptions=True) as client:
            return await talk(client)

    return asyncio.run(asyncio.wait_for(talking(), 60))


def called(server: Any, tool: str, **arguments: Any) -> Any:
    """The result of one call of a tool."""
    return talked(server, lambda client: client.call_tool(tool, arguments))


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_are_listed_with_schemas(service: Living, mode: str) -> None:
    listed = talked(f"{service.url}/mcp", lambda client: client.list_tools(), mode)
    assert {tool.name for tool in listed.tools} == TOOLS
    for tool in listed.tools:
        assert tool.annotations.read_only_hint
        Draft202012Validator.check_schema(tool.output_schema)
        for rules in tool.input_schema.get("properties", {}).values():
            assert rules["description"], tool.name


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_answer_is_text_with_marks_and_data_that_fits_its_schema(
    service: Living, mode: str
) -> None:
    async def talk(client: Client) -> tuple[Any, Any]:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        return tools["ask"], await client.call_tool("ask", {"question": "Kestrel or Osprey?"})

    tool, result = talked(f"{service.url}/mcp", talk, mode)
    assert not result.is_error
    assert "[1]" in result.content[0].text
    assert "**Sources**" in result.content[0].text
    data = result.structured_content
    Draft202012Validator(tool.output_schema).validate(data)
    assert data["answered"]
    assert data["whole"] is None
    known = {quote["number"] for quote in data["quotes"]}
    assert {number for said in data["statements"] for number in said["quotes"]} == known
    assert len(json.dumps(data)) < 6000


def test_a_follow_up_a_refusal_and_a_whole_answer(service: Living, scripted: Any) -> None:
    url = f"{service.url}/mcp"
    called(url, "ask", question="And Osprey?", earlier=["Is Kestrel fast?"])
    assert [turn.content for turn in scripted.asked[-1][1]] == ["Is Kestrel fast?"]
    refused = called(url, "ask", question="Mars?").structured_content
    assert not refused["answered"]
    assert refused["refusal"]
    assert refused["quotes"]
    whole = called(url, "ask", question="Kestrel or Osprey?", full=True).structured_content
    assert whole["whole"]["cells"]


def test_a_comparison_names_its_cells(service: Living) -> None:
    data = called(f"{service.url}/mcp", "compare", subjects=["kestrel", "osprey"])
    said = data.structured_content["statements"]
    assert ("osprey", "speed") in {(one["subject"], one["aspect"]) for one in said}


def test_search_and_fetch_work_as_connectors_need_them(service: Living) -> None:
    """`search` gives ids, titles and urls; `fetch` the text of an id; both also as JSON text."""
    url = f"{service.url}/mcp"
    found = called(url, "search", query="speed")
    assert json.loads(found.content[0].text) == found.structured_content
    first, *_ = found.structured_content["results"]
    assert {"id", "title", "url", "text"} <= set(first)
    assert len(first["text"]) <= 303
    passage = called(url, "fetch", id=first["id"]).structured_content
    assert passage["kind"] == "passage"
    assert passage["next_offset"] is None  # an offset says nothing of a passage
    document = called(url, "fetch", id=first["document_id"], length=100).structured_content
    assert (len(document["text"]), document["next_offset"]) == (100, 100)
    rest = called(url, "fetch", id=first["document_id"], offset=100, length=50_000)
    assert rest.structured_content["next_offset"] is None
    assert passage["text"] == document["text"] + rest.structured_content["text"]
    beyond = called(url, "fetch", id=first["document_id"], offset=10**9).structured_content
    assert (beyond["text"], beyond["next_offset"]) == ("", None)


def test_nothing_follows_a_passage_within_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """An offset is looked at for documents only: who went on by it would have the same again."""
    assistant: Any = ScriptedAssistant()
    library = assistant.generation.library
    short = replace(library.passage("p-bird-review"), end=20)
    monkeypatch.setattr(library, "passage", lambda _: short)
    piece = lookups.fetch(assistant, "p-bird-review", 0, 50_000)
    assert (piece.kind, len(piece.text), piece.next_offset) == ("passage", 20, None)


@pytest.mark.parametrize(
    ("tool", "arguments", "why"),
    [
        ("fetch", {"id": "emu"}, "no passage and no document 'emu'"),
        ("compare", {"subjects": ["emu"]}, "no subject 'emu'"),
        ("ask", {"question": " "}, "the question is empty"),
        ("search", {"query": "x", "limit": 1000}, "limit"),
        ("fly", {}, "fly"),
    ],
)
def test_what_is_wrong_is_said_to_the_model(
    service: Living, tool: str, arguments: dict[str, Any], why: str
) -> None:
    result = called(f"{service.url}/mcp", tool, **arguments)
    assert result.is_error
    assert why in result.content[0].text


def test_a_fault_of_ours_tells_nothing_of_the_inside(service: Living) -> None:
    result = called(f"{service.url}/mcp", "ask", question="break it")
    assert result.is_error
    assert "secret" not in result.content[0].text


def test_documents_are_resources(service: Living) -> None:
    async def talk(client: Client) -> tuple[Any, ...]:
        templates = await client.list_resource_templates()
        sources = await client.read_resource("ragbot://sources")
        document = await client.read_resource("ragbot://documents/bird-review")
        with pytest.raises(MCPError, match="emu"):
            await client.read_resource("ragbot://documents/emu")
        return templates.resource_templates, sources.contents[0].text, document.contents[0].text

    templates, sources, document = talked(f"{service.url}/mcp", talk)
    assert {each.uri_template for each in templates} == {
        "ragbot://documents/{+id}",
        "ragbot://passages/{+id}",
    }
    assert "bird-review" in {source["id"] for source in json.loads(sources)}
    assert document.startswith("Three small databases")


def test_without_sessions_there_is_nothing_to_listen_to(client: httpx.Client) -> None:
    response = client.get("/mcp", headers={"accept": "text/event-stream"})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_over_stdio_it_is_the_same(program: StdioServerParameters) -> None:
    async def talk(client: Client) -> tuple[Any, ...]:
        tools = await client.list_tools()
        subjects = (await client.call_tool("list_subjects", {})).structured_content
        found = (await client.call_tool("search", {"query": "speed"})).structured_content
        name = found["results"][0]["id"]
        fetched = (await client.call_tool("fetch", {"id": name})).structured_content
        asked = await client.call_tool("ask", {"question": "How fast is it?"})
        return tools.tools, subjects, fetched, asked

    tools, subjects, fetched, asked = talked(program, talk)
    assert {tool.name for tool in tools} == TOOLS
    assert subjects["subjects"]
    assert subjects["aspects"]
    assert fetched["text"]
    assert not asked.is_error
