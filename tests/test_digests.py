"""The article digests are in our own words, complete in form, and quotable line by line.

The originals are not part of this repository.  Where the folder ``shared/corpus/articles`` lies
beside the checkout, every digest is compared with every original; elsewhere those tests skip.
All the other tests here need nothing but the repository itself.
"""

from __future__ import annotations

import html
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
ORIGINALS = ROOT.parent / "shared" / "corpus" / "articles"

RUN = 8
"""A run of this many equal words, or more, counts as copied."""

DIGESTS = ("rapidops", "topdlearning", "itechgen", "codeinpython")
REQUIRED = ("title", "author", "publisher", "url", "published", "kind", "licence")
SHARED_WITH_SOURCES = ("title", "author", "publisher", "url", "published", "kind", "licence")
MIN_HEADINGS = 8
MIN_SENTENCE, MAX_SENTENCE = 10, 35

_WORD = re.compile(r"[a-z0-9]+")
_URL = re.compile(r"<?https?://[^\s>\"]+>?")
_TAG = re.compile(r"<[a-zA-Z/][^>]*>")
_HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)
_ITEM = re.compile(r"^(?:[-*+]|\d+\.) ")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"])")
_BARE_SUBJECT = re.compile(
    r"^(?:It|Its|They|Their|He|His|She|Her|We|Our|These|Those|The former|The latter"
    r"|(?:This|That|The|All three|All) (?:framework|frameworks|library|tool|one))\b"
)


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the front matter of a digest as a mapping of strings, and the body below it.

    A value that YAML reads as something else (a bare date, a number, nothing) is an error, for it
    would reach the reader in another form than it was written.
    """
    match = re.match(r"\A---\n(.*?)\n---\n(.*)\Z", text, re.DOTALL)
    if match is None:
        raise ValueError("no front matter between two lines of three hyphens")
    fields = yaml.safe_load(match[1])
    if not isinstance(fields, dict):
        raise ValueError("the front matter is no mapping")
    if wrong := [key for key, value in fields.items() if not isinstance(value, str)]:
        raise ValueError(f"the front matter has values that are no strings: {wrong}")
    return {key: value.strip() for key, value in fields.items()}, match[2]


def word_segments(text: str, *, names: tuple[str, ...] = ()) -> list[list[str]]:
    """Return the words of ``text`` (lower case), in segments within which a run is looked for.

    Table rows (lines that begin with ``|``, or hold `` | `` twice), addresses, tags and the given
    ``names`` are taken out.  A cut ends a run of words, and so does a Markdown heading, which is
    a segment of its own; a mere line break does not.
    """
    lines = html.unescape(text).replace("\0", " ").splitlines()
    for number, line in enumerate(lines):
        if line.lstrip().startswith("|") or line.count(" | ") >= 2:
            lines[number] = "\0"
        elif _HEADING.match(line):
            lines[number] = f"\0{line}\0"
    cleaned = _TAG.sub("\0", _URL.sub("\0", "\n".join(lines)))
    for name in names:
        cleaned = cleaned.replace(name, "\0")
    return [_WORD.findall(part.lower()) for part in cleaned.split("\0")]


def copied_runs(
    digest: str, original: str, *, length: int = RUN, names: tuple[str, ...] = ()
) -> list[str]:
    """Return every run of ``length`` words that ``digest`` and ``original`` have in common.

    Case and punctuation do not count.  A longer common run is reported once, in full.
    """
    known = {
        tuple(words[start : start + length])
        for words in word_segments(original)
        for start in range(len(words) - length + 1)
    }
    found: list[str] = []
    for words in word_segments(digest, names=names):
        start = 0
        while start + length <= len(words):
            end = start + length
            if tuple(words[start:end]) not in known:
                start += 1
                continue
            while end < len(words) and tuple(words[end - length + 1 : end + 1]) in known:
                end += 1
            found.append(" ".join(words[start:end]))
            start = end - length + 2
    return found


def sentences(body: str) -> list[str]:
    """Return the sentences of the prose and of the lists of ``body``, without headings, tables."""
    found: list[str] = []
    for line in body.splitlines():
        if not line.strip() or line.startswith(("#", "|")):
            continue
        found.extend(_SENTENCE_END.split(_ITEM.sub("", line.strip())))
    return found


def read_digest(name: str) -> tuple[dict[str, str], str]:
    """Return the front matter and the body of the digest ``name`` of the shipped corpus."""
    path = CORPUS / "articles" / f"{name}.md"
    return split_front_matter(path.read_text(encoding="utf-8"))


def read_originals() -> dict[str, str]:
    """Return the original articles by file name, or skip the test where they are not at hand."""
    paths = sorted(ORIGINALS.glob("*.txt")) if ORIGINALS.is_dir() else []
    if not paths:
        pytest.skip("the original articles (shared/corpus/articles beside the checkout) are absent")
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


@pytest.mark.parametrize("name", DIGESTS)
def test_no_run_of_words_is_copied(name: str) -> None:
    """No digest has eight equal words in a row with any original, tables and title aside."""
    originals = read_originals()
    fields, body = read_digest(name)
    copied = {
        file: runs
        for file, original in originals.items()
        if (runs := copied_runs(body, original, names=(fields["title"],)))
    }
    assert copied == {}


@pytest.mark.parametrize("name", DIGESTS)
def test_front_matter_is_complete(name: str) -> None:
    """Every required key is there with a value, and the kind is a digest."""
    fields, _ = read_digest(name)
    assert [key for key in REQUIRED if not fields.get(key)] == []
    assert fields["kind"] == "digest"
    assert re.fullmatch(r"undated|\d{4}(-\d{2}(-\d{2})?)?", fields["published"])
    assert re.fullmatch(r"unknown|https?://\S+", fields["url"])


@pytest.mark.parametrize("name", DIGESTS)
def test_body_has_its_parts(name: str) -> None:
    """The body opens by calling itself a digest, has its headings, and names every framework."""
    fields, body = read_digest(name)
    opening = body.strip().splitlines()[0]
    assert "digest" in opening
    assert "in our own words" in opening
    assert fields["title"] in opening
    assert len(_HEADING.findall(body)) >= MIN_HEADINGS
    for framework in ("Keras", "TensorFlow", "PyTorch"):
        assert re.search(rf"^#+ .*{framework}", body, re.MULTILINE), f"no heading on {framework}"
        assert any(framework in sentence for sentence in sentences(body))


@pytest.mark.parametrize("name", DIGESTS)
def test_headings_have_something_under_them(name: str) -> None:
    """No heading is doubled, and none is followed by a heading of its own or a higher level."""
    _, body = read_digest(name)
    blocks = [line for line in body.splitlines() if line.strip()]
    headings = [line for line in blocks if line.startswith("#")]
    assert len(set(headings)) == len(headings)
    for line, following in zip(blocks, [*blocks[1:], "# end"], strict=True):
        if line.startswith("#") and following.startswith("#"):
            assert len(following.split()[0]) > len(line.split()[0]), f"nothing under {line!r}"


@pytest.mark.parametrize("name", DIGESTS)
def test_sentences_can_be_quoted_alone(name: str) -> None:
    """Each sentence names its subject, has a quotable length, ends as one, and comes once."""
    _, body = read_digest(name)
    found = sentences(body)
    assert [s for s in found if _BARE_SUBJECT.match(s)] == []
    assert [s for s in found if not s.endswith(".")] == []
    counted = {s: len(s.split()) for s in found}
    assert {s: n for s, n in counted.items() if not MIN_SENTENCE <= n <= MAX_SENTENCE} == {}
    assert len(counted) == len(found)


@pytest.mark.parametrize("name", DIGESTS)
def test_tables_are_even(name: str) -> None:
    """Every row of a table has as many cells as the head of the table, and no cell is empty."""
    _, body = read_digest(name)
    width = 0
    for line in body.splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        width = width or len(cells)
        assert len(cells) == width, line
        assert all(cells), line


@pytest.mark.parametrize("name", DIGESTS)
def test_sources_file_agrees_with_front_matter(name: str) -> None:
    """``sources.toml`` has one entry for each digest, which says what the digest itself says."""
    fields, _ = read_digest(name)
    with (CORPUS / "sources.toml").open("rb") as file:
        entries = tomllib.load(file)["source"]
    ids = [entry["id"] for entry in entries]
    assert len(set(ids)) == len(ids)
    path = f"articles/{name}.md"
    [entry] = [
        entry
        for entry in entries
        if path in (entry["obtain"].get("path"), entry["obtain"].get("stand_in"))
    ]
    # An article that is fetched is no digest; its stand-in is, and becomes one when it is read.
    shared = set(SHARED_WITH_SOURCES) - ({"kind"} if "stand_in" in entry["obtain"] else set())
    assert {key: entry[key] for key in shared} == {key: fields[key] for key in shared}


def test_every_digest_file_is_tested() -> None:
    """No digest lies in the folder without being named in this module."""
    assert sorted(path.stem for path in (CORPUS / "articles").glob("*.md")) == sorted(DIGESTS)


ORIGINAL = "All is well. The small green robot walked slowly over the old stone bridge at dawn."


def test_copied_runs_finds_a_copied_sentence() -> None:
    """A copied run is found across case, punctuation and line ends, and reported in full."""
    copied = "As they say,\nthe SMALL, green robot *walked* slowly over\n\nthe old: stone tower."
    expected = ["the small green robot walked slowly over the old stone"]
    assert copied_runs(copied, ORIGINAL) == expected
    assert copied_runs("Robot walked slowly over the old stone bridge!", ORIGINAL) != []


def test_copied_runs_lets_seven_words_pass() -> None:
    """Seven equal words are no copy, and neither are the same words in another order."""
    assert copied_runs("The small green robot walked slowly over a wall.", ORIGINAL) == []
    assert copied_runs("At dawn the robot, small and green, crossed a bridge.", ORIGINAL) == []


def test_copied_runs_skips_tables_names_and_addresses() -> None:
    """Table rows, given names and addresses do not count; headings do, but only by themselves."""
    row = "| The small green robot walked slowly over the old stone bridge |"
    assert copied_runs(row, ORIGINAL) == []
    assert copied_runs(f"the small green robot\n{row}\nwalked slowly over the old", ORIGINAL) == []
    title = "The small green robot walked slowly over the old stone bridge"
    assert copied_runs(f"A digest of {title}.", ORIGINAL, names=(title,)) == []
    assert copied_runs("the small green robot\n## Walked\nslowly over the old", ORIGINAL) == []
    assert copied_runs(f"## {title}", ORIGINAL) == [title.lower()]
    address = "https://example.org/a/b/c/d/e/f/g/h"
    assert copied_runs(f"See <{address}>.", f"Look at {address}.") == []
    assert copied_runs("a b c d e f g h", "x | a b c d e f g h | y |") == []


def test_copied_runs_reads_entities() -> None:
    """Entities of an original count as the characters they stand for."""
    original = "one two three &#8220;four&#8221; five six seven eight"
    assert copied_runs('one two three "four" five six seven eight', original) != []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("no front matter at all", "no front matter"),
        ("---\ntitle: A\n", "no front matter"),
        ("---\njust words\n---\nbody", "no mapping"),
        ("---\npublished: 2017-08-07\n---\nbody", "published"),
        ("---\nauthor:\n---\nbody", "author"),
    ],
)
def test_split_front_matter_refuses_faults(text: str, fault: str) -> None:
    """Front matter that is missing, unclosed, no mapping, or not made of strings is an error."""
    with pytest.raises(ValueError, match=fault):
        split_front_matter(text)


def test_sentences_and_bare_subjects() -> None:
    """Sentences are cut at their ends only, and a bare subject is noticed."""
    body = "# Head\n\n- Keras 2.5 is out. It runs.\n1. PyTorch has TensorFlow.js rivals.\n| a | b |"
    found = sentences(body)
    assert found == ["Keras 2.5 is out.", "It runs.", "PyTorch has TensorFlow.js rivals."]
    assert [s for s in found if _BARE_SUBJECT.match(s)] == ["It runs."]
