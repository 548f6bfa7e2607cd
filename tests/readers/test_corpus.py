"""Every file of the shared corpus, where it is beside the checkout: read, kept and clean."""

import importlib.util
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from ragbot.errors import ReadError
from ragbot.readers import MEDIA_TYPES, read
from ragbot.types import BlockKind

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CORPUS = SHARED / "corpus"
NAVIGATION_ONLY = 1  # files that hold a table of contents and nothing else

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="needs the shared corpus beside the checkout"
)

RESIDUE = {
    "role": re.compile(r":[a-z][a-z:]*:`"),
    "directive": re.compile(r"\.\. [a-z][\w:-]*::"),
    "variable": re.compile(r"\{\{"),
    "template tag": re.compile(r"\{%"),
    "link target": re.compile(r"\]\(http"),
    "division": re.compile(r"<div"),
    "program output": re.compile(r"k-default-codeblock"),
    "drawn line": re.compile(r"^\s*(?:={3,}|-{3,})\s*$", re.MULTILINE),
    "HTML": re.compile(r"</(?:a|p|td|tr|table|span|section|pre|ul|li|font)>"),
    "fence": re.compile(r"^\s*(?:```|:::)", re.MULTILINE),
}
ALLOWED = 5  # of each kind in the whole corpus: text about markup, and markup broken at its source
FENCED = re.compile(r"^([ \t]*)(```+|~~~+|:::+).*?^[ \t]*\2[ \t]*$", re.MULTILINE | re.DOTALL)
ELEMENT = re.compile(r"<!--.*?-->|<(pre|script|style|table)\b.*?</\1>", re.DOTALL)
SENTENCE = re.compile(r"^[A-Za-z][^|<>{}`\[\]_=\\\n]{30,}$", re.MULTILINE)
WORD = re.compile(r"[a-z]{3,}")


@pytest.fixture(scope="module")
def documents(request):
    make = _conftest(request).make_raw
    read_ones, refused = {}, []
    for path in sorted(CORPUS.rglob("*")):
        if path.suffix in MEDIA_TYPES:
            name = path.relative_to(CORPUS).as_posix()
            try:
                read_ones[name] = read(make(path.read_bytes(), MEDIA_TYPES[path.suffix], name))
            except ReadError as error:
                refused.append(f"{name}: {error}")
    assert len(refused) <= NAVIGATION_ONLY, refused
    assert all("no text" in reason for reason in refused)
    assert len(read_ones) > 900
    return read_ones


def _conftest(request):
    plugins = request.config.pluginmanager.get_plugins()
    return next(plugin for plugin in plugins if hasattr(plugin, "make_raw"))


def test_the_contract_holds(documents, contract) -> None:
    for document in documents.values():
        contract(document)


def test_hardly_any_markup_is_left(documents) -> None:
    found: dict[str, list[str]] = {kind: [] for kind in RESIDUE}
    for name, document in documents.items():
        for block in document.blocks:
            if block.kind is not BlockKind.CODE:
                text = document.text[block.start : block.end]
                for kind, pattern in RESIDUE.items():
                    found[kind] += [
                        f"{name}: {text[m.start() :][:60]}" for m in pattern.finditer(text)
                    ]
    assert {kind: where for kind, where in found.items() if len(where) > ALLOWED} == {}


def test_words_are_not_lost(documents) -> None:
    kept = told = 0
    poor = {}
    for name, document in documents.items():
        before = Counter(WORD.findall(" ".join(_sentences(name)).lower()))
        after = Counter(WORD.findall(document.text.lower()))
        here = (before & after).total()
        kept, told = kept + here, told + before.total()
        if here < 0.9 * before.total():
            poor[name] = round(here / before.total(), 3)
    assert kept >= 0.999 * told
    assert poor == {}


def _sentences(name: str) -> list[str]:
    """The plain lines of a file: no markup in them, outside of code."""
    text = (CORPUS / name).read_text(encoding="utf-8")
    if name.endswith(".ipynb"):
        cells = json.loads(text)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
        text = "\n\n".join("".join(source) for source in sources)
    text = ELEMENT.sub("", FENCED.sub("", text))
    return SENTENCE.findall(text)


def test_gold_spans_are_found(documents) -> None:
    score = _score()
    spans = list(_spans())
    assert len(spans) > 800
    texts = {}
    missed = []
    for name, quote in spans:
        if name not in texts:
            document = documents[name]
            parts = [document.text[s.start : s.end] for s in document.sections]
            # The scorer's patterns for markup may run across a whole document, hence the sections.
            texts[name] = [score.Text(part) for part in (document.text, *parts)]
        in_order = "".join(score.words(quote))
        if not any(text.holds(quote) for text in texts[name]) and not any(
            in_order in text.joined.replace(" ", "") for text in texts[name]
        ):
            missed.append(f"{name}: {quote}")
    assert len(missed) <= 0.01 * len(spans), missed


def _spans():
    for line in (SHARED / "eval/questions.jsonl").read_text(encoding="utf-8").splitlines():
        for nugget in json.loads(line)["nuggets"]:
            for span in nugget["spans"]:
                if not span["doc"].startswith("api:"):
                    yield span["doc"], span["quote"]
    for line in (SHARED / "eval/conflicts.jsonl").read_text(encoding="utf-8").splitlines():
        for side in ("older", "newer"):
            span = json.loads(line)[side]
            if not span["doc"].startswith("api:"):
                yield span["doc"], span["quote"]


def _score():
    spec = importlib.util.spec_from_file_location("score", SHARED / "eval/score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
