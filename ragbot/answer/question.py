"""What a question asks: which subjects, which aspects, a comparison or one subject."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragbot.errors import QuestionError
from ragbot.guide import Aspect, Guide
from ragbot.lexical.tokens import tokens
from ragbot.types import Column, Question, QuestionKind, Row

QUESTION_ROW = "question"
SPECIFIC = 0.45  # share of the largest idf from which a word narrows a question down

# Words of comparing and asking: they narrow nothing down.
_GENERIC = frozenset(
    tokens(
        """between compare comparison comparing compared
        difference differences differ different better best
        good worse choose choice pick picking select use using used prefer recommend recommended
        side by list notable features feature discuss explain describe tell give overview versus
        similarities similar should need want know wonder question please today now currently
        thing things way ways kind type types main major key top actual deep machine learning model
        models neural network networks ai ml native work works working great much many exactly
        really actually anyone someone people guys users user"""
    )
)
_FOLLOW_UP = re.compile(r"^\s*(?:and|but|what about|how about|or|also|then|so)\b", re.IGNORECASE)
_VERSUS = re.compile(
    r"([\w.+#\-]+)\s+(?:vs\.?|versus|or|better than|compared (?:to|with)|instead of|and)\s+"
    r"(?=([\w.+#\-]+))",
    re.IGNORECASE,
)
_SURE = re.compile(r"\b(?:vs\.?|versus|better than|compared (?:to|with))\b", re.IGNORECASE)

WordWeights = Callable[[str], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the conversation so far; `role` is "user" or "assistant"."""

    role: str
    content: str


def understand(
    text: str,
    history: Sequence[Turn],
    guide: Guide,
    weights: WordWeights,
    similar_aspects: Callable[[str], Sequence[Aspect]],
) -> Question:
    """Read a question.

    `weights` gives the inverse document frequency of each token of a text, in 0..1;
    `similar_aspects` the aspects whose description is close in meaning, best first.
    """
    standalone = self_contained(text, history, guide)
    subjects = guide.subjects_in(standalone)
    unknown = _unknown(standalone, guide, weights)
    if not subjects and not unknown and guide.asks_for_all(standalone):
        subjects = tuple(subject.id for subject in guide.subjects)
    columns = tuple(_column(guide, subject) for subject in subjects)
    if len(columns) < 2:
        return Question(text, standalone, QuestionKind.SINGLE, columns, (), unknown)
    rows = _rows(standalone, guide, weights, similar_aspects)
    return Question(text, standalone, QuestionKind.COMPARISON, columns, rows, unknown)


def named_question(guide: Guide, subjects: Sequence[str], aspects: Sequence[str]) -> Question:
    """The question that compares subjects on aspects, each given by id, name or alias.

    Raises:
        QuestionError: there are fewer than two different subjects, or a name is not known.
    """
    columns, rows = [], []
    for name in subjects:
        subject = guide.subject(name)
        if subject is None:
            known = ", ".join(s.id for s in guide.subjects) or "none"
            raise QuestionError(f"the index knows no subject {name!r}; it knows {known}")
        columns.append(Column(subject.id, subject.name))
    for name in aspects:
        aspect = guide.aspect(name)
        if aspect is None:
            known = ", ".join(a.id for a in guide.aspects) or "none"
            raise QuestionError(f"the index knows no aspect {name!r}; it knows {known}")
        rows.append(Row(aspect.id, aspect.name))
    columns, rows = list(dict.fromkeys(columns)), list(dict.fromkeys(rows))
    if len(columns) < 2:
        raise QuestionError("a comparison needs two different subjects or more")
    text = f"Compare {_and([column.name for column in columns])}"
    if rows:
        text += f" on {_and([row.name.lower() for row in rows])}"
    return Question(text, text, QuestionKind.COMPARISON, tuple(columns), tuple(rows))


def self_contained(text: str, history: Sequence[Turn], guide: Guide) -> str:
    """The question with what it leaves to the history: the subjects, or the aspects, last named.

    A question that names both, or has no history, is left as it is.
    """
    earlier = [turn.content for turn in reversed(history) if turn.role == "user"]
    if not earlier:
        return text
    subjects = guide.subjects_in(text)
    before = next((past for past in earlier if guide.subjects_in(past)), "")
    if not subjects and before:
        names = [_column(guide, subject).name for subject in guide.subjects_in(before)]
        return f"{text} ({', '.join(names)})"
    if subjects and _FOLLOW_UP.match(text) and not guide.aspects_in(text) and before:
        names = [_column(guide, s).name for s in guide.subjects_in(before) if s not in subjects]
        aspects = [guide.aspect(a) for a in guide.aspects_in(before)]
        about = ", ".join([*names, *(aspect.name for aspect in aspects if aspect)])
        return f"{text} ({about})" if about else text
    return text


def specific_words(text: str, guide: Guide, weights: WordWeights) -> list[str]:
    """The tokens that narrow a question down: no subject, no word of an aspect, not common."""
    kept = text
    mentions = guide.mentions(text)
    spans = [(start, end) for start, end, _ in mentions if not _is_symbol(text[start:end])]
    spans += [span for aspect in guide.aspects for span in guide.aspect_spans(aspect.id, text)]
    for start, end in sorted(spans, reverse=True):
        kept = kept[:start] + " " + kept[end:]
    return [
        token
        for token, weight in weights(kept).items()
        if weight >= SPECIFIC and token not in _GENERIC
    ]


def _rows(
    text: str,
    guide: Guide,
    weights: WordWeights,
    similar_aspects: Callable[[str], Sequence[Aspect]],
) -> tuple[Row, ...]:
    """The aspects named; the question itself where it asks for something narrower; () for all."""
    named = [guide.aspect(name) for name in guide.aspects_in(text)]
    specific = specific_words(text, guide, weights)
    aspects: Sequence[Aspect | None] = named
    if not named and specific:
        aspects = similar_aspects(text)
    rows = [Row(aspect.id, aspect.name) for aspect in aspects if aspect]
    if specific or not guide.aspects:
        rows.insert(0, Row(QUESTION_ROW, "On your question"))
    return tuple(rows)


def _unknown(text: str, guide: Guide, weights: WordWeights) -> tuple[str, ...]:
    """Names set against another name ("A vs B") that are no subject and that few passages hold."""
    known = [(start, end) for start, end, _ in guide.mentions(text)]
    sure = bool(_SURE.search(text))
    found: dict[str, None] = {}
    for match in _VERSUS.finditer(text):
        for group in (1, 2):
            name, start = match.group(group).strip(".-"), match.start(group)
            if any(a <= start < b for a, b in known) or not name:
                continue
            proper = name[:1].isupper() and start > 0 if not sure else True
            rare = all(weight >= 0.7 for weight in weights(name).values()) and weights(name)
            if proper and rare and not _is_symbol(name):
                found[name] = None
    return tuple(found)


def _column(guide: Guide, subject: str) -> Column:
    found = guide.subject(subject)
    return Column(subject, found.name if found else subject)


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _is_symbol(word: str) -> bool:
    return "." in word or "_" in word or "(" in word
