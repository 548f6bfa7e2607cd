"""Composes an answer: the lead first, then only what was asked."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ragbot.answer.equivalence.names import written_in
from ragbot.answer.find import Place, Pool, PoolFinder, about
from ragbot.answer.pick import WORDS, Pick, Picker, ranked
from ragbot.answer.prove import Prover
from ragbot.answer.sections import Sections, note, outright
from ragbot.answer.steps import Procedures
from ragbot.answer.table import Comparer
from ragbot.guide import Guide
from ragbot.index.symbols import is_added
from ragbot.judge import Judged
from ragbot.retrieval import Filters
from ragbot.types import BlockKind, Object, Question, QuestionKind, SideBySide
from ragbot.understand.form import COMPARING

FURTHER = 4  # quotes below the lead
THOROUGH = 2  # times as much is quoted where the evidence itself is asked for
BELOW_NAMES = 2  # quotes of guides below names side by side


class Composer:
    """Composes the answers of one generation; safe to share between threads."""

    def __init__(self, guide: Guide, finder: PoolFinder, procedures: Procedures) -> None:
        self._guide = guide
        self._finder = finder
        self._procedures = procedures
        self._comparer = Comparer(guide, finder)

    def sections(
        self,
        question: Question,
        beside: Sequence[SideBySide],
        prover: Prover,
        filters: Filters,
    ) -> Sections:
        """The sections that a question asks for; `beside` are names that are shown side by side."""
        words = THOROUGH * WORDS if question.wants_reasons else WORDS
        picker = Picker(prover, words=words)
        if beside:
            return self._guides(question, beside, picker, filters)
        if question.kind is QuestionKind.COMPARISON:
            return self._comparer.sections(question, picker, filters)
        return self._findings(question, picker, filters)

    def _findings(self, question: Question, picker: Picker, filters: Filters) -> Sections:
        """A lead, the steps where they are asked for and told, and what else the sources say."""
        columns = question.columns
        places = [Place(column) for column in columns]
        if len(columns) != 1:
            places.insert(0, Place())
        pools = [about(p, columns) for p in self._finder.pools(question, places, filters)]
        first = ranked(pools[0].judged)
        steps = self._procedures.steps(question, first, picker, filters)
        subject = pools[0].place.subject
        lead = self._of_things(question, pools[0], picker, filters)
        if not steps and not lead:
            pick = picker.best(first, subject, None) or picker.nearest(first, subject, None)
            lead += [pick] if pick else []
        # Each of several subjects has its say, where the sources have one.
        more = [p.claim for pool in pools[1:] if (p := self._said_of(pool, picker)) is not None]
        further = THOROUGH * FURTHER if question.wants_reasons else FURTHER
        more += picker.in_turn([pools[0]], further - len(more))[0]
        return Sections(
            lead=tuple(pick.claim for pick in lead),
            lead_note=note(lead),
            steps=steps,
            findings=tuple(more),
        )

    def _of_things(
        self, question: Question, pool: Pool, picker: Picker, filters: Filters
    ) -> list[Pick]:
        """Where names are set against each other: a quote that tells both apart, else one of each.

        What nothing that helps is said of is told by the first words of its own page. Code tells no
        difference: of 162 listings of such pages that were graded 13 in 100 helped, of the first
        sentences 57 (docs/log.md, 2026-11-29).
        """
        things = {one.document: one for one in question.objects if one.document}
        if len(things) < 2 or question.form not in COMPARING:
            return []
        both = [j for j in pool.judged if outright(j) and _naming(j, things.values()) > 1]
        if both and (pick := picker.best(both, pool.place.subject, None)):
            return [pick]
        lead: list[Pick] = []
        for document, thing in things.items():
            page = self._finder.of_document(question, document, filters)
            around = [j for j in pool.judged if not j.candidate.symbol and _naming(j, [thing])]
            about_it = [j for j in (*page, *around) if not _is_code(j)]
            subject = thing.subject or None
            pick = picker.best(about_it, subject, None)
            pick = pick or picker.best(_opening(page), subject, None, 0.0)
            lead += filter(None, [pick or picker.nearest(about_it, subject, None)])
        return lead

    def _guides(
        self,
        question: Question,
        beside: Sequence[SideBySide],
        picker: Picker,
        filters: Filters,
    ) -> Sections:
        """What guides say of names that are shown side by side, below them.

        Where none surely is the counterpart, whatever helps most.
        """
        names = [s.name for one in beside for s in (one.asked, *one.counterparts) if s.is_direct]
        picker.claims += [claim for one in beside for claim in one.claims()]
        (pool,) = self._finder.pools(question, [Place()], filters)
        sure = all(one.counterparts[0].is_direct for one in beside)
        naming = [
            one
            for one in pool.judged
            if not sure
            or (
                not one.candidate.symbol
                and any(written_in(name, one.candidate.quote) for name in names)
            )
        ]
        found = picker.in_turn([replace(pool, judged=tuple(naming))], BELOW_NAMES)
        return Sections(lead_note=_counterpart(beside), findings=tuple(found[0]))

    def _said_of(self, pool: Pool, picker: Picker) -> Pick | None:
        """A quote about a subject that none of the claims so far speaks of."""
        subject = pool.place.subject
        quotes = [evidence for claim in picker.claims for evidence in claim.evidence]
        if any(subject in (*e.subjects, *self._guide.subjects_in(e.quote)) for e in quotes):
            return None
        best = picker.best(pool.judged, subject, None)
        return best or picker.nearest(pool.judged, subject, None)


def _naming(judged: Judged, things: Iterable[Object]) -> int:
    """How many of some things a statement names."""
    return sum(written_in(one.name, judged.candidate.quote) for one in things)


def _is_code(judged: Judged) -> bool:
    return judged.candidate.statement.kind is BlockKind.CODE


def _opening(page: Sequence[Judged]) -> list[Judged]:
    """The first sentence of a page."""
    prose = (one for one in page if one.candidate.statement.kind is BlockKind.PROSE)
    return [one for one in prose if not is_added(one.candidate.quote)][:1]


def _counterpart(beside: Sequence[SideBySide]) -> str:
    """Which name is the counterpart, in a sentence; "" where none surely is, or both are asked."""
    asked, first = beside[0].asked, beside[0].counterparts[0]
    if first.is_asked or not first.is_direct:
        return ""
    return f"In {first.reference}, {first.name} is the counterpart of {asked.name}."
