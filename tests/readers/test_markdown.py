# ruff: noqa: E501 - a sample reads best on one line
import pytest

from ragbot.readers import read

MD = "text/markdown"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*a* **b** `c` ~~d~~", [("prose", "a b c d")]),
        ("See [the guide](https://x.test/y) &amp; more", [("prose", "See the guide & more")]),
        ("![A wide graph](g.png) and ![](h.png) ![i.png](i.png)", [("prose", "A wide graph and")]),
        ("one<br>two <b>three</b> <model-name>", [("prose", "one two three <model-name>")]),
        ("10<sup>5</sup> rows", [("prose", "10^5 rows")]),
        ("$a_i * b_i$ is small", [("prose", "a_i * b_i is small")]),
        ("{% if a %}Shown{% endif %} {{ name }}text {: .big}", [("prose", "Shown text")]),
        ("[TOC]\n\ntext", [("prose", "text")]),
        (
            "(target)=\n\ntext {doc}`other page <x>` {py:class}`~a.B`",
            [("prose", "text other page a.B")],
        ),
        ("- [x] done\n- [ ] open", [("list_item", "done"), ("list_item", "open")]),
        ("> quoted\n> words", [("prose", "quoted words")]),
        ("> [!NOTE]\n> Mind this.", [("prose", "Note: Mind this.")]),
        ("> **Warning**\n> Mind this.", [("prose", "Warning: Mind this.")]),
        ("> **Tip:** Mind this.", [("prose", "Tip: Mind this.")]),
        ("!!! Note\n    Mind this.", [("prose", "Note: Mind this.")]),
        ('!!! note "Important note"\n    Mind this.', [("prose", "Important note: Mind this.")]),
        (":::{tip} Speed\nMind this.\n:::", [("prose", "Tip: Speed: Mind this.")]),
        ("```{warning}\n:class: x\nMind *this*.\n```", [("prose", "Warning: Mind this.")]),
        ("```{toctree}\na\nb\n```\n\ntext", [("prose", "text")]),
        ("```{code-block} python\n:linenos:\nx = 1\n```", [("code", "x = 1")]),
        ("```{eval-rst}\n.. note:: :func:`~a.b` it\n```", [("prose", "Note: a.b it")]),
        ("    indented\n      code", [("code", "indented\n  code")]),
        ("Term\n: what it is", [("list_item", "Term: what it is")]),
        ("Fact[^1].\n\n[^1]: Source.", [("prose", "Fact."), ("prose", "Source.")]),
        ("[Run in Google Colab](x) • [View on GitHub](y)\n\ntext", [("prose", "text")]),
        (
            ":::::{grid}\n::::{card} Start\n- here\n::::\n:::::",
            [("prose", "Start:"), ("list_item", "here")],
        ),
    ],
)
def test_constructs(blocks, source, expected) -> None:
    assert blocks(source, MD) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<!-- note -->\n\ntext", [("prose", "text")]),
        ("<script>\nx()\n\ny()\n</script>\n\ntext", [("prose", "text")]),
        ("<pre>\na\n\n  b &lt; c\n</pre>", [("code", "a\n\n  b < c")]),
        (
            "<div>\n<section>\n<h3>Java</h3>\n<p><pre class='x'>\nint a;\n\n* b;\n</pre></p>\n</section>\n</div>",
            [("heading", "Java"), ("code", "int a;\n\n* b;")],
        ),
        (
            '<div class="k-default-codeblock">\n```\nEpoch 1\n\n```\n</div>\nAfter',
            [("prose", "After")],
        ),
        ("<details>\n```\nx\n```\n</details>\n\ntext", [("code", "x"), ("prose", "text")]),
        ("<ol><li>one<li>two</ol>", [("list_item", "one"), ("list_item", "two")]),
        ('<aside class="note"> Mind <b>this</b>.</aside>', [("prose", "Note: Mind this.")]),
        (
            "<table>\n<tr><th>A</th><th>B</th></tr>\n\n<tr><td>`1`</td><td>x<br>y</td></tr></table>",
            [("table_header", "A | B"), ("table_row", "1 | x y")],
        ),
        (
            '<table class="notebook-buttons"><td><a href="x">View source on GitHub</a></td></table>\n\ntext',
            [("prose", "text")],
        ),
    ],
)
def test_html(blocks, source, expected) -> None:
    assert blocks(source, MD) == expected


def test_tables(blocks) -> None:
    source = "| Store | **Speed** |\n|---|:-:|\n| a \\| b | [slow](x) |\n| c | |\n"
    assert blocks(source, MD) == [
        ("table_header", "Store | Speed"),
        ("table_row", "a | b | slow"),
        ("table_row", "c | "),
    ]


def test_list_tables(blocks) -> None:
    source = "```{list-table} Stores\n:header-rows: 1\n\n* - Name\n  - Speed\n* - disk\n  - {doc}`slow`\n```"
    assert blocks(source, MD) == [
        ("prose", "Stores"),
        ("table_header", "Name | Speed"),
        ("table_row", "disk | slow"),
    ]


def test_nested_lists_keep_their_order_depth_and_numbers(raw) -> None:
    source = "3. first\n\n   more\n\n   ```\n   code\n   ```\n   - inner\n4. second\n"
    document = read(raw(source, MD))
    assert document.text == "3. first\n\nmore\n\ncode\n\n  - inner\n4. second"
    assert [block.depth for block in document.blocks] == [0, 0, 0, 1, 0]


def test_headings_make_paths_and_anchors(raw) -> None:
    source = "# A `b`\n\n## C {#see}\n\n## D {: #dee .x}\n\n## C\n\nUnder\n=====\n"
    document = read(raw(source, MD))
    assert [(s.heading_path, s.anchor) for s in document.sections] == [
        (("A b",), "a-b"),
        (("A b", "C"), "see"),
        (("A b", "D"), "dee"),
        (("A b", "C"), "c"),
        (("Under",), "under"),
    ]


def test_the_title_comes_from_the_front_matter(raw) -> None:
    document = read(raw("---\ntitle: Queues\n---\n# Head\n", MD))
    assert document.title == "Queues"
    assert document.text == "Head"


def test_a_note_of_a_term_stands_in_its_item(blocks) -> None:
    source = "Bell[^1]\n: A thing.\n: Loud[^2].\n\nMore.\n\n[^1]: About bells.\n[^2]: At noon.\n"
    assert blocks(source, MD) == [
        ("list_item", "Bell: A thing."),
        ("prose", "About bells."),
        ("list_item", "Loud."),
        ("prose", "At noon."),
        ("prose", "More."),
    ]
