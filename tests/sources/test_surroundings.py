"""Documents take in the files that they name, and what their project's settings say of them."""

import time
from pathlib import Path

import pytest

from ragbot.readers import read
from ragbot.readers.includes import names_in
from ragbot.sources import gather
from ragbot.types import RawDocument


def put(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def documents(folder: Path) -> dict[str, RawDocument]:
    both = gather(folder, folder / "no-index", 100_000)
    return {one.path: one for one in both if isinstance(one, RawDocument)}


def text_of(folder: Path, path: str) -> str:
    return read(documents(folder)[path]).text


def dropped(folder: Path, path: str) -> dict[str, int]:
    return dict(read(documents(folder)[path]).dropped)


CODE = """\
# first


@wrapped
def ring(bell):
    return bell


# --8<-- [start:oil]
oil = 3
# --8<-- [end:oil]
"""
MYST = "# Bells\n\n```{literalinclude} ../src/bell.py\n:lines: 1\n```\n"


@pytest.fixture
def corpus(tmp_path) -> Path:
    return put(
        tmp_path / "corpus", **{"src/bell.py": CODE, "docs/parts/rule.inc": "Ring *twice*.\n"}
    )


@pytest.mark.parametrize(
    ("name", "markup", "expected"),
    [
        ("a.rst", "Bells\n=====\n\n.. include:: parts/rule.inc\n", "Bells\n\nRing twice."),
        (
            "a.rst",
            "Bells\n=====\n\n.. literalinclude:: ../src/bell.py\n   :pyobject: ring\n",
            "Bells\n\n@wrapped\ndef ring(bell):\n    return bell",
        ),
        ("a.rst", "See\n\n.. literalinclude:: /../src/bell.py\n   :lines: 1\n", "See\n\n# first"),
        ("a.md", '# Bells\n\n--8<-- "parts/rule.inc"\n', "Bells\n\nRing twice."),
        ("a.md", '# Bells\n\n```py\n--8<-- "src/bell.py:oil"\n```\n', "Bells\n\noil = 3"),
        ("a.md", "# Bells\n\n{* ../src/bell.py ln[1] hl[1] *}\n", "Bells\n\n# first"),
        ("a.md", "# Bells\n\n{!parts/rule.inc!}\n", "Bells\n\nRing twice."),
        ("a.md", '# Bells\n\n{% include "parts/rule.inc" %}\n', "Bells\n\nRing twice."),
        (
            "a.md",
            "# Bells\n\n```{literalinclude} ../src/bell.py\n:lines: 1\n```\n",
            "Bells\n\n# first",
        ),
        ("a.md", "# Bells\n\n<!--@include: ./parts/rule.inc-->\n", "Bells\n\nRing twice."),
        ("a.md", "# Bells\n\n--8<--\nparts/rule.inc\n--8<--\n", "Bells\n\nRing twice."),
    ],
)
def test_files_that_are_there_are_taken_in(corpus, name, markup, expected) -> None:
    put(corpus, **{f"docs/{name}": markup})
    assert text_of(corpus, f"docs/{name}") == expected


@pytest.mark.parametrize(
    "markup", ["Text.\n\n.. include:: ../../secret.inc\n", "Text.\n\n.. include:: link.inc\n"]
)
def test_nothing_outside_of_the_corpus_is_taken_in(corpus, markup) -> None:
    put(corpus.parent, **{"secret.inc": "Hidden words."})
    put(corpus, **{"docs/a.rst": markup})
    (corpus / "docs/link.inc").symlink_to(corpus.parent / "secret.inc")
    assert text_of(corpus, "docs/a.rst") == "Text."
    assert [name for name in dropped(corpus, "docs/a.rst") if "is not there" in name]


def test_a_document_of_its_own_is_not_said_by_two_voices(corpus) -> None:
    put(corpus, **{"docs/a.rst": "Bells.\n\n.. include:: b.rst\n", "docs/b.rst": "Yokes.\n"})
    assert text_of(corpus, "docs/a.rst") == "Bells."
    assert dropped(corpus, "docs/a.rst") == {"include of a document that is read by itself": 1}


def test_files_that_take_in_each_other_come_to_an_end(corpus) -> None:
    put(
        corpus,
        **{
            "docs/a.rst": "Bells.\n\n.. include:: x.inc\n",
            "docs/x.inc": "Here.\n\n.. include:: y.inc\n",
            "docs/y.inc": "There.\n\n.. include:: x.inc\n",
            "docs/b.md": 'Bells.\n\n--8<-- "z.inc"\n',
            "docs/z.inc": 'Again.\n\n--8<-- "z.inc"\n',
        },
    )
    assert text_of(corpus, "docs/a.rst").startswith("Bells.\n\nHere.\n\nThere.")
    assert text_of(corpus, "docs/b.md").startswith("Bells.\n\nAgain.")


def test_a_change_of_what_is_taken_in_is_a_change_of_the_document(corpus) -> None:
    put(corpus, **{"docs/a.rst": "Bells.\n\n.. include:: parts/rule.inc\n"})
    before = documents(corpus)["docs/a.rst"]
    put(corpus, **{"docs/parts/rule.inc": "Ring once.\n"})
    assert documents(corpus)["docs/a.rst"] != before


CONF = """\
project = "Bells"
release = "3.1.4"
version = release[:3]
source_suffix = {".rst": "restructuredtext", ".txt": "restructuredtext"}
rst_epilog = '''
.. |maker| replace:: the *founder*
'''
html_baseurl = "https://bells.test/en/"
raise SystemExit("this is data")
"""


def test_sphinx_settings_give_substitutions_endings_and_addresses(corpus) -> None:
    short = "Bells |release| of |maker|, |unknown|.\n"
    put(corpus, **{"docs/conf.py": CONF, "docs/guide/a.txt": short})
    raw = documents(corpus)["docs/guide/a.txt"]
    assert raw.url == "https://bells.test/en/guide/a.html"
    assert read(raw).text == "Bells 3.1.4 of the founder, ."


MKDOCS = """\
site_url: https://bells.test/
nav:
  - Home: index.md
  - Guide:
      - Ringing for beginners: guide/ring.md
plugins: !!python/name:os.system ls
"""


def test_mkdocs_settings_give_titles_and_addresses(corpus) -> None:
    page = "# Ring\n\nRing the bell.\n"
    put(corpus, **{"mkdocs.yml": MKDOCS, "docs/index.md": page, "docs/guide/ring.md": page})
    found = documents(corpus)
    assert found["docs/index.md"].url == "https://bells.test/"
    assert found["docs/guide/ring.md"].url == "https://bells.test/guide/ring/"
    assert read(found["docs/guide/ring.md"]).title == "Ringing for beginners"


@pytest.mark.parametrize("settings", ["nav: [", "- a\n- b\n", "site_url: [1]\nnav: 3\n", ""])
def test_broken_settings_cost_nothing(corpus, settings) -> None:
    put(corpus, **{"mkdocs.yml": settings, "docs/conf.py": "x = (", "docs/a.md": "Ring.\n"})
    assert text_of(corpus, "docs/a.md") == "Ring."


@pytest.mark.parametrize(
    "line",
    [
        ".. include:: a" + " " * 60_000 + "b",
        "{!" + " " * 60_000,
        "-" * 60_000,
        "{* a" + "*} " * 30_000,
    ],
    ids=["directive", "braces", "dashes", "stars"],
)
def test_what_is_looked_for_in_a_long_line_is_found_at_once(line) -> None:
    began = time.process_time()
    assert len(list(names_in(f"{line}\n" * 2))) < 5
    assert time.process_time() - began < 5


def test_settings_nested_too_deeply_cost_nothing(corpus) -> None:
    deep = "x = " + "(" * 100_000
    put(
        corpus,
        **{"docs/conf.py": deep, "mkdocs.yml": "nav: " + "[" * 5_000, "docs/a.md": "Ring.\n"},
    )
    assert text_of(corpus, "docs/a.md") == "Ring."
