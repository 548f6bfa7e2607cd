"""Reading documents, passages and statements back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ragbot import passages, readers, sources, statements
from ragbot.errors import IndexDamagedError, NotFoundError
from ragbot.index.library import Library
from ragbot.types import RawDocument

from .sample import DOCUMENTS
from .words import WordEncoder


@pytest.fixture(scope="module")
def library(generation) -> Library:
    return generation.library


def test_documents_come_back_as_they_were_read(built, library):
    raw = sources.gather(built.corpus, built.index, 1_000_000)
    read = {d.path: readers.read(d) for d in raw if isinstance(d, RawDocument)}
    found = list(library.documents())
    assert [document.path for document in found] == list(DOCUMENTS)
    for document in found:
        assert document.text == read[document.path].text
        assert document == read[document.path] or not read[document.path].subjects
        assert library.document(document.id) == document


def test_passages_come_back_as_they_were_cut(library):
    encoder = WordEncoder()
    ordinal = 0
    for document in library.documents():
        cut = passages.cut(document, encoder.count_tokens, encoder.window)
        assert len(cut) >= 1
        for passage in cut:
            found = library.passages_at([ordinal])[0]
            assert found.text == document.text[passage.start : passage.end] == passage.text
            assert (found.id, found.heading_path) == (passage.id, passage.heading_path)
            assert library.passage(passage.id) == found
            ordinal += 1
    assert ordinal == library.passages


def test_statements_come_back_as_they_were_found(library, guide):
    encoder = WordEncoder()
    expected = []
    for document in library.documents():
        cut = passages.cut(document, encoder.count_tokens, encoder.window)
        expected += [
            (s, document.text[s.start : s.end]) for s in statements.find(document, cut, guide)
        ]
    found = library.statements_of(list(range(library.passages)))
    assert [ordinal for _, ordinal, *_ in found] == list(range(library.statements))
    assert {(s, quote) for _, _, s, quote, _ in found} == set(expected)
    assert len(found) == len(expected)


def test_statements_know_their_passage_and_its_headings(library):
    for passage, _, statement, quote, headings in library.statements_of([3, 1]):
        assert passage in (1, 3)
        held = library.passages_at([passage])[0]
        assert statement.passage_id == held.id
        assert quote in held.text
        assert headings == " > ".join(held.heading_path)


def test_passages_come_in_the_order_asked_for(library):
    all_of_them = library.passages_at(list(range(library.passages)))
    asked = [4, 0, 2, np.int64(1)]
    assert library.passages_at(asked) == [all_of_them[i] for i in asked]
    assert library.passages_at([]) == []
    assert [passage for passage, _ in library.passage_titles()] == all_of_them


def test_what_is_encoded_comes_in_the_order_of_ordinals(library):
    texts = list(library.statement_texts())
    assert len(texts) == library.statements
    quotes = [q for *_, q, _ in library.statements_of(list(range(library.passages)))]
    assert all(text.endswith(quote) for text, quote in zip(texts, quotes, strict=True))


def test_passages_of_a_document_are_in_its_order(library):
    facts = library.passage_facts()
    for document in library.documents():
        held = [ordinal for ordinal, one in enumerate(facts) if one.document == document.id]
        assert library.passages_of(document.id) == held != []
    assert library.passages_of("no such document") == []


def test_surroundings_end_with_the_document(library):
    by_document: dict[str, list] = {}
    for passage in library.passages_at(list(range(library.passages))):
        by_document.setdefault(passage.document_id, []).append(passage)
    for found in by_document.values():
        for i, passage in enumerate(found):
            before = found[i - 1] if i else None
            after = found[i + 1] if i + 1 < len(found) else None
            assert library.surroundings(passage.id) == (before, after)
    assert max(map(len, by_document.values())) > 2


def test_sources_and_their_counts(library):
    found = library.sources()
    assert [source.id for source in found] == ["heron-manual", "ibex-manual", "review", "course"]
    assert library.source("review") == found[2]
    counts = library.source_counts()
    assert counts["heron-manual"][0] == 2
    assert sum(documents for documents, _ in counts.values()) == len(DOCUMENTS)
    assert sum(passages for _, passages in counts.values()) == library.passages


def test_facts_of_each_passage(library):
    found = library.passage_facts()
    assert len(found) == library.passages
    for ordinal, facts in enumerate(found):
        passage = library.passages_at([ordinal])[0]
        document = library.document(facts.document)
        assert (facts.subjects, facts.document) == (passage.subjects, passage.document_id)
        assert (facts.source, facts.document_subjects) == (document.source_id, document.subjects)


@pytest.mark.parametrize("what", ["document", "passage", "source", "surroundings"])
def test_what_is_not_there_is_named(library, what):
    with pytest.raises(NotFoundError, match="gull"):
        getattr(library, what)("gull")


def test_an_id_is_never_taken_for_sql(library):
    with pytest.raises(NotFoundError):
        library.document("' OR '1'='1")


def test_many_threads_may_read_at_once(library):
    barrier = threading.Barrier(8)
    documents = list(library.documents())

    def read(_: int) -> int:
        barrier.wait(10)
        for _ in range(20):
            assert list(library.documents()) == documents
        return len(library.statements_of(list(range(library.passages))))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(read, range(8))) == {library.statements}


def test_it_cannot_be_written(built, library):
    path = built.index / "generations"
    file = next(path.glob("*/library.sqlite"))
    before = file.read_bytes()
    with pytest.raises(Exception, match="readonly"):
        library._database._connection().execute("DELETE FROM passages")
    assert file.read_bytes() == before
    assert not list(path.glob("*/library.sqlite-*"))


@pytest.mark.parametrize("content", [None, b"", b"no database" * 100])
def test_something_else_is_refused(tmp_path, content):
    path = tmp_path / "library.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexDamagedError, match=r"library\.sqlite .*ragbot build"):
        Library(path)


def test_a_path_with_odd_characters_can_be_opened(built, tmp_path):
    folder = tmp_path / "a b?c#d%41é"
    folder.mkdir()
    source = next((built.index / "generations").glob("*/library.sqlite"))
    (folder / "library.sqlite").write_bytes(source.read_bytes())
    with Library(folder / "library.sqlite") as library:
        assert library.passages
