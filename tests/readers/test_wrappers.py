"""Wrappers of any dialect, nested and unbalanced as they come, cost no word of the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragbot.readers import read
from ragbot.types import BlockKind
from tests.readers.conftest import assert_contract, make_raw

WRAPPERS = (
    "<Note>", "</Note>", "<Tabs items={['a > b']}>", "</Tabs>", "<Tab title='T'>", "</Tab>",
    "<Steps>", "</Steps>", ":::tip", ":::", "::::warning Hot", "::::", "/// note | T", "///",
    "//// tab | T", "////", "import X from 'x'", "export const a = 3;", "<Icon />", "---",
    "{{< tabs >}}", "{{< /tabs >}}", '{{% tab "T" %}}', "{{% /tab %}}", '{% hint style="info" %}',
    "{% endhint %}", "{/* unseen */}",
)  # fmt: skip
SENTENCE = st.integers(0, 999).map(lambda number: f"Word{number} stays here.")
LINES = st.lists(st.one_of(SENTENCE, st.sampled_from(WRAPPERS)), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(lines=LINES)
@pytest.mark.parametrize("media_type", ["text/markdown", "text/mdx"])
def test_every_sentence_is_prose_in_its_order(media_type, lines) -> None:
    text = "Word stays here.\n\n" + "\n\n".join(lines)
    document = read(make_raw(text, media_type))
    assert_contract(document)
    said = ["Word stays here.", *(line for line in lines if line.startswith("Word"))]
    prose = [b for b in document.blocks if b.kind in {BlockKind.PROSE, BlockKind.LIST_ITEM}]
    words = [document.text[block.start : block.end] for block in prose]
    kept = [one for one in words if "stays here." in one]
    assert [f"Word{one.split('Word')[1].split(' ')[0]} stays here." for one in kept] == said
    assert "unseen" not in document.text


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ("Set `{x}` and:\n\n```js\nimport a from 'a';\n<Note>{x}</Note>\n```\n", "text/mdx"),
        ("# A\n\n```html\n<Card title='x'>\n</Card>\n```\n\n    {{< note >}}\n", "text/markdown"),
        ("Use {func}`bell.ring` and {class}`Bell`.\n\n<Note>\nx\n</Note>\n", "text/markdown"),
    ],
)
def test_code_and_roles_are_not_touched(text, media_type) -> None:
    read_text = read(make_raw(text, media_type)).text
    expected = {
        "Set": ("Set {x} and:", "import a from 'a';\n<Note>{x}</Note>"),
        "# A": ("<Card title='x'>\n</Card>",),
        "Use": ("Use bell.ring and Bell.",),
    }[text[:3]]
    assert all(words in read_text for words in expected)


def test_a_placeholder_is_no_component() -> None:
    document = read(make_raw("Give:\n\n<Name>\n\n    ring <Name>\n", "text/markdown"))
    kinds = [block.kind for block in document.blocks]
    assert kinds[-1] is BlockKind.CODE
