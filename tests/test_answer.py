"""Answers: exact quotes of the documents, numbered, checked, and honest about what is missing."""

from dataclasses import replace
from itertools import combinations, pairwise
from urllib.parse import unquote

import numpy as np
import pytest

from ragbot.answer import verify
from ragbot.answer.citations import Numbering, with_fragment
from ragbot.answer.find import Place, Pool
from ragbot.answer.pick import Picker
from ragbot.answer.prove import Prover
from ragbot.assistant import Assistant, Filters, Turn
from ragbot.errors import QuestionError
from ragbot.index.build import build
from ragbot.judge import Judged
from ragbot.judge.candidates import Gatherer
from ragbot.retrieval.search import Ranked
from ragbot.statements import QUOTE_WORDS
from ragbot.types import (
    Answer,
    Authority,
    BlockKind,
    CellStatus,
    Claim,
    Column,
    Evidence,
    QuestionKind,
    SourceKind,
)

from .words import WordEncoder

QUESTIONS = (
    "Compare Heron, Ibex and Marmot on speed and backup",
    "Heron or Ibex?",
    "Which database is easy for a beginner?",
    "Is Heron fast?",
    "How do I connect to Heron?",
    "Heron or Ibex for bulk writes?",
    "What is the weather in Paris?",
    "React vs Vue",
)


def claims(answer: Answer) -> list[Claim]:
    in_cells = [claim for cell in answer.cells for claim in cell.claims]
    return [*answer.lead, *in_cells, *answer.findings]


def cell(answer: Answer, subject: str, aspect: str):
    return next(c for c in answer.cells if (c.subject, c.aspect) == (subject, aspect))


def quotes(found) -> list[str]:
    return [evidence.quote for claim in found for evidence in claim.evidence]


@pytest.fixture(scope="module", params=QUESTIONS)
def answer(request, assistant) -> Answer:
    return assistant.ask(request.param)


class TestEveryAnswer:
    def test_every_quote_is_in_its_document(self, assistant, answer):
        cited = [c.evidence for c in answer.citations]
        nearest = [c.evidence for c in answer.refusal.nearest] if answer.refusal else []
        shown = [evidence for claim in claims(answer) for evidence in claim.evidence]
        for evidence in (*cited, *nearest, *shown):
            document = assistant.generation.library.document(evidence.document_id)
            assert evidence.quote == document.text[evidence.start : evidence.end]
            assert 0 < len(evidence.quote.split()) <= QUOTE_WORDS

    def test_every_claim_has_evidence_and_passed_its_checks(self, answer):
        for claim in claims(answer):
            assert claim.evidence
            assert claim.checks
            assert all(check.passed for check in claim.checks)
            assert claim.text == claim.evidence[0].quote

    def test_every_quote_has_one_citation_and_every_citation_a_quote(self, answer):
        shown = [
            (e.document_id, e.start, e.end) for claim in claims(answer) for e in claim.evidence
        ]
        cited = [
            (c.evidence.document_id, c.evidence.start, c.evidence.end) for c in answer.citations
        ]
        assert cited == list(dict.fromkeys(shown))
        assert [c.number for c in answer.citations] == list(range(1, len(cited) + 1))

    def test_it_refuses_when_and_only_when_it_says_nothing(self, answer):
        assert (answer.refusal is None) == bool(claims(answer))

    def test_its_table_has_a_cell_for_each_row_and_column(self, answer):
        if answer.refusal or not answer.cells:
            assert not answer.cells
            return
        right = [
            (column.id, row.id)
            for row in answer.question.rows
            for column in answer.question.columns
        ]
        assert [(c.subject, c.aspect) for c in answer.cells] == right

    def test_a_cell_is_supported_when_and_only_when_it_holds_claims(self, answer):
        for found in answer.cells:
            led = {claim.subject for claim in answer.lead}
            spoken = bool(found.claims) or found.subject in led
            assert (found.status is CellStatus.SUPPORTED) == spoken
            assert {c.subject for c in found.claims} <= {found.subject}
            assert {c.aspect for c in found.claims} <= {found.aspect}

    def test_no_cell_quotes_the_same_words_twice(self, answer):
        for found in answer.cells:
            spans = [(e.document_id, e.start, e.end) for c in found.claims for e in c.evidence]
            for i, (document, start, end) in enumerate(spans):
                for other, begin, stop in spans[i + 1 :]:
                    assert document != other or end <= begin or stop <= start

    def test_coverage_counts_what_is_shown(self, answer):
        coverage = answer.coverage
        assert coverage.cells == len(answer.cells)
        silent = [c for c in answer.cells if c.status is CellStatus.NO_EVIDENCE]
        assert coverage.supported == len(answer.cells) - len(silent)
        assert coverage.documents == len({c.evidence.document_id for c in answer.citations})
        assert coverage.words_quoted == sum(len(c.evidence.quote.split()) for c in answer.citations)

    def test_citations_tell_where_they_come_from(self, assistant, answer):
        library = assistant.generation.library
        for citation in answer.citations:
            document = library.document(citation.evidence.document_id)
            source = library.source(document.source_id)
            assert citation.title == document.title
            assert (citation.source_id, citation.publisher) == (source.id, source.publisher)
            assert (citation.authority, citation.kind) == (source.authority, source.kind)
            assert citation.url.startswith(document.url)
            at = citation.evidence.start
            section = next(s for s in document.sections if s.start <= at < s.end)
            assert citation.section == section.heading_path

    def test_asked_again_it_is_the_same(self, assistant, answer):
        assert assistant.ask(answer.question.text) == answer

    def test_it_names_its_generation(self, assistant, answer):
        assert answer.generation == assistant.generation.name


class TestTable:
    @pytest.fixture
    def answer(self, assistant) -> Answer:
        return assistant.ask("Compare Heron, Ibex and Marmot on speed and backup")

    def test_the_cells_of_a_document_table_are_quoted_exactly_under_their_headers(self, answer):
        found = [c.evidence[0] for c in cell(answer, "heron", "speed").claims]
        by_quote = {evidence.quote: evidence for evidence in found}
        evidence = by_quote["fast, 4 microseconds"]
        assert evidence.label == "Point reads | Heron"
        assert evidence.kind is BlockKind.TABLE_ROW
        assert evidence.subjects == ("heron",)

    def test_no_cell_quotes_what_was_said_of_another_subject(self, answer):
        for found in answer.cells:
            for claim in found.claims:
                assert found.subject in claim.evidence[0].subjects
        assert "slow, 90 microseconds" not in quotes(cell(answer, "heron", "speed").claims)

    def test_sentences_fill_the_others(self, answer):
        said = quotes(cell(answer, "heron", "backup").claims)
        assert said[0].startswith("Heron takes a snapshot for a backup while the server runs.")
        said = quotes(cell(answer, "ibex", "backup").claims)
        assert said[0].startswith("Ibex must be stopped before a backup.")

    def test_where_no_source_says_anything_the_cell_says_that(self, assistant):
        answer = assistant.ask("Which database is easy for a beginner?")
        assert cell(answer, "heron", "learning").claims
        found = cell(answer, "ibex", "learning")
        assert (found.status, found.claims) == (CellStatus.NO_EVIDENCE, ())
        assert (answer.coverage.cells, answer.coverage.supported) == (3, 2)

    def test_a_sentence_that_only_names_the_subjects_says_nothing_of_an_aspect(self, answer):
        assert cell(answer, "marmot", "backup").status is CellStatus.NO_EVIDENCE

    def test_rows_and_columns_are_those_asked_for_in_their_order(self, answer):
        assert [r.id for r in answer.question.rows] == ["speed", "backup"]
        assert [c.name for c in answer.question.columns] == ["Heron", "Ibex", "Marmot"]

    def test_without_aspects_those_are_shown_of_which_the_sources_speak(self, assistant):
        answer = assistant.ask("Compare Heron and Ibex")
        shown = {row.id for row in answer.question.rows}
        assert {"speed", "backup", "cost"} <= shown
        assert all(any(cell(answer, s, row).claims for s in ("heron", "ibex")) for row in shown)

    def test_the_lead_says_one_thing_of_each_side(self, assistant, guide):
        answer = assistant.ask("Should I choose Heron or Ibex for fast reads and fast bulk writes?")
        assert quotes(answer.lead)[0] == "Choose Heron if you need fast reads."
        assert [claim.subject for claim in answer.lead] == ["heron", "ibex"]
        for claim in answer.lead:
            assert claim.subject in guide.subjects_in(claim.text)
        assert not set(quotes(answer.lead)) & set(quotes(claims(answer)[2:]))

    def test_one_aspect_is_one_point_and_the_lead_speaks_of_it(self, assistant):
        answer = assistant.ask("Heron vs Ibex on speed")
        assert [row.id for row in answer.question.rows] == ["speed"]
        assert [claim.subject for claim in answer.lead] == ["heron", "ibex"]

    def test_who_asks_whether_one_is_more_than_the_other_hears_both(self, assistant):
        answer = assistant.ask("Is Heron faster to read than Ibex?")
        assert answer.question.kind is QuestionKind.COMPARISON
        assert [claim.subject for claim in answer.lead] == ["heron", "ibex"]

    def test_a_quote_that_names_both_leads_alone_where_it_helps_most(self, assistant):
        answer = assistant.ask("Which of Heron and Ibex was used for a month?")
        assert quotes(answer.lead) == ["We used Heron, Ibex and Marmot for a month."]

    def test_a_side_that_only_the_lead_quotes_is_not_silent(self, assistant):
        answer = assistant.ask("Heron or Ibex for bulk writes?")
        assert [claim.subject for claim in answer.lead] == ["heron", "ibex"]
        heron, ibex = answer.cells
        assert (heron.claims, heron.status) == ((), CellStatus.SUPPORTED)
        assert quotes(ibex.claims) == ["We recommend Ibex for fast bulk writes."]

    def test_a_quoted_row_of_a_table_has_the_cell_of_each_side(self, assistant):
        answer = assistant.ask("Heron or Ibex for bulk writes?")
        labels = [claim.evidence[0].label for claim in answer.lead]
        assert labels == ["Bulk writes | Heron", "Bulk writes | Ibex"]


class TestSingle:
    def test_findings_speak_of_the_subject_asked_for(self, assistant):
        answer = assistant.ask("Is Heron fast?")
        assert answer.findings
        assert not answer.cells
        assert all("heron" in claim.evidence[0].subjects for claim in answer.findings)
        assert "Heron reads rows fast when they lie in one page." in quotes(claims(answer))

    def test_code_answers_how(self, assistant):
        answer = assistant.ask("How do I connect to Heron and open rows?")
        kinds = {
            claim.evidence[0].kind for claim in (*answer.lead, *answer.steps, *answer.findings)
        }
        assert BlockKind.CODE in kinds

    def test_a_follow_up_is_answered_with_its_history(self, assistant):
        alone = assistant.ask("Is it fast?")
        turns = [Turn("user", "Tell me of Ibex"), Turn("assistant", "Ibex is slow.")]
        answer = assistant.ask("Is it fast?", turns)
        assert answer.question.standalone == "Is Ibex fast?"
        assert all("ibex" in claim.evidence[0].subjects for claim in answer.findings)
        assert alone.question.columns == ()


class TestFilters:
    def test_only_sources_that_pass_are_quoted(self, assistant):
        filters = Filters(sources=("heron-manual",))
        answer = assistant.ask("Is Heron fast?", (), filters)
        assert answer.citations
        assert {c.source_id for c in answer.citations} == {"heron-manual"}

    def test_only_authorities_that_pass_are_quoted(self, assistant):
        filters = Filters(authorities=(Authority.INDEPENDENT,))
        answer = assistant.compare(["heron", "ibex"], ["speed"], filters)
        assert answer.citations
        assert {c.authority for c in answer.citations} == {Authority.INDEPENDENT}

    def test_only_passages_about_a_subject_that_passes_are_quoted_of_whatever_side(
        self, assistant, generation
    ):
        answer = assistant.ask("Compare Heron and Ibex on speed", (), Filters(("heron",)))
        library = generation.library
        left = {p.id for p in library.passages_at(range(library.passages)) if "heron" in p.subjects}
        assert answer.citations
        assert {c.evidence.passage_id for c in answer.citations} <= left

    def test_where_nothing_passes_it_refuses(self, assistant):
        answer = assistant.ask("Is Heron fast?", (), Filters(("marmot",), ("ibex-manual",)))
        assert answer.refusal
        assert answer.refusal.nearest == ()


class TestRefusal:
    def test_it_says_why_and_what_came_nearest(self, assistant):
        answer = assistant.ask("What is the weather in Paris?")
        assert answer.refusal.reason
        assert 0 < len(answer.refusal.nearest) <= 3
        assert (answer.lead, answer.cells, answer.findings) == ((), (), ())
        assert answer.citations == ()
        assert answer.coverage.words_quoted == 0

    def test_it_names_what_no_source_speaks_of(self, assistant):
        answer = assistant.ask("React vs Vue")
        assert "React" in answer.refusal.reason
        assert "Vue" in answer.refusal.reason
        assert answer.question.unknown == ("React", "Vue")

    def test_one_known_subject_is_answered_and_the_unknown_one_named(self, assistant):
        answer = assistant.ask("Is Heron faster than React, Heron vs React: fast reads?")
        assert answer.question.unknown == ("React",)
        assert "react" not in {column.id for column in answer.question.columns}


class TestCompare:
    def test_by_name_it_answers_like_by_question(self, assistant):
        answer = assistant.compare(["Heron", "ibex"], ["Speed"])
        assert [c.id for c in answer.question.columns] == ["heron", "ibex"]
        assert cell(answer, "ibex", "speed").claims

    def test_known_names_are_never_refused_where_there_is_evidence(self, assistant):
        answer = assistant.compare(["heron", "ibex"], ["backup", "speed"])
        assert cell(answer, "ibex", "backup").claims
        assert cell(answer, "heron", "speed").claims

    @pytest.mark.parametrize(
        ("subjects", "aspects"),
        [
            (["heron"], []),
            (["heron", "heron"], []),
            (["heron", "gull"], []),
            (["heron", "ibex"], ["x"]),
        ],
    )
    def test_wrong_names_are_question_errors(self, assistant, subjects, aspects):
        with pytest.raises(QuestionError):
            assistant.compare(subjects, aspects)


class TestFragments:
    @pytest.mark.parametrize(
        ("quote", "fragment"),
        [
            ("Heron is fast.", "Heron%20is%20fast."),
            ("one, two", "one%2C%20two"),
            ("user-friendly", "user%2Dfriendly"),
            ("a & b", "a%20%26%20b"),
            ("50% of #1", "50%25%20of%20%231"),
            ("größer", "gr%C3%B6%C3%9Fer"),
            ("a b c d e f g h", "a%20b%20c%20d%20e%20f%20g%20h"),
            ("a b c d e f g h i", "a%20b%20c%20d,f%20g%20h%20i"),
            ("a, b c-d e f g h i j", "a%2C%20b%20c%2Dd%20e,g%20h%20i%20j"),
            ("first line\nsecond line", "first%20line"),
        ],
    )
    def test_a_quote_becomes_a_text_directive(self, quote, fragment):
        assert (
            with_fragment("https://a.example/b", quote) == f"https://a.example/b#:~:text={fragment}"
        )

    def test_an_address_with_a_fragment_keeps_it(self):
        assert with_fragment("https://a.example/#top", "x") == "https://a.example/#top:~:text=x"

    @pytest.mark.parametrize("url", ["unknown", "", "ftp://a.example", "javascript:alert(1)"])
    def test_what_is_no_web_address_stays_as_it_is(self, url):
        assert with_fragment(url, "x") == url

    def test_the_page_that_a_digest_retells_gets_none(self, assistant):
        answer = assistant.ask("Is Marmot hard for a beginner?")
        digests = [c for c in answer.citations if c.kind is SourceKind.DIGEST]
        assert digests
        assert {c.url for c in digests} == {"https://school.example/course"}

    def test_the_first_words_of_the_others_are_in_the_address(self, assistant):
        answer = assistant.ask("Is Heron fast?")
        assert answer.citations
        for citation in answer.citations:
            named = unquote(citation.url.partition(":~:text=")[2])
            if citation.source_id == "heron-manual":  # two documents, one address: not their own
                assert (named, citation.place) == ("", citation.path)
                continue
            assert citation.place == citation.url
            assert named
            assert citation.evidence.quote.split()[0] in named


class TestChecks:
    @pytest.fixture
    def evidence(self, assistant) -> Evidence:
        return assistant.ask("Is Heron fast?").lead[0].evidence[0]

    @pytest.fixture
    def passed(self, assistant, guide):
        """Whether some evidence passes the check with a name."""

        def passed(evidence: Evidence, name: str, subject: str | None = None) -> bool:
            document = assistant.generation.library.document(evidence.document_id)
            checks = verify.check(evidence, document, subject, guide)
            claim = Claim(evidence.quote, subject, None, (evidence,), checks)
            assert verify.passed(claim) == all(check.passed for check in checks)
            return next(check.passed for check in checks if check.name == name)

        return passed

    def test_a_quote_off_by_one_fails(self, evidence, passed):
        assert passed(evidence, "quote_in_document")
        for changed in (
            replace(evidence, start=evidence.start + 1),
            replace(evidence, end=evidence.end + 1),
            replace(evidence, quote=evidence.quote + "!"),
            replace(evidence, quote=evidence.quote.upper()),
        ):
            assert not passed(changed, "quote_in_document")

    def test_a_long_quote_fails(self, evidence, passed):
        assert passed(replace(evidence, quote="w " * QUOTE_WORDS), "quote_is_short")
        assert not passed(replace(evidence, quote="w " * (QUOTE_WORDS + 1)), "quote_is_short")

    def test_a_quote_that_speaks_of_someone_else_fails(self, evidence, passed):
        bare = replace(evidence, quote="It is.", label="", subjects=())
        assert not passed(bare, "names_subject", "heron")
        assert not passed(replace(bare, quote="Heron is."), "names_subject", "heron")
        assert passed(replace(bare, label="Work | Heron"), "names_subject", "heron")
        assert passed(replace(bare, subjects=("heron",)), "names_subject", "heron")
        assert not passed(replace(bare, subjects=("ibex",)), "names_subject", "heron")

    def test_evidence_that_fails_is_not_shown(self, assistant, monkeypatch):
        failed = verify.Check("quote_in_document", passed=False, detail="")
        monkeypatch.setattr(verify, "check", lambda *_, **__: (failed,))
        answer = assistant.ask("Compare Heron and Ibex on speed")
        assert answer.refusal
        assert not claims(answer)


class TestPicker:
    @pytest.fixture
    def candidates(self, generation):
        """Every statement of the corpus, each with a vector of its own."""
        ranked = [Ranked(i, 1.0, None, 0.0, None, 0.0) for i in range(generation.library.passages)]
        found = Gatherer(generation).candidates(ranked)
        basis = np.eye(len(found), dtype=np.float32)
        return [replace(c, vector=basis[i]) for i, c in enumerate(found)]

    @pytest.fixture
    def picker(self, generation, guide):
        return Picker(Prover(guide, Numbering(generation.library)), least=0.5, words=10_000)

    def all_of(self, picker, judged, subject=None):
        picks = []
        while (pick := picker.best(judged, subject, None)) is not None:
            picks.append(pick)
        return picks

    def test_the_best_comes_first_and_what_hardly_helps_not_at_all(self, picker, candidates):
        judged = [Judged(c, 0.0, 0.4 + 0.2 * (i % 3)) for i, c in enumerate(candidates)]
        helps = [pick.judged.helps for pick in self.all_of(picker, judged)]
        assert helps == sorted(helps, reverse=True)
        assert set(helps) == {0.6000000000000001, 0.8}

    def test_sentences_side_by_side_that_help_are_one_quote(self, picker, candidates):
        prose = [c for c in candidates if c.statement.kind is BlockKind.PROSE]
        one, other = next(
            (a, b)
            for a, b in pairwise(prose)
            if a.document == b.document and b.statement.start == a.statement.end + 1
        )
        both = picker.best([Judged(one, 0.9, 0.9), Judged(other, 0.0, 0.6)], None, None)
        assert both.claim.text.split() == f"{one.quote} {other.quote}".split()
        assert picker.best([Judged(other, 0.0, 0.6)], None, None) is None

    def test_one_that_does_not_help_is_left_out(self, picker, candidates):
        prose = [c for c in candidates if c.statement.kind is BlockKind.PROSE]
        judged = [Judged(c, 0.9, 0.9 if c is prose[0] else 0.49) for c in candidates]
        assert picker.best(judged, None, None).claim.text == prose[0].quote

    def test_what_answers_goes_before_what_only_helps(self, picker, candidates):
        judged = [Judged(c, 0.9 if i == 7 else 0.0, 0.9) for i, c in enumerate(candidates)]
        pick = picker.best(judged, None, None)
        assert pick.judged.candidate.ordinal == candidates[7].ordinal

    def test_of_statements_that_overlap_one_is_taken(self, picker, candidates):
        picks = self.all_of(picker, [Judged(c, 0.9, 0.9) for c in candidates])
        assert 1 < len(picks) < len(candidates)
        spans = [pick.claim.evidence[0].span for pick in picks]
        for one, other in combinations(spans, 2):
            assert one[0] != other[0] or one[2] <= other[1] or other[2] <= one[1]

    def test_of_statements_that_say_the_same_one_is_taken(self, picker, candidates):
        same = [Judged(replace(c, vector=candidates[0].vector), 0.9, 0.9) for c in candidates]
        assert len(self.all_of(picker, same)) == 1

    def test_nothing_is_picked_when_the_words_are_used_up(self, picker, candidates):
        picker.words = 12
        picks = self.all_of(picker, [Judged(c, 0.9, 0.9) for c in candidates])
        said = [len(pick.claim.text.split()) for pick in picks]
        assert sum(said[:-1]) < 12 <= sum(said)

    def test_a_quote_that_speaks_of_someone_else_is_passed_over(self, picker, candidates, guide):
        judged = [Judged(c, 0.9, 0.9) for c in candidates]
        for pick in self.all_of(picker, judged, "ibex"):
            named = guide.subjects_in(pick.claim.text)
            assert "ibex" in (named or pick.claim.evidence[0].subjects)

    def test_a_row_of_a_table_is_quoted_whole(self, picker, candidates):
        """The other side's cell comes beside it, though other statements help more."""
        cells = {
            c.statement.subjects[0]: c
            for c in candidates
            if c.statement.label.startswith("Point reads | ")
        }
        others = [c for c in candidates if c.statement.kind is BlockKind.PROSE]
        first = (Judged(cells["heron"], 0.9, 0.9),)
        second = (Judged(cells["ibex"], 0.1, 0.2), *(Judged(c, 0.8, 0.8) for c in others))
        columns = [Column("heron", "Heron"), Column("ibex", "Ibex")]
        pools = [
            Pool(Place(column), pool) for column, pool in zip(columns, (first, second), strict=True)
        ]
        picked = picker.in_turn(pools, 1)
        assert [claims[0].text for claims in picked] == [
            "fast, 4 microseconds",
            "slow, 90 microseconds",
        ]


def test_a_quote_is_numbered_once(assistant):
    evidence = assistant.ask("Is Heron fast?").citations[0].evidence
    other = assistant.ask("Heron or Ibex on backup?").citations[0].evidence
    numbering = Numbering(assistant.generation.library)
    assert [numbering.cite(e).number for e in (evidence, other, evidence)] == [1, 2, 1]
    assert [citation.number for citation in numbering.all()] == [1, 2]


def test_without_a_guide_every_question_gets_findings(settings):
    (settings.corpus / "subjects.toml").unlink()
    build(settings, WordEncoder())
    answer = Assistant.open(settings, WordEncoder()).ask("Is Heron fast, with fast reads of rows?")
    assert answer.findings
    assert answer.question.columns == ()
