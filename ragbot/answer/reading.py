"""Reads one question of a conversation against what was talked about before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.answer import rephrase
from ragbot.answer.pointing import Pointing, light, points
from ragbot.answer.words import WordWeights, specific_words
from ragbot.guide import Guide

RARE = 0.75  # share of the largest idf from which a word is likely of another topic
WHY = "Why?"

_WHY = re.compile(
    r"(?:(?:and|but|so|ok(?:ay)?|hm+|yes|no),?\s+)?(?:but\s+)?"
    r"(?:why(?: not| so| is (?:that|this|it)(?: so)?| exactly)?|how so|how come|really|says who|"
    r"are you sure|(?:what(?:'s| is| are)|show(?: me)?|give(?: me)?) (?:the |your |more )?"
    r"(?:evidence|reasons?|proof|sources?)(?: for (?:that|this|it))?|"
    r"(?:tell me|show me|say|give me)? ?(?:some )?more(?: details?| about (?:that|this|it))?|"
    r"(?:in )?(?:more|greater) detail|go on|explain(?: (?:that|this|it))?|elaborate|"
    r"on what grounds|how do you know(?: that)?)",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"(?:(?:thanks?|thank you|thx|ok(?:ay)?|great|good|nice|cool|hello|hi|hey|perfect|so much|"
    r"i see|got it|yes|no)[\s,.!]*)+",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:(?:and|but|or|also|then|so|now|plus|ok(?:ay)?)\b,?\s*)*"
    r"(?:(?:what|how) about\b\s*|what if\b\s*|(?:and )?(?:the )?same (?:question )?"
    r"(?=for|with|in))?",
    re.IGNORECASE,
)
_VERSUS = re.compile(
    r"(?:vs\.?|versus|against|(?:when )?compared (?:to|with)|than)(?!\w)", re.IGNORECASE
)
_ONLY = re.compile(r"\b(?:only|just|alone)\b", re.IGNORECASE)
_ADDING = re.compile(r"\b(?:also|too|as well|add|plus|additionally)\b", re.IGNORECASE)
_INSTEAD = re.compile(r"\b(?:instead|then|too|also|as well)\b", re.IGNORECASE)
_BEFORE_NOUN = re.compile(
    r"(?:for|on|in|with|when|regarding|in terms of|at|as|under|using|to|from|by|without)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:what|which|who|whose|where|when|why|how|is|are|was|were|do|does|did|can|could|should|"
    r"would|will|has|have|may|must|tell|show|give|explain|describe|list|compare|i|we|you)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(r"(?:and |but |so )*(?:what|who)(?:'s| is| are| was)\b", re.IGNORECASE)
_HOW = re.compile(
    r"(?:how (?:do|can|to|would|should|does)|can (?:i|you|we)|is there|are there|do (?:i|you|we)|"
    r"where|what (?:is|are) the|what's the|who\b)",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:more \w+|less \w+|better|worse|[a-z]{3,}er)[\s?.!]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Topic:
    """What is talked about: the last question, self-contained, and its subjects.

    `listed` are the subjects compared last, in their order; `latest` those that the last question
    named itself; `own`: the last question is a topic of its own, without a subject.
    """

    question: str
    subjects: tuple[str, ...]
    listed: tuple[str, ...]
    latest: tuple[str, ...]
    own: bool


def is_talk(text: str) -> bool:
    """Whether a turn only keeps the conversation going ("Thanks!")."""
    return bool(_TALK.fullmatch(text))


class Reader:
    """Reads one question against the topic before it."""

    def __init__(self, guide: Guide, weights: WordWeights, topic: Topic | None) -> None:
        self._guide = guide
        self._weights = weights
        self._topic = topic

    def read(self, text: str) -> str:
        """The question, self-contained."""
        topic = self._topic
        if topic is None or is_talk(text) or text == topic.question:
            return text
        if _WHY.fullmatch(rephrase.without_end(text)):
            return f"{self._ended(topic.question)} {WHY}"
        setting = rephrase.is_setting(topic.question, self._guide)
        pointing = Pointing(self._guide, topic.subjects, topic.listed, topic.latest, setting)
        text, pointed = pointing.counted(text)
        named = self._guide.subjects_in(text)
        if named:
            return self._named(topic, text, named, pointed=pointed)
        return self._unnamed(topic, text, pointing)

    def _unnamed(self, topic: Topic, text: str, pointing: Pointing) -> str:
        """A question that names no subject."""
        link = _LINK.match(text)
        bare = rephrase.without_end(text[link.end() :] if link else text)
        bare = _VERSUS.sub("", bare, count=1).strip() if _VERSUS.match(bare) else bare
        linked = bare != rephrase.without_end(text)
        if linked and (name := self._new_name(bare)):
            return self._further(topic, text, (name,), ())
        if topic.own or not topic.subjects:
            follows = (linked and not self._foreign_name(text)) or points(text)
            return f"{self._ended(topic.question)} {text}" if follows else text
        if light(bare):
            return f"{self._ended(topic.question)} {text}"
        phrase = linked or _BEFORE_NOUN.match(bare) or self._aspect_alone(bare)
        if phrase and not _ASKS.match(bare):
            return self._row(topic, text, bare)
        return self._sentence(topic, text, pointing, linked=linked)

    def _named(self, topic: Topic, text: str, named: tuple[str, ...], *, pointed: bool) -> str:
        """A question that names subjects: it says all, or names them in place of others."""
        rest = text
        for start, end, _ in reversed(self._guide.mentions(text)):
            rest = f"{rest[:start]} {rest[end:]}"
        link = _LINK.match(rest)
        linked = bool(link and link[0].strip()) or bool(_VERSUS.match(rest.strip()))
        alone = not rephrase.without_end(rest).strip()
        if _DEFINES.match(rest):
            return text
        if light(rest) and (linked or alone or pointed or points(rest) or _ONLY.search(rest)):
            return self._further(topic, text, self._names(named), named)
        others = [name for name in topic.subjects if name not in named]
        if topic.own or not others:
            return text
        specific = specific_words(text, self._guide, self._weights)
        if len(named) == 1 and _MORE.search(text) and not re.search(r"\bthan\b", text):
            return (
                f"{rephrase.without_end(text)} than {rephrase.in_a_row(self._names(others), 'or')}?"
            )
        about = rephrase.focus(topic.question, self._guide)
        if _INSTEAD.search(rest) and about and not (specific or self._guide.aspects_in(rest)):
            return f"{rephrase.without_end(text)} {about}?"
        return text

    def _further(self, topic: Topic, text: str, names: Sequence[str], named: Sequence[str]) -> str:
        """The question before, put of more subjects, of another one, or of some of its own."""
        question, guide = topic.question, self._guide
        if topic.own or not guide.subjects_in(question):
            return f"{rephrase.without_end(question)} in {rephrase.in_a_row(names, 'and')}?"
        if _VERSUS.search(text) and not set(named) & set(topic.subjects):
            return (
                f"{rephrase.without_end(question)}, compared to {rephrase.in_a_row(names, 'and')}?"
            )
        if len(topic.subjects) == 1:
            return (
                question
                if tuple(named) == topic.subjects
                else (rephrase.with_other(question, guide, names))
            )
        if named and (set(named) < set(topic.subjects) or _ONLY.search(text)):
            about = rephrase.focus(question, guide)
            if not about:
                return f"Tell me about {rephrase.in_a_row(names, 'and')}"
            return f"What about {rephrase.in_a_row(names, 'and')} {about}?"
        known = {*topic.subjects}
        new = [n for n, i in zip(names, named or names, strict=True) if i not in known]
        return rephrase.with_more(question, guide, new) if new else question

    def _row(self, topic: Topic, text: str, bare: str) -> str:
        """The subjects before, on what is named now; "also" keeps what was asked before."""
        names = self._names(topic.subjects)
        adding = _ADDING.search(text)
        bare = " ".join(_ADDING.sub(" ", bare).split())
        phrase = bare if _BEFORE_NOUN.match(bare) else f"on {bare}"
        before = rephrase.focus(topic.question, self._guide)
        if adding and before:
            phrase = f"{before} and {phrase}"
        elif before and phrase == bare and not self._guide.aspects_in(bare):
            replaced = bare.lower().split()[0] == before.lower().split()[0]
            if not replaced or self._guide.aspects_in(before):
                return f"{rephrase.without_end(topic.question)}, {phrase}?"
        if len(names) > 1:
            return f"Compare {rephrase.in_a_row(names, 'and')} {phrase}"
        return f"What about {names[0]} {phrase}?"

    def _sentence(self, topic: Topic, text: str, pointing: Pointing, *, linked: bool) -> str:
        """A whole question without a subject: of those before where it points to them."""
        named = pointing.named(text)
        if named != text:
            return named
        if pointing.setting and points(text):
            return f"{self._ended(topic.question)} {text}"
        subjects = pointing.meant(text)
        if not subjects or not (linked or points(text) or self._of_topic(text)):
            return text
        if linked and self._foreign_name(text):
            return text
        word = "or" if pointing.chooses(text) else "and"
        about = ""
        if not self._guide.aspects_in(text) and not specific_words(
            text, self._guide, self._weights
        ):
            about = rephrase.focus(topic.question, self._guide)
        head = " ".join(filter(None, (rephrase.in_a_row(self._names(subjects), word), about)))
        link = _LINK.match(text)
        rest = text[link.end() :] if link and link.end() < len(text) else text
        return f"{head}: {rest}"

    def _of_topic(self, text: str) -> bool:
        """Whether a question without a pointing word can only be about the subjects before."""
        rare = specific_words(text, self._guide, self._weights, RARE)
        if rare:
            return False
        if self._guide.aspects_in(text) and not re.match(r"what(?:'s| is) (?!the\b)", text, re.I):
            return True
        return bool(_HOW.match(text))

    def _aspect_alone(self, bare: str) -> bool:
        """Whether a text is no more than the name of an aspect, such as "performance"."""
        return bool(self._guide.aspects_in(bare)) and not specific_words(
            bare, self._guide, self._weights
        )

    def _new_name(self, bare: str) -> str:
        """The name of something that the corpus does not know as a subject ("And Gull?")."""
        rest = re.sub(r"^(?:with|in|for|the)\s+", "", bare, flags=re.IGNORECASE)
        words = rest.split()
        return rest if 0 < len(words) <= 2 and self._foreign_name(f"- {rest}") else ""

    def _foreign_name(self, text: str) -> bool:
        """Whether a text holds a proper name that hardly any passage holds."""
        for word in re.findall(r"(?<=\s)[A-Z][\w.+#\-]*\w", text):
            found = self._weights(word)
            if found and all(weight >= RARE for weight in found.values()):
                return True
        return False

    def _names(self, subjects: Sequence[str]) -> list[str]:
        found = [self._guide.subject(subject) for subject in subjects]
        return [subject.name for subject in found if subject]

    @staticmethod
    def _ended(question: str) -> str:
        return question if question.endswith(("?", ".", "!")) else f"{question}?"
