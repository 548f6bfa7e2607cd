"""What a question asks: which subjects, which aspects, a comparison or one subject."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from ragbot.answer.equivalence.asking import asks_for_counterpart
from ragbot.answer.followup import Turn, self_contained
from ragbot.answer.mentions import names_a_row
from ragbot.answer.rephrase import in_a_row
from ragbot.answer.words import SPECIFIC, WordWeights, is_symbol, specific_words
from ragbot.errors import QuestionError
from ragbot.guide import Aspect, Guide
from ragbot.limits import distinct, shown
from ragbot.retrieval.symbols import symbols_in
from ragbot.types import Column, Form, Question, QuestionKind, Row

QUESTION_ROW = "question"
OVERALL = Row(QUESTION_ROW, "Overall")  # first in a table of a question that names no aspect
RARE, RARE_PEER = 0.7, 0.45  # share of the largest idf of a name set against another, or a subject
UNSEEN = 0.9  # from here on a word is a name, however written
NARROWING = 0.28  # share of the largest idf of a word that narrows a question without an aspect

_SURE_WORDS = (
    r"vs\.?|versus|(?:better|worse|[a-z]{2,}er|(?:more|less) \w+) than|compared (?:to|with)|"
    r"instead of"
)
_VERSUS = re.compile(
    rf"([\w.+#\-]+),?\s+(?:{_SURE_WORDS}|or|and)\s+(?=([\w.+#\-]+))", re.IGNORECASE
)
_SURE = re.compile(rf"\s(?:{_SURE_WORDS})\s", re.IGNORECASE)

# How English asks one thing about two subjects, and how it sets them side by side all the same.
_ONE_THING = re.compile(
    r"^(?:and |so |but )?(?:how (?:do|can|could|should|would|must) (?:i|you|we|one)|how to|can|"
    r"could|is it possible|is there (?:a|any) way|"
    r"(?:i(?:'m| am) )?wondering (?:if|whether) (?:it|i|you|we|one))\b(?!-)|"
    r"\b(?:related to|relat(?:e|es|ion|ionship) (?:to|of|with|between)|tied to|"
    r"depend(?:s|ent)? on|part of|built (?:on|into)|based on|belongs? to|works? with|"
    r"integrat\w+ (?:with|into))\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:vs|versus|than|compar\w+|contrast\w*|differ\w*|distinguish\w*|similar\w*|instead of|"
    r"against|better|best|worse|rather|relative to|prefer\w*|choose|decide|beats?|outperform\w*|"
    r"pros|cons|advantages?|benefits?|as opposed to|"
    r"(?:easi|fast|simpl|slow|cheap|light|small|larg|new|old|hard|strong|weak|quick|saf)er)\b",
    re.IGNORECASE,
)


def understand(
    text: str,
    history: Sequence[Turn],
    guide: Guide,
    weights: WordWeights,
    similar_aspects: Callable[[str], Sequence[Aspect]],
    owner: Callable[[str], str | None],
) -> Question:
    """Read a question.

    `weights` gives the inverse document frequency of each token of a text, in 0..1;
    `similar_aspects` the aspects whose description is close in meaning, best first; `owner` the
    subject that a programming name belongs to, where it belongs to one.
    """
    standalone = self_contained(text, history, guide, weights)
    subjects = guide.subjects_in(standalone)
    if subjects:
        subjects = tuple(dict.fromkeys((*subjects, *_owners(standalone, guide, owner))))
    unknown = _unknown(standalone, guide, weights)
    by_name = bool(subjects)
    if not subjects and not unknown and guide.asks_for_all(standalone):
        subjects = tuple(subject.id for subject in guide.subjects)
    columns = tuple(Column(subject, guide.name_of(subject)) for subject in subjects)
    if len(columns) < 2:
        named = bool(columns) and asks_for_counterpart(standalone, guide.names, names_aspect=True)
        kind = QuestionKind.EQUIVALENCE if named else QuestionKind.SINGLE
        return Question(text, standalone, kind, columns, (), unknown)
    named = bool(guide.aspects_in(standalone))
    if asks_for_counterpart(standalone, guide.names, names_aspect=named):
        kind = QuestionKind.EQUIVALENCE
    elif by_name and not compares(standalone, guide):
        return Question(text, standalone, QuestionKind.SINGLE, columns, (), unknown)
    else:
        kind = QuestionKind.COMPARISON
    rows = _rows(standalone, guide, weights, similar_aspects)
    return Question(text, standalone, kind, columns, rows, unknown)


def compares(text: str, guide: Guide) -> bool:
    """Whether a question that names two or more subjects sets them side by side.

    "How do I use A with B?" and "Is A part of B?" ask one thing about both, unless a word of
    comparing stands there, or the names stand in a row ("in A and B").
    """
    if not _ONE_THING.search(text) or _COMPARES.search(text):
        return True
    beside = any(
        one[2] != other[2] and not text[one[1] : other[0]].strip(" ,/&+")
        for one, other in pairwise(guide.mentions(text))
    )
    return beside or names_a_row(text, guide)


def named_question(guide: Guide, subjects: Sequence[str], aspects: Sequence[str]) -> Question:
    """The question that compares subjects on aspects, each given by id, name or alias.

    Raises:
        QuestionError: there are fewer than two different subjects, a list is too long, or a name
            is not known.
    """
    columns, rows = [], []
    for name in distinct("subjects", subjects):
        subject = guide.subject(name)
        if subject is None:
            known = ", ".join(s.id for s in guide.subjects) or "none"
            raise QuestionError(f"the index knows no subject {shown(name)!r}; it knows {known}")
        columns.append(Column(subject.id, subject.name))
    for name in distinct("aspects", aspects):
        aspect = guide.aspect(name)
        if aspect is None:
            known = ", ".join(a.id for a in guide.aspects) or "none"
            raise QuestionError(f"the index knows no aspect {shown(name)!r}; it knows {known}")
        rows.append(Row(aspect.id, aspect.name))
    columns, rows = list(dict.fromkeys(columns)), list(dict.fromkeys(rows))
    if len(columns) < 2:
        raise QuestionError("a comparison needs two different subjects or more")
    text = f"Compare {in_a_row([column.name for column in columns], 'and')}"
    if rows:
        text += f" on {in_a_row([row.name.lower() for row in rows], 'and')}"
    kind, form = QuestionKind.COMPARISON, Form.COMPARISON
    return Question(text, text, kind, tuple(columns), tuple(rows), form=form)


def _rows(
    text: str,
    guide: Guide,
    weights: WordWeights,
    similar_aspects: Callable[[str], Sequence[Aspect]],
) -> tuple[Row, ...]:
    """The aspects named; the question itself where it asks for something narrower; () for all."""
    named = [guide.aspect(name) for name in guide.aspects_in(text)]
    specific = specific_words(text, guide, weights, SPECIFIC if named else NARROWING)
    aspects: Sequence[Aspect | None] = named
    if not named and specific:
        aspects = similar_aspects(text)
    rows = [Row(aspect.id, aspect.name) for aspect in aspects if aspect]
    if specific or not guide.aspects:
        rows.insert(0, Row(QUESTION_ROW, "On your question"))
    return tuple(rows)


def _owners(text: str, guide: Guide, owner: Callable[[str], str | None]) -> list[str]:
    """The subjects of the programming names that a question sets against another name."""
    names = symbols_in(text, guide.names)
    compared = {m[group].strip(".-") for m in _VERSUS.finditer(text) for group in (1, 2)}
    found = [owner(name) for name in names if name in compared]
    return [subject for subject in found if subject]


def _unknown(text: str, guide: Guide, weights: WordWeights) -> tuple[str, ...]:
    """Names set against another name ("A vs B") that are no subject and that few passages hold.

    Where a question names subjects, only what is set against one of those, or against such a name.
    """
    known = [(start, end) for start, end, _ in guide.mentions(text)]
    pairs = list(_VERSUS.finditer(text))
    found: dict[str, None] = {}
    for match in [*pairs, *pairs]:  # twice: the first of "A vs B vs SUBJECT" is found through B
        sure = bool(_SURE.search(match[0]))
        names = [match[group].strip(".-") for group in (1, 2)]
        subject = [_at(match.start(group), match.end(group), known) for group in (1, 2)]
        for one, other in ((0, 1), (1, 0)):
            name, peer = names[one], subject[other] or names[other] in found
            if not name or subject[one] or is_symbol(name) or (known and not peer):
                continue
            weight = min(weights(name).values(), default=0.0)
            capital = name[0].isupper() and (sure or match.start(one + 1) > 0)
            if subject[other]:
                least = RARE_PEER if capital else RARE if sure else UNSEEN
            else:
                least = RARE if sure or (capital and " or " in match[0].lower()) else 2.0
            if weight >= least:
                found[name] = None
    return tuple(found)


def _at(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a word is, or is part of, one of some mentions."""
    return any(a < end and start < b for a, b in spans)
