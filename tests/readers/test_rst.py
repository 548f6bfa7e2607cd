# ruff: noqa: E501 - a sample reads best on one line
import pytest
from docutils.core import publish_doctree
from docutils.parsers.rst import directives, roles

from ragbot.readers import read

RST = "text/x-rst"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*a* **b** ``c`` `d`", "a b c d"),
        (":class:`~a.b.C` and :func:`!f` and :meth:`.g`", "a.b.C and f and g"),
        (":ref:`the guide <target>` and :doc:`/page`", "the guide and page"),
        (":unknown:`kept` :octicon:`gear;1em;` :math:`x_1`", "kept x_1"),
        (":class:`Queue`s and ``put``s", "Queues and puts"),
        ("`link <https://x.test>`_ and `other`_ and word_", "link and other and word"),
        ("A |name| and |icon| here\n\n.. |name| replace:: queue\n", "A queue and here"),
        (".. role:: red\n\n:red:`hot`", "hot"),
        ("See [1]_.\n\n.. [#] unused\n.. _target: https://x.test\n\n.. a comment", "See."),
        (".. note:: Mind this.", "Note: Mind this."),
        (".. Warning::\n\n   Mind this.", "Warning: Mind this."),
        (".. deprecated:: 2.0\n   Use *it*.", "Deprecated since 2.0: Use it."),
        (".. versionadded:: 1.2", "Added in 1.2"),
        (".. unknown:: Some title\n   :opt: x\n\n   Body.", "Some title: Body."),
        (".. envvar:: HOME\n\n   Where you live.", "HOME: Where you live."),
        (
            ".. card::\n   :header: Start\n   :card_description: Read <b>on</b>.\n",
            "Start: Read on.",
        ),
        (".. figure:: x.png\n   :alt: y\n\n   What it shows.", "What it shows."),
        (".. autoclass:: a.B\n   :members:\n\n   Mind this.", "a.B: Mind this."),
        (".. class:: B()\n\n   Mind this.", "B(): Mind this."),
        (":orphan:\n\ntext", "text"),
        ("| one\n| two", "one two"),
    ],
)
def test_prose(blocks, source, expected) -> None:
    assert blocks(source, RST)[0] == ("prose", expected)


@pytest.mark.parametrize(
    "dropped",
    [
        ".. toctree::\n   :maxdepth: 2\n\n   a\n   b",
        ".. autoclass:: a.B\n   :members:\n\n   .. automethod:: c",
        ".. currentmodule:: a",
        ".. py:module:: a",
        ".. raw:: html\n\n   <p>x</p>",
        ".. image:: x.png\n   :alt: y",
        ".. include:: /etc/hostname",
        ".. literalinclude:: x.py",
        ".. contents:: In here\n   :local:",
        ".. testoutput::\n\n   1",
        ".. meta::\n   :keywords: x",
        ".. csv-table::\n   :file: /etc/hostname",
    ],
)
def test_what_is_dropped(blocks, dropped) -> None:
    assert blocks(f"before\n\n{dropped}\n\nafter", RST) == [("prose", "before"), ("prose", "after")]


@pytest.mark.parametrize(
    "source",
    [
        ".. code-block:: python\n   :linenos:\n\n   x = 1\n     y",
        ".. code::\n\n   x = 1\n     y",
        ".. testcode::\n\n   x = 1\n     y",
        "::\n\n   x = 1\n     y",
    ],
)
def test_code(blocks, source) -> None:
    assert blocks(source, RST) == [("code", "x = 1\n  y")]


GRID = "+---+---+\n| A | B |\n+===+===+\n| 1 | x |\n|   +---+\n|   | y |\n+---+---+\n"
LIST = ".. list-table::\n   :header-rows: 1\n\n   * - A\n     - B\n   * - 1\n     - x\n   * - 1\n     - y\n"
CSV = '.. csv-table::\n   :header: "A", "B"\n   :delim: ;\n\n   1; ``x``\n   1; "y"\n'
SIMPLE = "=== ===\nA   B\n=== ===\n1   x\n1   y\n=== ===\n"


@pytest.mark.parametrize("source", [GRID, LIST, CSV, SIMPLE])
def test_tables(blocks, source) -> None:
    assert blocks(source, RST) == [
        ("table_header", "A | B"),
        ("table_row", "1 | x"),
        ("table_row", "1 | y"),
    ]


def test_lists(raw) -> None:
    source = "2. two\n\n   more\n\n   * inner\n3. three\n\nterm\n  What it is.\n\n.. autosummary::\n   :toctree: x\n\n   ~a.b\n"
    document = read(raw(source, RST))
    assert document.text == "2. two\n\nmore\n\n  - inner\n3. three\n- term: What it is.\n- a.b"


def test_sections(raw) -> None:
    source = ".. _top:\n\nA\n=\n\nB ``c``\n-------\n\ntext\n\nA\n=\n\ntext\n"
    document = read(raw(source, RST))
    assert [s.heading_path for s in document.sections] == [("A",), ("A", "B c"), ("A",)]
    assert [s.anchor for s in document.sections][1] == "b-c"


def test_a_title_at_the_wrong_level_is_kept(raw) -> None:
    source = "A\n=\n\nB\n-\n\nC\n~\n\nx\n\nD\n=\n\nE\n~\n\ny\n"
    assert "E" in [s.heading_path[-1] for s in read(raw(source, RST)).sections]


def test_docutils_is_left_as_it_was(raw) -> None:
    before = directives.directive, roles.role, dict(directives._directives), dict(roles._roles)
    read(raw(".. role:: red\n.. default-role:: red\n\n:red:`x` `y` :class:`z`", RST))
    assert before[:2] == (directives.directive, roles.role)
    assert before[3] == roles._roles
    tree = publish_doctree(":class:`x`", settings_overrides={"report_level": 5})
    assert "Unknown interpreted text role" in tree.astext()


BELLS = ("prose", "About bells.")
OTHERS = ("prose", "About others.")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Bell [#]_\n  A thing.", [("list_item", "Bell: A thing."), BELLS]),
        ("Bell : loud [#]_\n  A thing.", [("list_item", "Bell: A thing."), BELLS]),
        (
            "Bells.\n\n:Bell [#]_: A thing.",
            [("prose", "Bells."), ("list_item", "Bell: A thing."), BELLS],
        ),
        (
            ".. figure:: x.png\n\n   Bell [#]_\n\n   More.",
            [("prose", "Bell"), BELLS, ("prose", "More.")],
        ),
        (
            "Bells.\n\n  So.\n\n  -- Bell [#]_",
            [*[("prose", t) for t in ("Bells.", "So.", "Bell")], BELLS],
        ),
        (
            ".. table:: Bell [#]_\n\n   = =\n   1 2\n   = =",
            [("prose", "Bell"), ("table_row", "1 | 2"), BELLS],
        ),
    ],
)
@pytest.mark.parametrize("number", [False, True])
def test_a_note_stands_where_it_is_referred_to(blocks, source, expected, number) -> None:
    text = f"{source}\n\nOther [#]_.\n\n.. [#] About bells.\n.. [#] About others.\n"
    for sign in ("1", "2") if number else ():
        text = text.replace("[#]_", f"[{sign}]_", 1).replace(".. [#]", f".. [{sign}]", 1)
    assert blocks(text, RST) == [*expected, ("prose", "Other."), OTHERS]


def test_notes_that_go_by_sign_and_by_number_have_orders_of_their_own(blocks) -> None:
    source = "Bell [*]_\n\nOther [#]_.\n\n.. [#] About others.\n.. [*] About bells.\n"
    assert blocks(source, RST) == [("prose", "Bell"), BELLS, ("prose", "Other."), OTHERS]


@pytest.mark.parametrize(
    "source",
    [
        "Other.\n\n.. [1] About bells [1]_.\n\nMore.",
        "Other.\n\n:orphan: x [1]_\n\n.. [1] About bells.\n\nMore.",
        ".. admonition:: Bell [#]_\n\n   Other [#]_.\n\n.. [#] About bells.\n.. [#] About others.",
    ],
)
def test_a_note_whose_reference_is_not_written_is_kept(blocks, source) -> None:
    found = blocks(source, RST)
    assert found.count(BELLS) == 1
    assert OTHERS not in found or found[:2] == [("prose", "Bell: Other."), OTHERS]
