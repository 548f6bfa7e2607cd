# ruff: noqa: E501 - a sample reads best on one line
"""One suite for every reader: what a Document promises holds for samples and for garbage."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragbot.errors import ReadError
from ragbot.readers import MEDIA_TYPES, READERS, read

MARKDOWN = """\
---
title: Queues
---
# Queues {#top}

A queue holds *work* until `take()` is called.

1. Make it
   - small
2. Fill it

   ```python
   queue.put(1)
   ```

| Store | Speed |
|-------|-------|
| disk  | slow  |
|       | fast  |
"""
RST = """\
Queues
======

A queue holds *work* until :func:`~queue.Queue.take` is called.

.. note:: Never share one.

#. Make it

   * small
#. Fill it::

      queue.put(1)

=====  =====
Store  Speed
=====  =====
disk   slow
=====  =====
"""
TEXT = """\
Queues And How To Use Them

A queue holds work until somebody takes it, which may be never.

Ways to fill it

  • one by one
  • all at once

Store | Speed | Price |
disk | slow | low |
memory | fast | high |
"""
CELLS = [
    {"cell_type": "markdown", "metadata": {}, "source": ["# Queues\n", "\n", "- a\n", "- b\n"]},
    {"cell_type": "code", "metadata": {}, "source": "queue.put(1)", "outputs": []},
]
NOTEBOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": CELLS})
SYMBOL = json.dumps(
    {
        "name": "Queues",
        "aliases": ["q.Queues"],
        "kind": "function",
        "signature": "Queues(size=3)",
        "docstring": "Holds things.\n\nArgs:\n    size: how many.",
        "docformat": "markdown",
        "deprecated": "",
        "module": "q",
        "line": 1,
    }
)
HTML = """\
<!DOCTYPE html><html><head><title>Queues</title></head><body>
<h1 id="top">Queues</h1><p>A queue holds <b>work</b> until <code>take()</code> is called.</p>
<ol><li>Make it<ul><li>small</li></ul></li><li>Fill it<pre><code>queue.put(1)
queue.join()</code></pre></li></ol>
<table><tr><th>Store</th><th>Speed</th></tr><tr><td>disk</td><td>slow</td></tr></table>
</body></html>
"""
SAMPLES = {
    "text/html": HTML,
    "text/markdown": MARKDOWN,
    "text/mdx": MARKDOWN,
    "text/x-rst": RST,
    "text/plain": TEXT,
    "application/x-ipynb+json": NOTEBOOK,
    "application/x-symbol+json": SYMBOL,
}
BINARY = {"application/pdf"}  # tested on its own; here only what garbage does to it
LINE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "# Head", "Head", "====", "----", "~~~", "```", "- item", "  1. item", "a | b | c", "---|---|---",
            "| a | b |", "> [!NOTE] x", "<table><tr><td>x", "</table>", "<pre>", "</div>", "{% if %}",
            ".. note:: x", ".. unknown:: x y", "   :opt: v", ":class:`~a.b`", "=== ===", ".. |x| image:: y",
            ":::{note}", ":::", "!!! tip", "    indented", "\tx\ty\tz", "[a](b)", "\\", "`", "$x$", "|x|",
            ".. list-table::", "   * - a", "     - b", "Term", ": definition", "[^1]: note", "<li>", "<h2>",
            "<Note>", "</Note>", '<Tab label="x">', "import a from 'b'", "{x}", "/// note | T", "///", ":::tip",
            "::: a.b", '=== "Tab"', "{{< note >}}", "{{< /note >}}", "{% hint %}", "{% endhint %}", "{/* x */}",
            '--8<-- "x.md"', "| `a | b` | c |", "[^2] and [^1]", "~~~~", "<a {b", "export const a = {",
            ".. csv-table::", "   a,b", "Leave a Reply", "FastSlowBig", ".. versionadded:: 2 x", "__ x",
        ]
    ),
)  # fmt: skip
GARBAGE = st.lists(LINE, min_size=1, max_size=14).map("\n".join)


def test_every_reader_has_a_sample() -> None:
    assert set(SAMPLES) | BINARY == set(READERS)
    assert set(MEDIA_TYPES.values()) <= set(READERS)


@pytest.mark.parametrize("media_type", SAMPLES)
def test_sample(media_type, raw, contract) -> None:
    document = read(raw(SAMPLES[media_type], media_type))
    contract(document)
    assert document.title.startswith("Queues")
    assert document == read(raw(SAMPLES[media_type], media_type))
    with_dos_lines = SAMPLES[media_type].replace("\n", "\r\n")
    assert document == read(raw("\ufeff" + with_dos_lines, media_type))


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=GARBAGE)
@pytest.mark.parametrize("media_type", SAMPLES)
def test_garbage_is_read_or_refused(media_type, raw, contract, text) -> None:
    content = text.encode("utf-8", "surrogatepass")
    if media_type.endswith("json"):
        cells = [{"cell_type": "markdown", "source": text}, {"cell_type": "code", "source": text}]
        content = json.dumps({"nbformat": 4, "cells": cells}).encode()
    reason = ""
    try:
        contract(read(raw(content, media_type)))
    except ReadError as error:
        reason = str(error)
    assert not reason or re.search(r"empty|binary|UTF|no text|no symbol", reason)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=60))
@pytest.mark.parametrize("media_type", [*SAMPLES, *BINARY])
def test_bytes_are_read_or_refused(media_type, raw, contract, content) -> None:
    try:
        document = read(raw(content, media_type))
    except ReadError:
        return
    contract(document)
