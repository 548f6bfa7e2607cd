"""Whether a sentence that a model wrote rests on a quote, checked without believing the model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ragbot.answer.generate.figures import called_alike, limits, names, numbers
from ragbot.answer.generate.grounds import Ground, Place, clauses
from ragbot.answer.generate.nearness import Nearness
from ragbot.answer.generate.turning import NEUTRAL, lowered, turned
from ragbot.encoder.entailment import Entailment
from ragbot.guide import Guide
from ragbot.lexical.tokens import tokens
from ragbot.types import Check, Claim

LEAST_COSINE: Final = 0.55  # of a sentence and its ground
LEAST_WORDS: Final = 0.67  # share of a sentence's words that stand in its ground
LEAST_WORDS_ENTAILED: Final = 0.34  # the same, where a model of entailment says yes
LEAST_SAID: Final = 2  # words that say something, besides the subject's name
VERBATIM: Final = 0.7  # share of a ground's words that a sentence about several subjects repeats
_AROUND: Final = ".,;:!?\"'()[]\u2018\u2019\u201c\u201d"
_NEUTRAL: Final = frozenset(token for word in NEUTRAL for token in tokens(word))


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence with what it rests on, or with what is wrong with it."""

    text: str
    grounds: tuple[Ground, ...] = ()
    fault: str = ""
    cosine: float = 0.0


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the sentences of one answer; `several`: it compares subjects, so each needs one."""

    guide: Guide
    grounds: Sequence[Ground]
    nearness: Nearness
    several: bool
    entailment: Entailment | None = None

    def judge(self, sentence: str, subject: str | None, place: Place | None) -> Judged:
        """What a sentence rests on: one quote, or one for each of its clauses.

        `subject` is meant where the sentence names none; in a `place` only the quotes of that cell
        count.
        """
        named = self.guide.subjects_in(sentence)
        whole = self._unit(sentence, named, subject, place)
        if not whole.fault or len(named) < 2:
            return whole
        parts = clauses(sentence, self.guide)
        if len(parts) < 2 or any(len(self.guide.subjects_in(part)) != 1 for part in parts):
            return whole
        judged = [self._unit(p, self.guide.subjects_in(p), None, place) for p in parts]
        fault = next((j.fault for j in judged if j.fault), "")
        if fault:
            return Judged(sentence, fault=fault)
        found = tuple(dict.fromkeys(ground for j in judged for ground in j.grounds))
        return Judged(sentence, found, cosine=min(j.cosine for j in judged))

    def _unit(
        self, text: str, named: tuple[str, ...], subject: str | None, place: Place | None
    ) -> Judged:
        """A sentence or clause against every ground of its subject; the best that bears it."""
        about = named or ((subject,) if subject else ())
        open_to = [
            g
            for g in self.grounds
            if (place is None or g.place == place)
            and (g.subjects == about if about else not (self.several or g.names_subjects))
        ]
        best = Judged(text, fault="subject")
        nearest = -2.0
        for ground in open_to:
            cosine = self.nearness.cosine(text, f"{ground.beside} {ground.text}".strip())
            fault = next(self._faults(text, ground, about, cosine), "")
            if (not fault, cosine) > (not best.fault, nearest):
                best = Judged(text, () if fault else (ground,), fault, cosine)
                nearest = cosine
        return best

    def _faults(
        self, text: str, ground: Ground, about: tuple[str, ...], cosine: float
    ) -> Iterator[str]:
        """What keeps a sentence from resting on a ground; the dearest check comes last."""
        spoken = f"{ground.beside}: {ground.text}"
        if not numbers(text) <= numbers(spoken):
            yield "number"
        if not names(text, self.guide) <= _called(spoken):
            yield "name"
        if not limits(ground.text, self.guide) <= _called(text):
            yield "limit"
        if not called_alike(text, ground.text, self.guide):
            yield "name"
        yield from turned(text, ground.text, ground.header)
        if len(about) > 1 and not _verbatim(text, ground.text):
            yield "several subjects"
        yield from self._words(text, ground)
        if cosine < LEAST_COSINE:
            yield "meaning"
        if self.entailment is not None and not self.entailment.entails(spoken, text):
            yield "entailment"

    def _words(self, text: str, ground: Ground) -> Iterator[str]:
        """Whether a sentence's words stand in its ground, or mean what one there means."""
        own = set(self._telling(text))
        if len(own) < LEAST_SAID:
            yield "nothing said"
        spoken = f"{ground.text} {ground.beside}"
        strange = own - set(tokens(spoken))
        least = LEAST_WORDS if self.entailment is None else LEAST_WORDS_ENTAILED
        if len(strange) > (1 - least) * len(own):
            yield "words"
        elif self.entailment is None:
            words = [word for word in lowered(text) if strange & set(tokens(word))]
            if not all(self.nearness.near(word, lowered(spoken)) for word in words):
                yield "words"

    def _telling(self, text: str) -> list[str]:
        """The tokens of a text that say something, without the plain names of subjects."""
        for start, end, _ in reversed(self.guide.mentions(text)):
            if "." not in text[start:end]:
                text = f"{text[:start]} {text[end:]}"
        return [token for token in tokens(text) if token not in _NEUTRAL]


def _called(text: str) -> set[str]:
    """Everything in a text that a name may be: its words, whole and in parts."""
    return {form for word in text.lower().split() for form in _forms(word)} | set(lowered(text))


def _forms(word: str) -> tuple[str, ...]:
    bare = word.strip(_AROUND)
    return (bare, bare.removesuffix("'s").removesuffix("\u2019s"), *bare.split("/"))


def _verbatim(text: str, source: str) -> bool:
    """Whether a text is a source with little left out and nothing moved: who is whom stays."""
    own = [token for token in tokens(text) if token not in _NEUTRAL]
    given = [token for token in tokens(source) if token not in _NEUTRAL]
    rest = iter(given)
    return all(token in rest for token in own) and len(own) >= VERBATIM * len(given)


def claim_of(judged: Judged, place: Place | None) -> Claim:
    """A sentence that rests on quotes, as a claim with the checks it went through."""
    evidence = tuple(dict.fromkeys(ground.evidence for ground in judged.grounds))
    subjects = {subject for ground in judged.grounds for subject in ground.subjects}
    about = place[0] if place else next(iter(subjects)) if len(subjects) == 1 else None
    checks = tuple(
        Check(name, True, detail)
        for name, detail in (
            ("of_its_subject", "each clause rests on a quote about the subject that it names"),
            ("numbers_and_names", "each stands in the quote, and so do its versions"),
            ("negation_and_direction", "negation, conditions, limits and comparison are the same"),
            ("words_and_meaning", f"its words are the quote's; cosine {judged.cosine:.2f}"),
        )
    )
    return Claim(judged.text, about, place[1] if place else None, evidence, checks)
