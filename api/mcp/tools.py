"""The tools and resources; a transport gives them the assistant to work with."""

from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Annotated, Any, Final, Protocol, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from api.answers import AnswerOut
from api.markdown import as_markdown
from api.mcp import lookups
from api.mcp.results import AnswerResult, FetchResult, SearchResult, SubjectsResult
from api.outside import told
from api.workers import UnavailableError
from ragbot.assistant import Assistant
from ragbot.errors import NotFoundError, RagbotError
from ragbot.types import Answer
from ragbot.understand.followup import Turn

T = TypeVar("T")

_INSTRUCTIONS: Final = (
    "Answers questions about software, and compares it, from its documentation. Every statement is "
    "an exact quote with a number; quote it with its url. `ask` answers a question in words, "
    "`compare` fills a table, `search` finds passages, `fetch` opens a passage or document by id, "
    "`list_subjects` says what can be compared. Where an answer is refused, no document says it."
)
_READS: Final = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_QUESTION: Final = "the question in plain English words"


class Work(Protocol):
    """How a transport gets work done with the assistant: in a thread, by its turn."""

    def __call__(self, work: Callable[[Assistant], T], *, quick: bool) -> Awaitable[T]:
        """The result; `quick` work only looks something up.

        Raises:
            UnavailableError, RagbotError: why there is none.
        """
        ...


def server_of(work: Work) -> MCPServer[Any]:
    """The server; it works with whatever assistant `work` gives it at the time."""
    server: MCPServer[Any] = MCPServer(
        "ragbot", instructions=_INSTRUCTIONS, version=version("ragbot"), log_level="WARNING"
    )
    _add_answers(server, work)
    _add_lookups(server, work)
    _add_resources(server, work)
    return server


def _add_answers(server: MCPServer[Any], work: Work) -> None:
    async def ask(
        question: Annotated[str, Field(description=_QUESTION)],
        earlier: Annotated[
            list[str], Field(description="the questions before it, for a follow-up")
        ] = [],  # noqa: B006 - read only; a schema needs it as it is
        full: Annotated[bool, Field(description="with checks, dates and disagreements")] = False,
    ) -> Annotated[CallToolResult, AnswerResult]:
        history = [Turn("user", text) for text in earlier]
        return await _answered(work, lambda a: a.ask(question, history), full=full)

    async def compare(
        subjects: Annotated[list[str], Field(description="ids or names, two at least")],
        aspects: Annotated[
            list[str], Field(description="ids or names; none: those that most is said about")
        ] = [],  # noqa: B006
        full: Annotated[bool, Field(description="with checks, dates and disagreements")] = False,
    ) -> Annotated[CallToolResult, AnswerResult]:
        return await _answered(work, lambda a: a.compare(subjects, aspects), full=full)

    description = "Answers a question from the documents, with a numbered quote for each statement."
    server.add_tool(ask, title="Ask", description=description, annotations=_READS)
    description = "Compares subjects on aspects: a table in which every cell is quotes."
    server.add_tool(compare, title="Compare", description=description, annotations=_READS)


def _add_lookups(server: MCPServer[Any], work: Work) -> None:
    async def search(
        query: Annotated[str, Field(description="what to look for")],
        limit: Annotated[int, Field(ge=1, le=50, description="how many at most")] = 8,
    ) -> SearchResult:
        return await _done(work, lambda a: lookups.search(a, query, limit), quick=False)

    async def fetch(
        id: Annotated[str, Field(max_length=300, description="id of a passage or document")],  # noqa: A002
        offset: Annotated[int, Field(ge=0, description="of a document: where to begin")] = 0,
        length: Annotated[int, Field(ge=1, le=50_000, description="characters at most")] = 6000,
    ) -> FetchResult:
        return await _done(work, lambda a: lookups.fetch(a, id, offset, length), quick=True)

    async def list_subjects() -> SubjectsResult:
        return await _done(work, lambda a: SubjectsResult.of(a.guide), quick=True)

    description = "Finds passages of the documents, best first; `fetch` opens one."
    server.add_tool(search, title="Search", description=description, annotations=_READS)
    description = "Opens a passage, or a document piece by piece, by an id of search or a quote."
    server.add_tool(fetch, title="Fetch", description=description, annotations=_READS)
    description = "Lists what can be compared, and on what."
    server.add_tool(list_subjects, title="Subjects", description=description, annotations=_READS)


def _add_resources(server: MCPServer[Any], work: Work) -> None:
    async def read(reading: Callable[[Assistant], str]) -> str:
        try:
            return await work(reading, quick=True)
        except NotFoundError as error:
            raise ResourceNotFoundError(str(error)) from error
        except (RagbotError, UnavailableError) as error:
            raise ResourceError(told(str(error))) from error

    @server.resource(
        "ragbot://documents/{+id}", name="document", title="A document", mime_type="text/plain"
    )
    async def document(id: str) -> str:  # noqa: A002
        """The clean text of a document, in which the offsets of quotes count."""
        return await read(lambda a: a.generation.library.document(id).text)

    @server.resource(
        "ragbot://passages/{+id}", name="passage", title="A passage", mime_type="text/plain"
    )
    async def passage(id: str) -> str:  # noqa: A002
        """A passage of a document."""
        return await read(lambda a: a.generation.library.passage(id).text)

    @server.resource(
        "ragbot://sources", name="sources", title="The sources", mime_type="application/json"
    )
    async def sources() -> str:
        """Every source: its title, publisher, address, licence and how much of it is held."""
        return await read(lookups.sources)


async def _answered(
    work: Work, answering: Callable[[Assistant], Answer], *, full: bool
) -> CallToolResult:
    answer = await _done(work, answering, quick=False)
    whole = AnswerOut.from_answer(answer).model_dump(mode="json") if full else None
    result = AnswerResult.of(answer, whole)
    return CallToolResult(
        content=[TextContent(type="text", text=as_markdown(answer))],
        structured_content=result.model_dump(mode="json"),
    )


async def _done(work: Work, doing: Callable[[Assistant], T], *, quick: bool) -> T:
    try:
        return await work(doing, quick=quick)
    except (RagbotError, UnavailableError) as error:
        raise ToolError(told(str(error))) from error
