# ruff: noqa: E501 - a sample reads best on one line
"""A symbol becomes a document: name, signature, sections, arguments as items, examples as code."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragbot.errors import ReadError
from ragbot.readers.docstring import fenced, read_symbol, without_signature
from ragbot.readers.docstring_parts import entries, parts

GOOGLE = """\
saw(board, teeth=24) -> Board

Saws :attr:`board` with :func:`~tools.blade`.

>>> saw(b)
Board

.. note:: Wear gloves.

Note:
    Mind the dog.

Args:
    board (:class:`tools.Board`, optional): What is cut,
        in one piece.

        It must be dry.
    teeth: How fine it is
    \\*\\*rest: Anything else.

Shape:
    - Input: :math:`(N, C)`

Returns:
    Board: two pieces.

Example::

    >>> saw(b)
    (1, 2)
"""
MARKDOWN = """\
Saws a `board`.

Example:

>>> saw(b)
Board

```python
# Args:
saw(c)
```

@compatibility(old)
Gone.
@end_compatibility

Args:
  board: What is **cut**:

    * wood
    * metal
  teeth: How fine. Default: `3`.
"""
NUMPY = """\
Saws.

Parameters
----------
board : Board
    What is cut.
teeth : int, optional
    How fine.

Returns
-------
Board
    Two pieces.
"""


def symbol(docstring: str, docformat: str = "rst", **more: object) -> str:
    told = {
        "name": "tools.saw",
        "aliases": ["saw"],
        "signature": "tools.saw(board, teeth=24)",
        "defaults": {"teeth": "24"},
        "docstring": docstring,
        "docformat": docformat,
        "deprecated": "",
    }
    return json.dumps(told | more)


@pytest.fixture
def shown(raw, contract):
    def of(content: str) -> list[tuple[str, str]]:
        document = read_symbol(raw(content, "application/x-symbol+json"))
        contract(document)
        return [(b.kind.value, document.text[b.start : b.end]) for b in document.blocks]

    return of


def test_google_sections_and_sphinx_roles(shown) -> None:
    assert shown(symbol(GOOGLE)) == [
        ("heading", "tools.saw"),
        ("code", "tools.saw(board, teeth=24)"),
        ("prose", "Also known as: saw."),
        ("prose", "Saws board with tools.blade."),
        ("code", ">>> saw(b)\nBoard"),
        ("prose", "Note: Wear gloves."),
        ("prose", "Note: Mind the dog."),
        ("prose", "Args:"),
        ("list_item", "board (tools.Board, optional): What is cut, in one piece."),
        ("prose", "It must be dry."),
        ("list_item", "teeth (default 24): How fine it is"),
        ("list_item", "**rest: Anything else."),
        ("prose", "Shape:"),
        ("list_item", "Input: (N, C)"),
        ("prose", "Returns:"),
        ("prose", "Board: two pieces."),
        ("prose", "Example:"),
        ("code", ">>> saw(b)\n(1, 2)"),
    ]


def test_markdown_with_doctests(shown) -> None:
    assert shown(symbol(MARKDOWN, "markdown"))[3:] == [
        ("prose", "Saws a board."),
        ("prose", "Example:"),
        ("code", ">>> saw(b)\nBoard"),
        ("code", "# Args:\nsaw(c)"),
        ("prose", "Gone."),
        ("prose", "Args:"),
        ("list_item", "board: What is cut:"),
        ("list_item", "wood"),
        ("list_item", "metal"),
        ("list_item", "teeth: How fine. Default: 3."),
    ]


def test_numpy_sections(shown) -> None:
    assert shown(symbol(NUMPY))[4:8] == [
        ("prose", "Parameters:"),
        ("list_item", "board (Board): What is cut."),
        ("list_item", "teeth (int, optional) (default 24): How fine."),
        ("prose", "Returns:"),
    ]


def test_deprecated_leads_and_members_show_no_aliases(shown) -> None:
    blocks = shown(symbol("Text.", deprecated="use tools.cut.", owner="tools"))
    assert blocks[2:] == [("prose", "Deprecated: use tools.cut."), ("prose", "Text.")]


@pytest.mark.parametrize("content", ["[]", "{}", "nothing", '{"name": 1}', symbol(3)])  # type: ignore[arg-type]
def test_what_is_no_symbol_is_refused(raw, content) -> None:
    with pytest.raises(ReadError, match="no symbol"):
        read_symbol(raw(content, "application/x-symbol+json"))


def test_parts_and_entries() -> None:
    assert [part.title for part in parts("Text:\n\nArgs:\n  a: b\n\nSee this:\nmore")] == [
        "", "Args", ""
    ]  # fmt: skip
    assert [(e.name, e.text) for e in entries("a: one\n  two\nb (int): three")] == [
        ("a", "one\ntwo"),
        ("b (int)", "three"),
    ]
    assert entries("Nothing but words.") == []
    assert entries("  indented") == []
    assert without_signature("saw(a,\n  b) -> X\n\nText", "saw") == "Text"
    assert without_signature("saw(a", "saw") == "saw(a"
    assert fenced("```\n>>> a\n```") == "```\n>>> a\n```"


LINE = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "Args:", "  a: b", "    c (int): d", "Parameters", "----------", "a : int", ">>> x", "```",
            "Example::", "Note:", ".. note:: x", "saw(", "- item", ":class:`~a.b`", "**kw: x", "$x$",
            "@compatibility(x)", "Returns:", "\tx", "| a | b |", "====", "'a': b", "\\*args: c",
        ]
    ),
)  # fmt: skip


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.lists(LINE, max_size=12).map("\n".join))
@pytest.mark.parametrize("docformat", ["rst", "markdown"])
def test_garbage_keeps_the_contract(shown, docformat, text) -> None:
    assert shown(symbol(text, docformat))
