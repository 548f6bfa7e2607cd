"""What a quote cannot be understood without stands in its label."""

import pytest

from ragbot import statements
from ragbot.guide import Guide
from ragbot.passages import cut
from ragbot.readers import read
from tests.readers.conftest import make_raw

NESTED = "Bring:\n\n- Proof of name\n  - a pass\n  - a card\n- Two coins\n\nThen:\n\n- Wait\n"
TABBED = """\
=== "Gas"

    Light it below.

    Mind:

    - the flue

    ```sh
    light
    ```

Done.
"""


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (
            NESTED,
            {
                "Proof of name\n  - a pass\n  - a card": "Bring",
                "a pass": "Proof of name",
                "a card": "Proof of name",
                "Two coins": "Bring",
                "Wait": "Then",
            },
        ),
        (TABBED, {"Light it below.": "Gas", "the flue": "Gas | Mind", "light": "Gas", "Done.": ""}),
    ],
)
def test_labels(text, labels) -> None:
    document = read(make_raw(text, "text/markdown"))
    cuts = cut(document, lambda texts: [len(one.split()) for one in texts], 200)
    found = statements.find(document, cuts, Guide())
    assert {document.text[one.start : one.end]: one.label for one in found} == labels
