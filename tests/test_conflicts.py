"""Disagreements: what is read out of a sentence, what disagrees, which side is followed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ragbot.answer.conflicts import asking, compare, kept, presenting, reading, siding, weigh
from ragbot.answer.conflicts.asking import Asked
from ragbot.answer.conflicts.known import Known
from ragbot.answer.conflicts.weigh import Voice
from ragbot.answer.plain import as_text, disputed
from ragbot.assistant import Assistant
from ragbot.index.build import build
from ragbot.index.generation import GENERATIONS
from ragbot.settings import Settings
from ragbot.types import (
    Age,
    Authority,
    BlockKind,
    CellStatus,
    Claim,
    Conflict,
    DisagreementKind,
    Evidence,
    MarkKind,
    Side,
)

from .sample import SUBJECTS, source_entry
from .words import WordEncoder


def read(words, guide, kind=None):
    found = reading.read(words, "", guide)
    return [a for a in found if kind is None or a.kind is kind]


def only(words, guide, kind):
    found = read(words, guide, kind)
    assert len(found) == 1, found
    return found[0]


class TestReading:
    @pytest.mark.parametrize(
        ("words", "values"),
        [
            ("Heron can run on top of Pond, Lake or Ibex.", {"pond", "lake", "ibex"}),
            ("Heron is built on Ibex and hides it.", {"ibex"}),
            ("Heron is a multi-backend store, with support for Pond and Ibex.", {"pond", "ibex"}),
        ],
    )
    def test_what_a_subject_runs_on(self, guide, words, values):
        found = only(words, guide, DisagreementKind.RELATION)
        assert (found.values, found.subject) == (values, "heron")

    @pytest.mark.parametrize(
        "words",
        [
            "Tools built on Heron speak to Ibex.",  # of tools, not of Heron
            "Heron Viewer is built on Ibex.",  # of another thing with the name in front
            "Heron is not built on Ibex.",
            "Is Heron built on Ibex?",
        ],
    )
    def test_what_is_said_of_something_else_or_denied_is_left_out(self, guide, words):
        assert not [a for a in read(words, guide) if a.subject == "heron"]

    @pytest.mark.parametrize(
        ("words", "number"),
        [
            ("Heron is used by over 2.5M developers.", 2.5e6),
            ("Nearly three million developers chose Heron.", 3e6),
            ("Heron has 12,500 users.", 12_500),
        ],
    )
    def test_counts(self, guide, words, number):
        assert only(words, guide, DisagreementKind.NUMBER).low == (number,)

    @pytest.mark.parametrize(
        ("words", "low", "high"),
        [
            ("Heron supports Lua 5.1 to 5.3.", (5, 1), (5, 3)),
            ("It needs Lua 5.3 or later.", (5, 3), (float("inf"),)),
            ("Heron supports Lua 2.7, 3.5 and 3.10.", (2, 7), (3, 10)),
        ],
    )
    def test_versions(self, guide, words, low, high):
        found = only(words, guide, DisagreementKind.VERSIONS)
        assert (found.about, found.low, found.high) == ("lua", low, high)

    @pytest.mark.parametrize(
        ("words", "thing"),
        [
            ("NestScript is deprecated, please use hr.compile instead.", "nestscript"),
            ("Warning: Heron for Lua is deprecated and goes away.", "heron for lua"),
            ("Once NewNest is out it will replace Heron/Pond.", "heron/pond"),
            ("Lua 5.1 is no longer supported.", "lua 5.1"),
            ("The exporter relies on the deprecated NestScript.", "nestscript"),
            ("Warning: NestScripts are not recommended for new code.", "nestscripts"),
        ],
    )
    def test_what_is_on_its_way_out(self, guide, words, thing):
        found = only(words, guide, DisagreementKind.STATUS)
        assert found.about.startswith(thing)

    @pytest.mark.parametrize(
        "words",
        [
            "old_rows is deprecated in favour of hr.rows.",  # an argument
            "Use of deprecated HeronNest APIs is not checked.",
            "Use HeronNest instead of rows that were removed.",
            "Heron is deprecated.",  # the subject itself tells no part from another
        ],
    )
    def test_what_is_no_thing_of_its_own(self, guide, words):
        assert not read(words, guide, DisagreementKind.STATUS)

    @pytest.mark.parametrize(
        ("words", "holder", "subject"),
        [
            ("Heron is maintained by Ridge Labs.", {"ridge", "labs"}, "heron"),
            ("Heron has been set up as a Series of Ridge Trust.", {"ridge", "trust"}, "heron"),
            ("A plugin, with development from Ridge Labs", {"ridge", "labs"}, ""),
        ],
    )
    def test_who_holds_it(self, guide, words, holder, subject):
        found = only(words, guide, DisagreementKind.HOLDER)
        assert (found.values, found.subject) == (holder, subject)

    def test_a_cell_is_about_whom_its_column_is_about(self, guide):
        words = "Growing, with development from Ridge Labs"
        (found,) = reading.read(words, "", guide, in_table=True)
        assert found.subject is None


class TestComparing:
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("Heron runs on top of Pond or Ibex.", "Heron runs on top of Lake or Ibex.", True),
            (
                "Heron runs on top of Pond or Ibex.",
                "Heron runs on top of Ibex, Pond or Lake.",
                False,
            ),
            ("Heron is built on Ibex.", "Heron runs on top of Ibex or Pond.", True),
            ("Heron has 2,000 users.", "Heron has 2,050 users.", False),
            ("Heron has 2,000 users.", "Heron has 3,000 users.", True),
            ("Heron needs Lua 5.3 or later.", "Heron needs Lua 5.4 or later.", False),
            ("Heron takes Lua 5.1 to 5.3.", "Heron needs Lua 5.4 or later.", True),
            ("Heron is static.", "Heron is dynamic.", True),
            ("Heron is maintained by Ridge Labs.", "Heron is maintained by Ridge.", False),
            ("Heron is maintained by Ridge Labs.", "Heron is maintained by Summit Works.", True),
            (
                "Heron was released as open source in 2015.",
                "Heron, open-sourced in 2019, is young.",
                True,
            ),
            ("Heron may not match Ibex in speed.", "Heron is faster than Ibex in speed.", True),
            (
                "From Ibex 2.0 to Ibex 2.9, installing it brings the matching Heron 2.",
                "Starting with Ibex 3.0, installing it brings the matching Heron 3.",
                True,
            ),
        ],
    )
    def test_what_disagrees(self, guide, one, other, expected):
        first, second = read(one, guide)[0], read(other, guide)[0]
        assert compare.topic(first) == compare.topic(second)
        assert compare.disagree(first, second) is expected
        assert compare.disagree(second, first) is expected

    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("What is NestScript?", True),
            ("What are Nest Scripts?", True),
            ("Is nest-script fast?", True),
            ("What is a nest, and a script?", False),
            ("Is it an honest script?", False),
        ],
    )
    def test_a_thing_is_named_also_where_its_name_is_set_apart(self, guide, text, named):
        thing = only("NestScript is deprecated.", guide, DisagreementKind.STATUS)
        assert presenting.names(thing, text) == named

    def test_a_thing_is_presented_only_without_a_word_against_it(self, guide):
        thing = only("NestScript is deprecated.", guide, DisagreementKind.STATUS)

        def presented(words):
            return presenting.presents(thing, BlockKind.PROSE, "", words)

        assert presented("Export the rows via NestScript.")
        assert presented("NestScript is a way to keep queries.")
        assert not presented("Do not export the rows via NestScript.")
        assert not presented("NestScripts2 is a way to keep queries.")


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
    assert weigh.follow(one, other)[0] == follows


def test_dates_are_compared_in_the_precision_they_share():
    assert weigh.order("2024", "2024-06-01") == 0
    assert weigh.order("2024-07", "2024-06-01") == 1
    assert weigh.order("undated", "2024") == 0
    assert weigh.stale("2017-08-07", "2026")
    assert not weigh.stale("2025", "2026")


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

    def test_another_aspect_does_not(self, disputed):
        assert not disputed.ask("Compare Heron and Ibex on cost").conflicts

    def test_an_old_claim_is_marked_beside_a_new_one(self, disputed):
        answer = disputed.ask("Compare Heron and Ibex on speed")
        cell = next(c for c in answer.cells if c.subject == "ibex")
        assert [m.text for m in cell.claims[0].marks] == ["of 2017"]

    def test_the_words_of_it(self, disputed):
        text = as_text(disputed.ask("Compare Heron and Ibex on speed"))
        assert "Sources disagree on Heron: the number of users" in text
        assert "newer, official, 2026-03-02; this answer follows it" in text
        assert "older, independent, 2017-01" in text
        assert "(of 2017)" in text


def test_a_heading_says_what_kind_of_disagreement_it_is():
    sides = (Side((), Authority.OFFICIAL, "2026", Age.NEWER),) * 2
    heads = {
        DisagreementKind.NUMBER: "Sources disagree on Heron: it",
        DisagreementKind.STATUS: "Not all sources say it of Heron: it",
        DisagreementKind.BY_VERSION: "Heron: it",
    }
    for kind, head in heads.items():
        assert disputed(Conflict("heron", "Heron", None, kind, "it", sides, 0, "")) == head


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
        assert siding.with_followed([], [conflict], make, [conflict]) == [followed]
        assert siding.with_followed([], [conflict], make) == []
        left_open = self.conflict(followed, other, follows=None)
        assert siding.with_followed([other], [left_open], make) == [other]

    def test_what_is_disputed_stands_last_and_is_marked(self):
        followed, other = self.claim(0, 9), self.claim(10, 20)
        disputed = siding.mark_of(self.conflict(followed, other))
        first, last = siding.ordered([other, followed], {("d", 10, 20): disputed})
        assert first == followed
        assert [mark.kind for mark in last.marks] == [MarkKind.DISPUTED]
        (again,) = siding.ordered([last], {("d", 10, 20): disputed})
        assert again == last

    def test_what_is_disputed_and_goes_is_disputed(self, tmp_path):
        manual = "# Heron\n\nHeron now has over 5,000 users.\n\nNestScript is deprecated.\n"
        review = "# Heron and Ibex\n\nHeron uses NestScript for its 200 users.\n"
        answer = told(tmp_path, manual, review).ask("How many users has Heron with NestScript?")
        (losing,) = (c for c in answer.findings if "200 users" in c.text)
        assert siding.is_disputed(losing)
        assert DisagreementKind.NUMBER in {conflict.kind for conflict in answer.conflicts}

    def test_what_goes_is_marked_where_it_stands(self):
        newer, older = self.claim(0, 9), self.claim(10, 20)
        status = replace(self.conflict(newer, older), kind=DisagreementKind.STATUS)
        mark = siding.mark_of(status)
        assert mark.kind is MarkKind.OUTDATED
        first, last = siding.ordered([older, newer], {("d", 10, 20): mark})
        assert (first.marks, last) == ((mark,), newer)
        assert not siding.is_disputed(first)


class TestAsking:
    ASKED = Asked("heron", np.float32([1, 0]), frozenset(), "", ())

    def concerns(self, asked: Asked, kind=DisagreementKind.NUMBER, near=(0.4, 0.4), **more) -> bool:
        sides = [[(("d", 0, 3), "one", near[0])], [(("e", 10, 13), "two", near[1])]]
        given = {"about": "the number of users", "values": frozenset(), "follows": 0} | more
        return asking.concerns(asked, kind, sides=sides, **given)

    def test_what_lies_very_near_to_a_question_needs_no_word_but_not_in_a_row(self):
        assert self.concerns(self.ASKED, near=(0.6, 0.55))
        assert not self.concerns(self.ASKED, near=(0.6, 0.45))
        assert not self.concerns(replace(self.ASKED, is_question=False), near=(0.6, 0.55))

    def test_a_word_that_asks_for_its_kind_is_enough(self):
        assert self.concerns(replace(self.ASKED, text="How many users?"))
        assert not self.concerns(replace(self.ASKED, text="How fast?"))
        assert not self.concerns(replace(self.ASKED, text="How many users?"), near=(0.4, 0.1))

    def test_who_reads_the_losing_side_sees_the_other(self):
        quote = Evidence("so two it is", 7, 19, "e", "p", BlockKind.PROSE, "", (), 0.5)
        misled = replace(self.ASKED, shown=(quote,), is_question=False)
        assert self.concerns(misled, near=(0.12, 0.4))
        assert not self.concerns(misled, near=(0.4, 0.4), follows=1)
        part, elsewhere = replace(quote, start=11, end=13), replace(quote, start=0, end=3)
        assert self.concerns(replace(misled, shown=(part,)))
        assert not self.concerns(replace(misled, shown=(elsewhere,)))

    def test_opposites_are_asked_for_by_their_words(self):
        asked = replace(self.ASKED, words=frozenset({"static"}))
        manner = DisagreementKind.MANNER
        assert not self.concerns(asked, manner, about="dynamic or static")
        asked = replace(asked, text="Is it static?")
        assert self.concerns(asked, manner, about="dynamic or static")
        assert not self.concerns(asked, manner, about="mutable or immutable")
        assert not self.concerns(asked, DisagreementKind.JUDGEMENT, about="static or not")


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


class TestKept:
    """What asserts something is remembered beside the generations."""

    @pytest.fixture
    def own(self, tmp_path, generation):
        folder = tmp_path / GENERATIONS / generation.name
        folder.mkdir(parents=True)
        return replace(generation, folder=folder)

    def test_what_was_written_is_read(self, own):
        assert kept.read(own) is None
        kept.write(own, [3, 1])
        assert kept.read(own) == [3, 1]
        assert Known.of(own).told.keys() <= {s.id for s in own.guide.subjects}

    def test_remembered_or_not_the_same_is_known(self, own):
        anew = Known.of(own)
        assert kept.read(own) is not None
        assert Known.of(own).told == anew.told

    @pytest.mark.parametrize(
        "text", ["", "[]", '{"program": "other", "ordinals": []}', '{"ordinals": [1]}']
    )
    def test_what_is_damaged_or_of_another_program_is_not_taken(self, own, text):
        kept.write(own, [0])
        next((own.folder.parent.parent / kept.FOLDER).iterdir()).write_text(text)
        assert kept.read(own) is None

    def test_ordinals_that_there_are_not_are_not_taken(self, own):
        kept.write(own, [own.library.statements])
        assert kept.read(own) is None

    def test_those_of_generations_that_are_gone_go(self, own):
        gone = own.folder.parent.parent / kept.FOLDER / "000009-00000000.json"
        gone.parent.mkdir(parents=True)
        gone.write_text("{}")
        kept.write(own, [0])
        assert not gone.exists()
        assert kept.read(own) == [0]

    def test_one_that_is_being_built_leaves_nothing(self, generation, tmp_path):
        building = replace(generation, folder=tmp_path / "building-x")
        kept.write(building, [0])
        assert list(tmp_path.iterdir()) == []
