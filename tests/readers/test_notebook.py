import json

import pytest

from ragbot.errors import ReadError
from ragbot.readers import read

IPYNB = "application/x-ipynb+json"
LICENCE = (
    "#@title Licensed under the Apache License, Version 2.0\n"
    "# distributed WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND\n"
)


def notebook(*cells: tuple[str, str]) -> str:
    made = [
        {"cell_type": kind, "metadata": {}, "source": source, "outputs": [{"text": "printed"}]}
        for kind, source in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


def test_cells_in_order_without_outputs(blocks) -> None:
    source = notebook(
        ("markdown", "##### Copyright 2020 The Queue Authors."),
        ("code", LICENCE),
        ("markdown", '<table class="tfo-notebook-buttons"><td>View on queue.org</td></table>'),
        ("markdown", "# Queues\n\n- one"),
        ("code", "%pip install queue\n!ls\nqueue.put(1)"),
        ("raw", "dropped"),
        ("markdown", "- two"),
    )
    assert blocks(source, IPYNB) == [
        ("heading", "Queues"),
        ("list_item", "one"),
        ("code", "%pip install queue\n!ls\nqueue.put(1)"),
        ("list_item", "two"),
    ]


def test_an_old_notebook_is_upgraded(blocks) -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Queues"]},
        {
            "cell_type": "code",
            "language": "python",
            "input": ["x = 1"],
            "outputs": [],
            "metadata": {},
        },
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    assert blocks(json.dumps(old), IPYNB) == [("heading", "Queues"), ("code", "x = 1")]


@pytest.mark.parametrize(
    "source",
    ["[1, 2]", '{"a": 1}', "{not json", '{"nbformat": 4}', '{"nbformat": 3}', "[" * 100_000],
)
def test_what_is_no_notebook_is_refused(raw, source) -> None:
    with pytest.raises(ReadError, match=r"notebook"):
        read(raw(source, IPYNB))
