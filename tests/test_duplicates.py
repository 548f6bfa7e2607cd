"""Near-duplicates: what is one text, what is not, and that it counts once."""

import json
import random
from dataclasses import replace

import pytest

from api.answers import AnswerOut
from ragbot import readers, sources
from ragbot.answer.plain import as_text
from ragbot.assistant import Assistant
from ragbot.duplicates.documents import preference, same_document
from ragbot.duplicates.near import Near, resemblance
from ragbot.duplicates.passages import same_passage
from ragbot.duplicates.wording import shingles, wording_of
from ragbot.index.build import build
from ragbot.index.generation import Generation
from ragbot.retrieval import Filters
from ragbot.settings import Settings
from ragbot.types import Authority, RawDocument

from .sample import SUBJECTS, make_document, source_entry
from .words import WordEncoder

random.seed(7)
TOPICS = ("page", "lock", "index", "query", "row", "server", "disk", "cache", "client", "table")
VERBS = ("keeps", "reads", "writes", "moves", "checks", "copies", "splits", "joins", "opens")
ENDS = ("slowly", "twice", "at night", "in order", "when asked", "by itself", "in one step")


def prose(seed: int, paragraphs: int = 8) -> list[str]:
    """Paragraphs of sentences that no other seed gives."""
    chosen = random.Random(seed)

    def sentence() -> str:
        one, other = chosen.sample(TOPICS, 2)
        words = f"Heron {chosen.choice(VERBS)} each {one} of the {other} {chosen.choice(ENDS)}"
        return f"{words}, so that the {chosen.choice(TOPICS)} stays {chosen.choice(ENDS)}."

    return [" ".join(sentence() for _ in range(4)) for _ in range(paragraphs)]


def page(paragraphs, *, title="All about Heron, at last", head=(), tail=(), table=False, **facts):
    """A document of these paragraphs under a title, framed by the lines of a site."""

    def write(writer):
        for line in head:
            writer.prose(line)
        writer.heading(1, title)
        for paragraph in (*paragraphs, *tail):
            writer.prose(paragraph)
        if table:
            writer.table(["", "Heron"], [["Speed", "fast"]])

    return replace(make_document(write, title=title), **facts)


HEAD = ("Home", "Blog and news", "By A. Writer", "12 March 2023, 7 min read")
TAIL = ("Share on every network", "Sign up for our letter and never miss a post.", "© 2024 Weekly")


class TestDocuments:
    def test_two_scrapes_with_different_frames_are_one(self):
        text = prose(1)
        one = page(text, head=HEAD, tail=TAIL)
        other = page(
            text, head=("Alpine Weekly", "Menu"), title="All about Heron, at last | Alpine"
        )
        assert same_document(one, other)
        assert same_document(other, one)

    def test_a_moved_page_with_another_title_is_one(self):
        assert same_document(page(prose(1)), page(prose(1), title="Heron explained"))

    def test_where_titles_differ_no_sentence_is_lost(self):
        text, more = prose(1), ("Nothing that Heron wrote is ever lost on a cold day.",)
        longer = page(text, tail=more, title="Heron explained")
        assert same_document(longer, page(text))
        assert not same_document(page(text), longer)

    def test_list_numbers_case_and_quotation_marks_are_layout(self):
        text = ["1. What the “cache” does", *prose(1), "It\u2019s here"]
        plain = ['What the "cache" does', *(p.upper() for p in prose(1)), "It's here"]
        assert same_document(page(text), page(plain))

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("It takes 8 servers.", "It takes 16 servers."),
            ("It takes 1.5 servers.", "It takes 15 servers."),
            ("It answers with -1 then.", "It answers with 1 then."),
            ("It is safe to stop it.", "It is not safe to stop it."),
            ("It can be stopped.", "It can't be stopped."),
            ("It runs on Linux today.", "It runs on Windows today."),
            ("It holds for a < b there.", "It holds for a > b there."),
            ("The link is supported now.", "The link is unsupported now."),
        ],
    )
    def test_a_number_denial_name_or_sign_makes_two(self, before, after):
        text = prose(1, 20)
        one, other = ([*text[:9], f"{text[9]} {s} {text[10]}", *text[11:]] for s in (before, after))
        sets = [shingles(wording_of(page(each)).words) for each in (one, other)]
        assert resemblance(*sets) > 0.97
        assert not same_document(page(one), page(other))
        assert not same_document(page(other), page(one))

    def test_a_word_that_comes_again_is_the_theme(self):
        text = prose(1, 30)
        one, other = (
            [f"{p} A {name} is left." if i in (3, 20) else p for i, p in enumerate(text)]
            for name in ("picture", "sound")
        )
        assert not same_document(page(one), page(other))

    def test_a_slip_of_the_pen_does_not_make_two(self):
        text = prose(1, 20)
        mended = [p.replace("stays", "remains", 1) if i == 9 else p for i, p in enumerate(text)]
        assert same_document(page(text), page(mended))
        versions = [page(text, version="1.0"), page(mended, version="2.0")]
        assert not same_document(*versions)

    def test_other_code_makes_two(self):
        def write(call):
            def written(writer):
                for i, paragraph in enumerate(prose(1, 12)):
                    writer.prose(paragraph)
                    if i == 5:
                        writer.code(f"link = open(file)\nlink.{call}(rows)\nlink.close()")

            return make_document(written)

        assert same_document(write("apply"), write("apply"))
        assert not same_document(write("apply"), write("update"))

    @pytest.mark.parametrize(
        ("one", "other"),
        [("hr.add", "hr.sum"), ("Heron 1.2", "Heron 1.3"), ("hr_add of Heron", "hr_sum of Heron")],
    )
    def test_titles_that_name_different_things_make_two(self, one, other):
        assert not same_document(page(prose(1), title=one), page(prose(1), title=other))

    @pytest.mark.parametrize("shared", [0, 1, 3, 10, 30])
    @pytest.mark.parametrize("own", [1, 2, 5])
    def test_different_texts_in_one_frame_are_two(self, shared, own):
        frame = prose(5, shared)
        for head, tail in ((frame, ()), ((), frame), (frame, frame)):
            one = page(prose(1, own), head=head, tail=tail, title="The first of these")
            other = page(prose(2, own), head=head, tail=tail, title="The second one here")
            assert not same_document(one, other)

    def test_a_few_words_in_a_long_frame_are_two(self):
        frame = prose(5, 10)
        one = page(["Heron is fast."], tail=frame, title="Heron")
        other = page(["Heron is slow."], tail=frame, title="Marmot")
        assert not same_document(one, other)

    def test_short_documents_must_be_equal(self):
        text = ["Heron keeps all rows in one file."]
        assert same_document(page(text), page(text))
        assert not same_document(page(text), page(text, title="Another title stands here"))
        assert not same_document(page(text), page(["Heron keeps most rows in one file."]))

    def test_who_speaks(self):
        made = page(prose(1), path="b.md")
        order = [
            (replace(made, published="2020"), Authority.OFFICIAL),
            (made, Authority.OFFICIAL),
            (replace(made, published="2019", updated="2024-05"), Authority.VENDOR),
            (replace(made, published="2024-04-30"), Authority.VENDOR),
            (page(prose(1), path="c.md", table=True), Authority.VENDOR),
            (replace(made, text=made.text * 2), Authority.VENDOR),
            (replace(made, path="a.md"), Authority.VENDOR),
            (made, Authority.VENDOR),
            (replace(made, published="2026"), Authority.INDEPENDENT),
            (replace(made, published="2026"), Authority.TUTORIAL),
        ]
        mixed = random.Random(1).sample(order, len(order))
        assert sorted(mixed, key=lambda pair: preference(*pair)) == order


class TestPassages:
    WORDS = tuple(" ".join(prose(3, 2)).split())

    def test_one_may_begin_and_end_earlier_but_no_word_may_differ(self):
        words = self.WORDS
        assert same_passage(words, words)
        assert same_passage(words, words[3:])
        assert same_passage(words, words[:-4])
        for place in (0, len(words) // 2, len(words) - 1):
            changed = (*words[:place], "16", *words[place + 1 :])
            assert not same_passage(words, changed)
        assert not same_passage(words, (*words[:20], "not", *words[20:]))

    def test_what_says_more_than_its_voice_is_no_repeat_of_it(self):
        assert not same_passage(self.WORDS[:-4], self.WORDS)

    def test_a_part_is_not_the_whole(self):
        assert not same_passage(self.WORDS[: len(self.WORDS) // 2], self.WORDS)

    def test_a_few_words_say_what_their_heading_makes_of_them(self):
        assert not same_passage(self.WORDS[:10], self.WORDS[:10])


class TestNear:
    def test_what_resembles_is_a_candidate(self):
        """As the formula in ragbot/duplicates/near.py says: 1 - (1 - 0.9 ** 5) ** 20."""
        near, missed = Near(), 0
        for seed in range(200):
            tokens = {f"{seed} {i}" for i in range(190)}
            near.voice(2 * seed, tokens, lambda other: False)
            like = {f"{seed} {i}" for i in range(10, 200)}
            assert resemblance(tokens, like) == pytest.approx(0.9)
            missed += near.voice(2 * seed + 1, like, lambda other: True) != 2 * seed
        assert missed == 0

    def test_what_shares_nothing_is_none(self):
        near, asked = Near(), []
        for seed in range(200):
            tokens = {f"{seed} {i}" for i in range(100)}
            assert near.voice(seed, tokens, lambda other: asked.append(other) or True) == seed
        assert not asked

    def test_likeness_does_not_creep(self):
        """Each is compared with what speaks, so that a chain of small steps is no fold."""
        near = Near()
        texts = [set(range(i * 10, i * 10 + 100)) for i in range(10)]
        named = [{str(n) for n in text} for text in texts]

        def voice(number):
            return near.voice(
                number, named[number], lambda other: resemblance(named[number], named[other]) > 0.8
            )

        assert [voice(n) for n in range(4)] == [0, 0, 2, 2]


def test_a_title_that_tells_nothing_is_that_of_another_copy(tmp_path):
    article = prose(9)
    table = "| | Heron |\n|---|---|\n| Speed | fast |"
    files = {
        "one/article.md": markdown("Introduction", [*article, table]),
        "two/article.md": markdown("Heron, a long look", [*article, "Speedfast"]),
    }
    entries = (
        source_entry("one", "one", subjects=["heron"]),
        source_entry("two", "two", subjects=["heron"]),
    )
    settings = write(tmp_path, files, entries)
    build(settings, encoder=WordEncoder())
    (document,) = Generation.open(settings.index).library.documents()
    assert (document.path, document.title) == ("one/article.md", "Heron, a long look")
    assert [copy.path for copy in document.also_at] == ["two/article.md"]


NOTICE = (
    "Marmot has a notice: this project is no longer maintained, no fix is planned, and whoever "
    "runs a Marmot server should move its tables to another database before the end of the year."
)
GUIDE = [
    f"Heron guide, part {word}. {text}" for word, text in zip("abcdef", prose(8), strict=False)
]


def notebook(title, paragraphs):
    cells = [f"# {title}", *paragraphs]
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {"cell_type": "markdown", "id": f"c{i}", "metadata": {}, "source": text}
                for i, text in enumerate(cells)
            ],
        }
    )


def markdown(title, paragraphs):
    return "\n\n".join([f"# {title}", *paragraphs]) + "\n"


def write(folder, files, entries=()):
    """A corpus of files, with the sources named or, without any, as a bare folder."""
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "subjects.toml").write_text(SUBJECTS)
    if entries:
        (corpus / "sources.toml").write_text("\n".join(entries))
    for path, text in files.items():
        (corpus / path).parent.mkdir(parents=True, exist_ok=True)
        (corpus / path).write_text(text, encoding="utf-8")
    return Settings(corpus=corpus, index=folder / "index")


@pytest.fixture(scope="module")
def repeating(tmp_path_factory):
    """A built corpus: an article scraped twice, a guide as md and ipynb, a notice on 40 pages."""
    article = prose(9)
    files = {
        "one/article.md": markdown("Heron, a long look", [*HEAD, *article]),
        "two/article.md": markdown("Heron, a long look", [*article, *TAIL]),
        "guide/guide.md": markdown("The guide to Heron", GUIDE),
        "guide/guide.ipynb": notebook("The guide to Heron", GUIDE),
    }
    for i in range(40):
        text = [*prose(100 + i, 1), f"Page {i} is about Marmot."]
        files[f"pages/p{i:02}.md"] = markdown(f"Marmot page {i}", [NOTICE, *text])
    entries = (
        source_entry("mirror", "one", authority="tutorial", url="https://mirror.example/a"),
        source_entry("maker", "two", url="https://maker.example/a", updated="2024-02-01"),
        source_entry("guides", "guide", subjects=["heron"]),
        source_entry("pages", "pages", subjects=["marmot"], url="https://pages.example/"),
    )
    settings = write(tmp_path_factory.mktemp("repeating"), files, entries)
    return settings, build(settings, WordEncoder())


@pytest.fixture(scope="module")
def asked(repeating):
    """An assistant over it."""
    return Assistant.open(repeating[0], WordEncoder())


class TestIndex:
    def test_what_is_folded_is_counted(self, repeating):
        counts = repeating[1].counts
        assert (counts.documents, counts.folded_documents) == (42, 2)
        assert counts.folded_passages == 39
        assert counts.sources == 4

    def test_the_other_addresses_are_kept(self, asked):
        documents = {d.path: d for d in asked.generation.library.documents()}
        assert "one/article.md" not in documents
        (address,) = documents["two/article.md"].also_at
        assert (address.source_id, address.path) == ("mirror", "one/article.md")
        assert address.url == "https://mirror.example/a"
        guides = [d for d in documents.values() if d.source_id == "guides"]
        assert [len(d.also_at) for d in guides] == [1]
        assert {guides[0].path, guides[0].also_at[0].path} == {
            "guide/guide.md",
            "guide/guide.ipynb",
        }

    def test_every_page_can_still_be_read(self, asked):
        library = asked.generation.library
        pages = [d for d in library.documents() if d.source_id == "pages"]
        assert len(pages) == 40
        assert all(NOTICE in document.text for document in pages)

    def test_a_source_whose_documents_are_folded_is_still_listed_and_found(self, asked):
        library = asked.generation.library
        assert library.source_counts()["mirror"] == (0, 0)
        hits = asked.search("Heron cache", filters=Filters(sources=("mirror",)))
        found = {library.document(hit.passage.document_id).path for hit in hits}
        assert found == {"two/article.md"}


class TestRetrieval:
    def test_a_notice_on_forty_pages_is_found_once(self, asked):
        hits = asked.search("Marmot notice maintained fix planned", limit=42)
        assert sum(NOTICE in hit.passage.text for hit in hits) == 1
        assert len(hits) > 1

    def test_it_is_found_whatever_the_filters_leave(self, asked):
        found = asked.search("Marmot server tables notice", 5, Filters(subjects=("marmot",)))
        assert sum(NOTICE in hit.passage.text for hit in found) == 1

    def test_in_an_answer_it_counts_once_and_names_its_other_places(self, asked):
        answer = asked.ask("Is a Marmot server maintained, should its tables move?")
        quoting = [c for c in answer.citations if c.evidence.quote in NOTICE]
        assert len(quoting) == 1
        assert len(quoting[0].also_at) == 39
        found = AnswerOut.from_answer(answer).model_dump(mode="json")
        (out,) = [c for c in found["citations"] if c["quote"] in NOTICE]
        assert len(out["also_at"]) == 39
        assert {"source_id", "title", "url", "path", "published", "updated", "version"} == set(
            out["also_at"][0]
        )

    def test_coverage_counts_no_page_that_only_repeats(self, asked):
        answer = asked.ask("Is a Marmot server maintained, should its tables move?")
        documents = {c.evidence.document_id for c in answer.citations}
        assert answer.coverage.documents <= len(documents)
        assert answer.coverage.documents >= 1

    def test_in_plain_text_too(self, asked):
        answer = asked.ask("How does Heron treat the cache of the server?")
        folded = [c for c in answer.citations if c.source_id == "maker"]
        assert folded
        assert "; also at https://mirror.example/a" in as_text(answer)


def digest(settings):
    """What was built, without the order and names of the files."""
    generation = Generation.open(settings.index)
    library = generation.library
    documents = {d.id: d for d in library.documents()}
    voices = {}
    for ordinal, facts in enumerate(generation.passages):
        passage = library.passages_at([ordinal])[0]
        voices.setdefault(facts.voice, []).append(passage.text)
    kept = sorted(d.text for d in documents.values())
    return kept, sorted(sorted(group) for group in voices.values())


class TestOrder:
    def test_shuffled_file_names_change_nothing(self, tmp_path):
        texts = [markdown("Heron, a long look", prose(9))] * 3
        texts += [markdown(f"Marmot page {i}", [NOTICE, *prose(100 + i, 1)]) for i in range(6)]
        texts += [markdown("Heron, a long look", [*HEAD, *prose(9), *TAIL])]
        found = []
        for seed in range(4):
            (tmp_path / str(seed)).mkdir()
            mixed = random.Random(seed).sample(texts, len(texts))
            files = {f"f{i}.md": text for i, text in enumerate(mixed)}
            settings = write(tmp_path / str(seed), files)
            counts = build(settings, WordEncoder()).counts
            assert (counts.documents, counts.folded_documents) == (7, 3)
            found.append(digest(settings))
        assert all(each == found[0] for each in found)

    def test_a_second_build_has_the_same_bytes(self, repeating, tmp_path):
        settings = repeating[0]
        again = settings.model_copy(update={"index": tmp_path / "index"})
        build(again, WordEncoder())
        one, other = (Generation.open(s.index).manifest.files for s in (settings, again))
        assert one == other


def test_what_a_document_says_twice_is_no_repeat(tmp_path):
    text = f"# Marmot\n\n## Start\n\n{NOTICE}\n\n## Stop\n\n{NOTICE}\n"
    counts = build(write(tmp_path, {"marmot.md": text}), WordEncoder()).counts
    assert (counts.passages, counts.folded_passages) == (2, 0)


def test_the_sample_corpus_repeats_nothing(built, generation):
    raw = [
        r for r in sources.gather(built.corpus, built.index, 10**6) if isinstance(r, RawDocument)
    ]
    read = [readers.read(r) for r in raw]
    assert not any(same_document(a, b) for a in read for b in read if a.id != b.id)
    assert generation.manifest.counts.folded_documents == 0
