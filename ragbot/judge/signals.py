"""The cheap signals of a question and its candidates, all candidates at once.

None is weighed here: what each is worth is learnt (blend.py). A signal is called by its name in
the data file, so that one learnt from other signals is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ragbot.guide import Guide
from ragbot.judge import Asked
from ragbot.judge.candidates import Candidate
from ragbot.judge.wordings import FAR, SHAPE, Values, Wording, WordingReader
from ragbot.lexical.tokens import tokens
from ragbot.types import ON_ITS_WAY_OUT, BlockKind, FactKind, Form

UNSEARCHED = 200  # the place of a statement whose passage was not searched for

NEAR = (
    *("cosine", "cosine_below_best", "cosine_place", "searched", "log_rank", "passage_score"),
    *("passage_below_best", "passage_cosine", "passage_words", "best_of_passage"),
)
WORDS = (
    *("words_quote", "words_label", "words_heading", "words_title", "words_all"),
    *("rarest_quote", "rarest_all", "quote_asked", "pairs_asked"),
)
NAMES = ("documents_name", "name_in_quote", "name_beside", "symbol_asked", "is_symbol_page")
SUBJECTS = (
    *("subject_in_quote", "subject_beside", "subject_known", "subject_place", "subject_gap"),
    *("others_in_quote", "others_beside", "asked_in_quote", "comparing"),
)
ASPECTS = ("aspect_quote", "aspect_label", "aspect_heading")
STANDING = ("going", "experimental", "of_version", "code", "item", "row", "start")
QUESTION = (
    *("question_subjects", "question_names", "question_words", "question_rarest"),
    *("question_aspects", "question_wants_subject", "question_cosine"),
)
FORMS = (*(f"form_{form}" for form in Form), "wants_code")
UNFOUND = {
    **dict.fromkeys(("searched", "passage_score", "passage_below_best", "passage_cosine"), 0.0),
    **dict.fromkeys(("passage_words", "best_of_passage", "documents_name"), 0.0),
    "log_rank": float(np.log1p(UNSEARCHED)),
}
"""What the signals of a passage are where a statement was not found by a search."""
SIGNALS = (*NEAR, *WORDS, *NAMES, *SUBJECTS, *ASPECTS, *STANDING, *SHAPE, *QUESTION, *FORMS)
"""The names of the signals, in the order of their columns."""

_FACTS = (
    ON_ITS_WAY_OUT,
    {FactKind.EXPERIMENTAL},
    {FactKind.VERSION_ADDED, FactKind.VERSION_CHANGED},
)
_KINDS = (BlockKind.CODE, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is read off a question once, for all of its candidates.

    `words` are its tokens with their weights, those that name subjects left out.
    """

    words: Mapping[str, float]
    pairs: frozenset[tuple[str, str]]
    names: frozenset[str]
    subject: str | None
    subjects: frozenset[str]
    aspects: tuple[str, ...]


class SignalReader:
    """Reads the signals of statements of one corpus; safe to share between threads."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._wordings = WordingReader(guide)

    def read(
        self, asked: Asked, candidates: Sequence[Candidate], only: Sequence[int] | None = None
    ) -> Values:
        """The signals of some candidates, shape (candidates, len(SIGNALS)).

        With `only`, of the candidates at those places; the others are what they compare with.
        """
        places = range(len(candidates)) if only is None else only
        if not places:
            return np.empty((0, len(SIGNALS)), dtype=np.float32)
        question = self._question(asked)
        near = _near(asked, candidates)
        own = [
            self._of_one(question, candidates[place], self._wordings.of(candidates[place]))
            for place in places
        ]
        rarest = max(question.words.values(), default=0.0)
        whole = (
            len(question.subjects),
            len(question.names),
            len(question.words),
            rarest,
            len(question.aspects),
            question.subject is not None,
            near[:, 0].max(),
            *(asked.forms.get(form, 0.0) for form in Form),
            asked.wants_code,
        )
        parts = (near[list(places)], np.array(own), np.tile(np.array(whole), (len(own), 1)))
        return np.concatenate(parts, axis=1).astype(np.float32)

    def _question(self, asked: Asked) -> _Question:
        guide, rest = self._guide, asked.text
        for start, end, _ in guide.mentions(asked.text):
            rest = rest[:start] + " " * (end - start) + rest[end:]
        named = {token for name in asked.names for token in tokens(name)}
        said = tokens(rest)
        weights = {token: asked.words.get(token, 1.0) for token in (*said, *named)}
        aspects = (asked.aspect,) if asked.aspect else guide.aspects_in(asked.text)
        return _Question(
            words=weights,
            pairs=frozenset(pairwise(said)),
            names=frozenset(name.lower().rpartition(".")[2] for name in asked.names),
            subject=asked.subject,
            subjects=frozenset(guide.subjects_in(asked.text)),
            aspects=aspects,
        )

    def _of_one(self, question: _Question, candidate: Candidate, wording: Wording) -> list[float]:
        statement = candidate.statement
        texts = (candidate.quote, statement.label, candidate.heading)
        return [
            *_words(question, wording),
            *_names(question, candidate, wording),
            *_subjects(question, candidate, wording),
            *(
                float(sum(self._wordings.aspect_words(a, text) for a in question.aspects))
                for text in texts
            ),
            *(bool(facts & set(statement.facts)) for facts in _FACTS),
            *(statement.kind is kind for kind in _KINDS),
            float(np.log1p(statement.start)),
            *wording.shape,
        ]


def _near(asked: Asked, candidates: Sequence[Candidate]) -> Values:
    """How near statements and their passages are, shape (candidates, len(NEAR))."""
    cosines = np.stack([candidate.vector for candidate in candidates]) @ asked.vector
    places = np.empty(len(cosines))
    places[np.argsort(-cosines, kind="stable")] = np.arange(len(cosines))
    found = np.array(
        [
            (1, c.rank, c.found.score, c.found.dense_score, c.found.lexical_score)
            if c.found
            else (0, UNSEARCHED, 0, 0, 0)
            for c in candidates
        ]
    )
    searched, ranks, scores, dense, lexical = found.T
    best_words = max(lexical.max(), 1e-9)
    saying = [c.found is not None and c.found.saying == c.ordinal for c in candidates]
    columns = (
        cosines,
        cosines - cosines.max(),
        np.log1p(places),
        searched,
        np.log1p(ranks),
        scores,
        np.where(searched > 0, scores - scores.max(), 0),
        dense,
        lexical / best_words,
        saying,
    )
    return np.stack(columns, axis=1).astype(np.float32)


def _words(question: _Question, wording: Wording) -> list[float]:
    """The share of the weight of the words asked for that stands in each place; and so on."""
    weights = question.words
    total = sum(weights.values()) or 1.0
    beside = wording.label | wording.heading
    held = [
        {token for token in weights if token in place}
        for place in (
            *(wording.quote, wording.label, wording.heading, wording.title),
            wording.quote | beside,
        )
    ]
    rarest = [max((weights[token] for token in found), default=0.0) for found in held]
    return [
        *(sum(weights[token] for token in found) / total for found in held),
        rarest[0],
        rarest[-1],
        len(held[0]) / max(1, len(wording.quote)),
        len(question.pairs & wording.pairs) / max(1, len(question.pairs)),
    ]


def _names(question: _Question, candidate: Candidate, wording: Wording) -> list[float]:
    last = wording.last
    return [
        candidate.named,
        len(question.names & wording.quote),
        len(question.names & (wording.label | wording.heading)),
        sum(token in question.words for token in last) / max(1, len(last)),
        bool(candidate.symbol),
    ]


def _subjects(question: _Question, candidate: Candidate, wording: Wording) -> list[float]:
    """How the statement speaks of the wanted subject: by itself, beside it, among others."""
    wanted = {question.subject} if question.subject else question.subjects
    named = wanted & wording.mentions.keys()
    first = min((wording.mentions[name].place for name in named), default=1.0)
    gap = min((wording.mentions[name].gap for name in named), default=FAR)
    return [
        bool(named),
        bool(wanted & wording.beside),
        bool(wanted & set(candidate.statement.subjects)),
        first,
        min(gap, FAR),
        len(wording.mentions.keys() - wanted),
        len(wording.beside - wanted),
        len(question.subjects & wording.mentions.keys()),
        candidate.comparing,
    ]
