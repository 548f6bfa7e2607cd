"""Tutorials that are written as Python scripts."""

from ragbot.readers import read
from ragbot.sources.git_gallery import gallery_text
from ragbot.types import RawDocument

from .taking import SOURCE

SCRIPT = '''\
# -*- coding: utf-8 -*-
"""
Herons
======

They *wade*.
"""
# sphinx_gallery_thumbnail_path = 'heron.png'

import heron  # the bird

######################################################################
# Waiting
# -------
# A heron waits for:
#
#   * fish
#

def wait():
    # not a text

    return "fish"

# %% ignored
# It strikes.
wait()
'''


def test_text_and_code_in_turn():
    content = gallery_text(SCRIPT).encode()
    facts = dict.fromkeys(("title", "url", "published", "updated", "version", "licence"), "")
    raw = RawDocument(
        SOURCE, "herons.py", content, "text/x-rst", subjects=(), obtained="git", **facts
    )
    document = read(raw)
    assert [
        (block.kind.value, document.text[block.start : block.end]) for block in document.blocks
    ] == [
        ("heading", "Herons"),
        ("prose", "They wade."),
        ("code", "import heron  # the bird"),
        ("heading", "Waiting"),
        ("prose", "A heron waits for:"),
        ("list_item", "fish"),
        ("code", 'def wait():\n    # not a text\n\n    return "fish"'),
        ("prose", "It strikes."),
        ("code", "wait()"),
    ]


def test_scripts_that_are_no_tutorial():
    assert gallery_text("x = 1") == ""
    assert gallery_text("def (") == ""
    assert gallery_text("\x00") == ""
    assert gallery_text("(" * 500) == ""
