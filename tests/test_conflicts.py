"""Disagreements: what is read out of a sentence, what disagrees, which side is followed."""

from dataclasses import replace
from pathlib import Path

import pytest

from ragbot.answer.agreement import same_words
from ragbot.answer.conflicts import contrary, siding, voices
from ragbot.answer.conflicts.contrary import Rivals
from ragbot.answer.conflicts.outdated import OutdatedThings
from ragbot.answer.conflicts.voices import Voice
from ragbot.answer.parts import Parts
from ragbot.answer.plain import as_text, disputed
from ragbot.assistant import Assistant
from ragbot.index.build import build
from ragbot.index.generation import Generation
from ragbot.index.traits import assertions
from ragbot.retrieval import Filters
from ragbot.settings import Settings
from ragbot.types import (
    Age,
    Authority,
    BlockKind,
    Cell,
    CellStatus,
    Claim,
    Conflict,
    DisagreementKind,
    Evidence,
    Mark,
    MarkKind,
    Side,
)

from .sample import SUBJECTS, source_entry
from .words import WordEncoder

OFFICIAL, ARTICLE = Authority.OFFICIAL, Authority.INDEPENDENT


@pytest.mark.parametrize(
    ("one", "other", "follows"),
    [
        (Voice(OFFICIAL, "2026-01-02"), Voice(ARTICLE, "2017"), 0),
        (Voice(ARTICLE, "undated"), Voice(OFFICIAL, "2026"), 1),
        (Voice(OFFICIAL, "2020"), Voice(ARTICLE, "2024"), None),
        (Voice(OFFICIAL, "undated"), Voice(ARTICLE, "2024"), None),
        (Voice(ARTICLE, "2019-05"), Voice(ARTICLE, "2021"), 1),
        (Voice(ARTICLE, "2019"), Voice(ARTICLE, "undated"), 0),
        (Voice(ARTICLE, "undated"), Voice(ARTICLE, "undated"), None),
        (Voice(OFFICIAL, "2024"), Voice(OFFICIAL, "2024-06-01"), None),
    ],
)
def test_which_side_is_followed(one, other, follows):
    assert voices.follow(one, other)[0] == follows


def test_dates_are_compared_in_the_precision_they_share():
    assert voices.order("2024", "2024-06-01") == 0
    assert voices.order("2024-07", "2024-06-01") == 1
    assert voices.order("undated", "2024") == 0
    assert voices.stale("2017-08-07", "2026")
    assert not voices.stale("2025", "2026")


MANUAL = """# Heron

## Speed

Heron now reads fast with over 5,000 users on one server.

Heron keeps a steady speed.
"""
REVIEW = """# Heron and Ibex

## Speed

Heron is fast for 200 users on one disk.

Ibex is slow in speed when it reads rows.
"""


@pytest.fixture(scope="module", name="disputed")
def disputed_assistant(tmp_path_factory):
    """An assistant over a manual and an old review that contradict each other."""
    return told(tmp_path_factory.mktemp("disputed"), MANUAL, REVIEW)


def told(folder: Path, manual: str, review: str) -> Assistant:
    """An assistant over a new official manual and an old review."""
    (folder / "subjects.toml").write_text(SUBJECTS, encoding="utf-8")
    (folder / "manual.md").write_text(manual, encoding="utf-8")
    (folder / "review.md").write_text(review, encoding="utf-8")
    official = source_entry("manual", "manual.md", updated="2026-03-02", subjects=["heron"])
    article = source_entry(
        "review", "review.md", published="2017-01", authority="independent", subjects=["ibex"]
    )
    (folder / "sources.toml").write_text(f"{official}\n{article}", encoding="utf-8")
    settings = Settings(corpus=folder, index=folder / "index")
    build(settings, encoder=WordEncoder())
    return Assistant.open(settings, WordEncoder())


class TestAnswers:
    def test_both_sides_stand_in_a_comparison(self, disputed):
        answer = disputed.ask("Compare Heron and Ibex on speed")
        (conflict,) = answer.conflicts
        assert (conflict.subject, conflict.aspect) == ("heron", "speed")
        assert conflict.about == "the number of users"
        followed, other = conflict.sides if conflict.follows == 0 else reversed(conflict.sides)
        assert (followed.authority, followed.age) == (Authority.OFFICIAL, Age.NEWER)
        assert (other.authority, other.age, other.date) == (ARTICLE, Age.OLDER, "2017-01")
        assert "5,000" in followed.evidence[0].quote
        assert "200 users" in other.evidence[0].quote

    def test_the_cell_says_so_and_has_the_followed_side_first(self, disputed):
        answer = disputed.ask("Compare Heron and Ibex on speed")
        cell = next(c for c in answer.cells if c.subject == "heron")
        assert cell.status is CellStatus.DISAGREE
        assert "200 users" not in cell.claims[0].text
        losing = [c for c in cell.claims if "200 users" in c.text]
        assert all(m.kind is not MarkKind.DISPUTED for m in cell.claims[0].marks)
        assert all(MarkKind.DISPUTED in {m.kind for m in c.marks} for c in losing)

    def test_every_quote_of_a_side_is_cited_and_exact(self, disputed):
        answer = disputed.ask("Compare Heron and Ibex on speed")
        cited = {(c.evidence.document_id, c.evidence.start) for c in answer.citations}
        for side in answer.conflicts[0].sides:
            for e in side.evidence:
                document = disputed.generation.library.document(e.document_id)
                assert document.text[e.start : e.end] == e.quote
                assert (e.document_id, e.start) in cited

    def test_a_question_about_one_subject_shows_it_too(self, disputed):
        answer = disputed.ask("How many users does Heron serve when it reads fast?")
        assert [c.about for c in answer.conflicts] == ["the number of users"]

    def test_findings_begin_with_the_followed_side_where_they_quote_the_other(self, tmp_path):
        manual = "# Heron\n\nHeron now has over 5,000 users.\n"
        review = "# Heron and Ibex\n\nHeron has 200 users and opens a page at dawn.\n"
        assistant = told(tmp_path, manual, review)
        assert not assistant.ask("When does Heron open a page, at dawn?").conflicts
        answer = assistant.ask("Has Heron users at dawn?")
        (followed,), (losing,) = answer.lead, answer.findings
        assert ("5,000 users" in followed.text, "200 users" in losing.text) == (True, True)
        assert MarkKind.DISPUTED in {mark.kind for mark in losing.marks}
        assert all(check.passed for check in followed.checks)

    def test_an_overview_shows_what_it_quotes_of_the_losing_side(self, tmp_path):
        manual = "# Heron\n\nHeron is now slow for over 5,000 users.\n\nHeron is fast.\n"
        review = "# Heron and Ibex\n\nIbex is slow. Heron is fast for 200 users.\n"
        answer = told(tmp_path, manual, review).ask("Heron vs Ibex?")
        assert [conflict.about for conflict in answer.conflicts] == ["the number of users"]
        shown = [*answer.findings, *(c for cell in answer.cells for c in cell.claims)]
        losing = [c for c in shown if "200 users" in c.text]
        assert losing
        assert all(MarkKind.DISPUTED in {mark.kind for mark in c.marks} for c in losing)

    @pytest.mark.parametrize("source", ["manual", "review"])
    def test_a_side_that_was_left_out_is_neither_quoted_nor_told_of(self, disputed, source):
        only = Filters(sources=(source,))
        answer = disputed.ask("How many users does Heron serve when it is fast?", (), only)
        said = [*answer.lead, *answer.findings]
        assert any("users" in claim.text for claim in said)
        assert answer.conflicts == ()
        assert {one.source_id for one in answer.citations} == {source}
        assert MarkKind.DISPUTED not in {mark.kind for claim in said for mark in claim.marks}

    def test_another_aspect_does_not(self, disputed):
        assert not disputed.ask("Compare Heron and Ibex on cost").conflicts

    def test_an_old_claim_is_marked_beside_a_new_one(self, disputed):
        answer = disputed.ask("Compare Heron and Ibex on speed")
        said = [*answer.lead, *(claim for cell in answer.cells for claim in cell.claims)]
        (claim,) = (claim for claim in said if "Ibex is slow" in claim.text)
        assert [m.text for m in claim.marks] == ["of 2017"]

    def test_the_words_of_it(self, disputed):
        text = as_text(disputed.ask("Compare Heron and Ibex on speed"))
        assert "Sources disagree on Heron: the number of users" in text
        assert "newer, official, 2026-03-02; this answer follows it" in text
        assert "older, independent, 2017-01" in text
        assert "(of 2017)" in text


def test_a_quote_is_held_against_what_its_own_document_asserts(disputed, monkeypatch):
    generation = disputed.generation
    said = [quoted.evidence for quoted, _ in assertions(generation.library)]
    held = []
    monkeypatch.setattr(contrary, "nested", lambda one, other: held.append(one) or one == other)
    found = [dispute for one in said for dispute in Rivals(generation).of(one)]
    assert {dispute.kind for dispute in found} == {DisagreementKind.NUMBER}
    assert len(held) == sum(a.document_id == b.document_id for a in said for b in said)
    assert len(held) < len(said) ** 2


def test_a_heading_says_what_kind_of_disagreement_it_is():
    sides = (Side((), Authority.OFFICIAL, "2026", Age.NEWER),) * 2
    heads = {
        DisagreementKind.NUMBER: "Sources disagree on Heron: it",
        DisagreementKind.STATUS: "Heron: it, which one source calls deprecated",
    }
    for kind, head in heads.items():
        assert disputed(Conflict("heron", "Heron", None, kind, "it", sides, 0, "")) == head


class TestNames:
    """Lists of names that exclude each other."""

    OLD = "# Heron and Ibex\n\nHeron can run on top of Pond, Lake or Ibex. It is small.\n"
    NEW = "# Heron\n\nHeron is able to run on top of either Brook or Ibex on a server.\n"

    def conflicts(self, folder, manual, review, question="On which server does Heron run on top?"):
        return told(folder, manual, review).ask(question).conflicts

    def test_the_superseded_list_is_marked_and_does_not_lead(self, tmp_path):
        answer = told(tmp_path, self.NEW, self.OLD).ask("What does Heron run on top of?")
        (conflict,) = answer.conflicts
        assert (conflict.kind, conflict.about) == (
            DisagreementKind.NAMES,
            "Brook, or Lake and Pond",
        )
        assert "Brook" in answer.lead[0].text
        for claim in (*answer.lead, *answer.findings):
            is_marked = MarkKind.DISPUTED in {mark.kind for mark in claim.marks}
            assert is_marked == ("Pond" in claim.text)

    def test_who_asks_of_a_name_is_told_though_the_other_side_hardly_helps(self, tmp_path):
        manual = "# Heron\n\nHeron is able to run on top of either Brook or Ibex.\n"
        review = "# Ibex\n\nHeron can run on top of Pond, Lake or Ibex on a cold disk.\n"
        answer = told(tmp_path, manual, review).ask("Has Heron a cold disk with Pond?")
        assert "Brook" in answer.lead[0].text
        (conflict,) = answer.conflicts
        assert conflict.kind is DisagreementKind.NAMES

    @pytest.mark.parametrize(
        ("manual", "review"),
        [
            (NEW, OLD.replace("of Pond", "of other stores, such as Pond")),
            (NEW, OLD.replace("Heron can", "Heron 2 can").replace("It is", "Heron 3 is")),
            (NEW.replace("Heron is", "Heron 3 is"), OLD.replace("Heron can", "Heron 2 can")),
            (NEW, OLD.replace("Heron can", "Heron Viewer can")),
            (NEW, OLD.replace("Heron can", "A fork of Heron can")),
            (NEW, OLD.replace("can run", "does not run")),
            (NEW.replace("Brook or Ibex", "Pond, Brook, Lake or Ibex"), OLD),
            (NEW.replace("run on top of either Brook or Ibex", "be built on Ibex"), OLD),
        ],
        ids=[
            *("examples", "a version", "two versions", "a product", "another subject"),
            *("denied", "a part", "one name"),
        ],
    )
    def test_what_does_not_exclude_is_no_disagreement(self, tmp_path, manual, review):
        found = self.conflicts(tmp_path, manual, review, "What does Heron run on top of?")
        is_versioned = "Heron 2" in review and "Heron is able" in manual
        assert bool(found) == is_versioned  # a version that the manual does not name is superseded

    def test_two_lists_of_one_standing_are_both_told(self, tmp_path):
        manual = f"{self.NEW}\n## Old\n\nHeron can run on top of Pond, Lake or Ibex.\n"
        assert not self.conflicts(tmp_path, manual, "# Ibex\n\nIbex is slow.\n")


class TestOutdated:
    """Things that one source calls deprecated and another names."""

    MANUAL = "# Heron\n\nWarning: NestScript is deprecated, use hr.rows for a fast query.\n"
    REVIEW = "# Heron and Ibex\n\nHeron uses NestScript for a fast query.\n"

    def test_it_is_marked_wherever_it_is_quoted(self, tmp_path):
        answer = told(tmp_path, self.MANUAL, self.REVIEW).ask("How is a query fast in Heron?")
        quoted = [c for c in (*answer.lead, *answer.findings) if "uses NestScript" in c.text]
        assert quoted
        assert {m.text for c in quoted for m in c.marks} >= {
            "another source calls NestScript deprecated"
        }
        assert [c.kind for c in answer.conflicts] == [DisagreementKind.STATUS]
        assert "uses NestScript" not in answer.lead[0].text

    def test_every_quote_that_names_it_is_marked(self, tmp_path):
        review = f"{self.REVIEW}\nHeron keeps NestScript in a snapshot on disk.\n"
        asked = "Is NestScript fast for a query, and kept in a snapshot on disk?"
        answer = told(tmp_path, self.MANUAL, review).ask(asked)
        said = [c for c in (*answer.lead, *answer.findings) if "deprecated" not in c.text]
        assert len(said) == 2
        assert all(MarkKind.OUTDATED in {m.kind for m in c.marks} for c in said)
        assert len(answer.conflicts) == 1

    def test_who_asks_of_it_is_told_first(self, tmp_path):
        answer = told(tmp_path, self.MANUAL, self.REVIEW).ask("Is NestScript fast in Heron?")
        assert "NestScript is deprecated" in answer.lead[0].text
        assert all(check.passed for check in answer.lead[0].checks)

    def test_who_calls_it_so_and_was_left_out_is_not_quoted(self, tmp_path):
        assistant = told(tmp_path, self.MANUAL, self.REVIEW)
        only = Filters(sources=("review",))
        for asked in ("Is NestScript fast in Heron?", "How is a query fast in Heron?"):
            answer = assistant.ask(asked, (), only)
            assert "uses NestScript" in answer.lead[0].text
            assert {one.source_id for one in answer.citations} == {"review"}
            assert answer.conflicts == ()
            assert MarkKind.OUTDATED not in {mark.kind for mark in answer.lead[0].marks}

    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("What is NestScript?", True),
            ("What are NestScripts?", True),
            ("What is NestScript2?", False),
            ("What is my.NestScript?", False),
            ("What is nestscript?", False),
        ],
    )
    def test_how_it_is_named(self, tmp_path, text, named):
        things = OutdatedThings(told(tmp_path, self.MANUAL, self.REVIEW).generation)
        assert bool(things.named_in(text)) == named


class TestSiding:
    def claim(self, start: int, end: int) -> Claim:
        quote = Evidence("w", start, end, "d", "p", BlockKind.PROSE, "", ("heron",), 0.5)
        return Claim("w", "heron", None, (quote,), ())

    def conflict(self, followed: Claim, other: Claim, follows: int | None = 0) -> Conflict:
        sides = tuple(
            Side(claim.evidence, Authority.OFFICIAL, "2026", Age.NEWER)
            for claim in (followed, other)
        )
        about, kind = "the number of users", DisagreementKind.NUMBER
        return Conflict(
            "heron", "Heron", None, kind, about, (sides[0], sides[1]), follows, "it is newer"
        )

    @pytest.mark.parametrize(
        ("start", "end", "rests"),
        [(10, 20, True), (5, 30, True), (12, 18, True), (15, 25, False), (20, 30, False)],
        ids=["the same", "among others", "in part", "across its end", "beside it"],
    )
    def test_what_rests_on_a_quote(self, start, end, rests):
        assert siding.rests_on(self.claim(start, end), {("d", 10, 20)}) == rests
        assert not siding.rests_on(self.claim(start, end), {("e", 10, 20)})

    def test_the_followed_side_comes_before_the_other_and_only_once(self):
        followed, other = self.claim(0, 9), self.claim(10, 20)
        conflict = self.conflict(followed, other)

        def make(quote: Evidence, subject: str) -> Claim:
            return replace(followed, evidence=(quote,), subject=subject)

        assert siding.with_followed([other], [conflict], make) == [followed, other]
        assert siding.with_followed([other, followed], [conflict], make) == [other, followed]
        assert siding.with_followed([followed], [conflict], make) == [followed]
        assert siding.with_followed([], [conflict], make) == []
        left_open = self.conflict(followed, other, follows=None)
        assert siding.with_followed([other], [left_open], make) == [other]
        status = replace(conflict, kind=DisagreementKind.STATUS)
        assert siding.with_followed([other], [status], make) == [other]

    def test_what_is_disputed_stands_last_and_is_marked(self):
        followed, other = self.claim(0, 9), self.claim(10, 20)
        disputed = Mark(MarkKind.DISPUTED, "another says otherwise")
        first, last = siding.ordered([other, followed], {("d", 10, 20): disputed})
        assert first == followed
        assert [mark.kind for mark in last.marks] == [MarkKind.DISPUTED]
        (again,) = siding.ordered([last], {("d", 10, 20): disputed})
        assert again == last

    def test_what_is_weak_leads_only_where_nothing_else_is_said(self):
        weak, strong = self.claim(0, 9), self.claim(10, 20)
        other = replace(strong, subject="ibex")
        spans = {("d", 0, 9)}
        cell = Cell("heron", "speed", CellStatus.SUPPORTED, (strong,))

        def led(lead, findings=(), cells=()):
            found = siding.led(Parts(lead, cells, findings), spans)
            return found.lead, found.findings, tuple(c for one in found.cells for c in one.claims)

        assert led((weak, strong)) == ((strong,), (weak,), ())
        assert led((weak,), (strong,)) == ((strong,), (weak,), ())
        assert led((weak, other), (), (cell,)) == ((strong, other), (), (weak,))
        assert led((weak,), (other,)) == ((weak,), (other,), ())
        assert led((strong,), (weak,)) == ((strong,), (weak,), ())


class TestAgreement:
    def test_who_else_says_it_is_counted_by_authority(self, tmp_path):
        said = "Heron reads fast because its rows are kept together on one disk."
        entries = []
        for name, authority in (("a", "official"), ("b", "official"), ("c", "independent")):
            (tmp_path / f"{name}.md").write_text(
                f"# {name}\n\n{said} {name.upper()}{name} adds it.\n"
            )
            entries.append(
                source_entry(name, f"{name}.md", authority=authority, subjects=["heron"])
            )
        (tmp_path / "d.md").write_text(
            "# d\n\nHeron reads fast, and a disk with rows is no query.\n"
        )
        entries.append(source_entry("d", "d.md", subjects=["heron"]))
        (tmp_path / "subjects.toml").write_text(SUBJECTS, encoding="utf-8")
        (tmp_path / "sources.toml").write_text("\n".join(entries), encoding="utf-8")
        settings = Settings(corpus=tmp_path, index=tmp_path / "index")
        build(settings, encoder=WordEncoder())
        answer = Assistant.open(settings, WordEncoder()).ask("Does Heron read rows fast on a disk?")
        claim = next(c for c in (*answer.lead, *answer.findings) if c.text == said)
        (authority,) = (c.authority for c in answer.citations if c.evidence == claim.evidence[0])
        others = {Authority.OFFICIAL: 2, Authority.INDEPENDENT: 1}
        others[authority] -= 1
        assert dict(claim.agreement.voices) == {key: n for key, n in others.items() if n}

    @pytest.mark.parametrize(
        ("other", "alike"),
        [
            ("Heron opens more than 100 tables of rows, with joins, at once.", True),
            ("Heron opens more than 1,200 tables of rows, with joins, at once.", False),
            ("Ibex sleeps through more than 100 nights of the winter.", False),
        ],
    )
    def test_what_has_another_number_says_something_else(self, other, alike):
        said = "Heron opens more than 100 tables of rows with joins."
        assert same_words(said, other) == alike


def test_where_no_subjects_are_known_nothing_is_compared(tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "old.md").write_text("# Old\n\nNestScript is deprecated.\n")
    (tmp_path / "corpus" / "new.md").write_text("# Backup\n\nUse NestScript to make a backup.\n")
    settings = Settings(
        corpus=tmp_path / "corpus", index=tmp_path / "index", subjects=tmp_path / "none.toml"
    )
    build(settings, WordEncoder())
    generation = Generation.open(settings.index)
    (document,) = (d for d in generation.library.documents() if "Use" in d.text)
    quote = "Use NestScript to make a backup."
    start = document.text.index(quote)
    spoken = (document.id, "", BlockKind.PROSE, "", (), 0.0)
    evidence = Evidence(quote, start, start + len(quote), *spoken)
    things = OutdatedThings(generation)
    assert things.named_in(quote)
    assert things.of(evidence, document, Voice(Authority.INDEPENDENT, "undated")) == []
