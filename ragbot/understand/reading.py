"""Reads one question of a conversation against what was talked about before it."""

import re
from collections.abc import Sequence

from ragbot.guide import Guide
from ragbot.understand import rephrase
from ragbot.understand.language import pattern
from ragbot.understand.pointing import Pointing, light, points
from ragbot.understand.things import IsName, called, explained, named_alone, with_thing
from ragbot.understand.topic import FollowUp, Topic, asks_why, is_talk
from ragbot.understand.words import WordWeights, is_unheard, specific_words

RARE = 0.75  # share of the largest idf from which a word is likely of another topic


class Reader:
    """Reads one question against the topic before it; `decision` is what it is to that."""

    def __init__(
        self,
        guide: Guide,
        weights: WordWeights,
        topic: Topic | None,
        is_name: IsName = lambda _: False,
    ) -> None:
        self.decision = FollowUp.NEW
        self._is_name = is_name
        self._guide = guide
        self._weights = weights
        self._topic = topic

    def read(self, text: str) -> str:
        """The question, self-contained."""
        topic = self._topic
        if topic is None or is_talk(text) or text == topic.question:
            return text
        if asks_why(text):
            self.decision = FollowUp.WHY
            return topic.question
        whole = self._of_another(topic, text) or self._with_topic(topic, text)
        if whole == text:
            self.decision = FollowUp.NEW
        return whole

    def _of_another(self, topic: Topic, text: str) -> str:
        """The question before, of the thing that a text names and no more; "" where it does not."""
        link = pattern("link").match(text)
        bare = rephrase.without_end(text[link.end() :] if link else text)
        bare = pattern("of_name").sub("", bare)
        few = len(self._guide.subjects_in(topic.question)) < 2
        new = named_alone(bare, self._guide, self._is_name, capitals=few)
        made = with_thing(topic.question, new, self._guide, self._is_name) if new else None
        if made is None:
            return ""
        self.decision = FollowUp.ADD if made[1] else FollowUp.REPLACE
        return made[0]

    def _with_topic(self, topic: Topic, text: str) -> str:
        """A question with what it leaves out of the one before."""
        self.decision = FollowUp.NARROW
        setting = rephrase.is_setting(topic.question, self._guide)
        thing = explained(topic.question, self._guide)
        pointing = Pointing(
            self._guide,
            topic.question,
            topic.subjects,
            topic.listed,
            topic.latest,
            setting=setting,
            thing=thing,
        )
        text, pointed = pointing.counted(text)
        named = self._guide.subjects_in(text)
        others = not set(named) & set(topic.subjects)
        if named and others and pattern("than").search(text):
            whole = pointing.named(text)  # "Is it faster than Heron?"
            if whole != text:
                return whole
        if named:
            return self._named(topic, text, named, pointed=pointed)
        return self._unnamed(topic, text, pointing)

    def _unnamed(self, topic: Topic, text: str, pointing: Pointing) -> str:
        """A question that names no subject."""
        link = pattern("link").match(text)
        bare = rephrase.without_end(text[link.end() :] if link else text)
        bare = (
            pattern("versus").sub("", bare, count=1).strip()
            if pattern("versus").match(bare)
            else bare
        )
        linked = bare != rephrase.without_end(text)
        if linked and (name := self._new_name(bare)):
            return self._further(topic, text, (name,), ())
        if topic.own or not topic.subjects:
            if pattern("defines").match(text) and not points(text):
                return text
            pointed = points(text) and not is_unheard(text, self._guide, self._weights)
            follows = (linked and not self._foreign_name(text)) or pointed
            return f"{self._ended(topic.question)} {text}" if follows else text
        if light(bare):
            return f"{self._ended(topic.question)} {text}"
        phrase = linked or pattern("before_noun").match(bare) or self._aspect_alone(bare)
        if phrase and not pattern("asks").match(bare):
            return self._row(topic, text, bare)
        return self._sentence(topic, text, pointing, linked=linked)

    def _named(self, topic: Topic, text: str, named: tuple[str, ...], *, pointed: bool) -> str:
        """A question that names subjects: it says all, or names them in place of others."""
        rest = rephrase.without_mentions(text, self._guide)
        link = pattern("link").match(rest)
        linked = bool(link and link[0].strip()) or bool(pattern("versus").match(rest.strip()))
        alone = not pattern("before_noun").sub("", rephrase.without_end(rest)).strip()
        if pattern("defines").match(rest):
            return text
        if light(rest) and (
            linked or alone or pointed or points(rest) or pattern("only").search(rest)
        ):
            return self._further(topic, text, self._names(named), named)
        others = [name for name in topic.subjects if name not in named]
        if topic.own or not others:
            return text
        specific = specific_words(text, self._guide, self._weights)
        if (
            len(named) == 1
            and pattern("comparative_end").search(text)
            and not pattern("than").search(text)
        ):
            return (
                f"{rephrase.without_end(text)} than {rephrase.in_a_row(self._names(others), 'or')}?"
            )
        about = rephrase.focus(topic.question, self._guide)
        if (
            pattern("instead").search(rest)
            and about
            and not (specific or self._guide.aspects_in(rest))
        ):
            return f"{rephrase.without_end(text)} {about}?"
        return text

    def _further(self, topic: Topic, text: str, names: Sequence[str], named: Sequence[str]) -> str:
        """The question before, put of more subjects, of another one, or of some of its own."""
        question, guide = topic.question, self._guide
        narrows = bool(named) and set(named) < set(topic.subjects)
        one = len(topic.subjects) < 2 and not pattern("versus").search(text)
        self.decision = FollowUp.REPLACE if one else FollowUp.ADD
        if narrows:
            self.decision = FollowUp.NARROW
        if topic.own or not guide.subjects_in(question):
            return f"{rephrase.without_end(question)} in {rephrase.in_a_row(names, 'and')}?"
        if pattern("versus").search(text) and not set(named) & set(topic.subjects):
            return (
                f"{rephrase.without_end(question)}, compared to {rephrase.in_a_row(names, 'and')}?"
            )
        if len(topic.subjects) == 1:
            return (
                question
                if tuple(named) == topic.subjects
                else (rephrase.with_other(question, guide, names))
            )
        if named and (set(named) < set(topic.subjects) or pattern("only").search(text)):
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
        adding = pattern("adding").search(text)
        bare = " ".join(pattern("adding").sub(" ", bare).split())
        phrase = bare if pattern("before_noun").match(bare) else f"on {bare}"
        before = rephrase.focus(topic.question, self._guide)
        if adding and before:
            phrase = f"{before} and {phrase}"
        elif before and phrase == bare and not self._guide.aspects_in(bare):
            replaced = bare.lower().split()[0] == before.lower().split()[0]
            link = pattern("link").match(text)
            linked = bool(link and link[0].strip())
            if not replaced or (self._guide.aspects_in(before) and not linked):
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
        link = pattern("link").match(text)
        rest = text[link.end() :] if link and link.end() < len(text) else text
        return f"{head}: {rest}"

    def _of_topic(self, text: str) -> bool:
        """Whether a question without a pointing word can only be about the subjects before."""
        rare = specific_words(text, self._guide, self._weights, RARE)
        if rare:
            return False
        if self._guide.aspects_in(text) and not pattern("defines_alone").match(text):
            return True
        return bool(pattern("how").match(text))

    def _aspect_alone(self, bare: str) -> bool:
        """Whether a text is no more than the name of an aspect, such as "performance"."""
        return bool(self._guide.aspects_in(bare)) and not specific_words(
            bare, self._guide, self._weights
        )

    def _new_name(self, bare: str) -> str:
        """The name of something that the corpus does not know as a subject ("And Gull?")."""
        rest = pattern("of_name").sub("", bare)
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
        question = self._topic.question if self._topic else ""
        return [called(subject, question, self._guide) for subject in subjects]

    @staticmethod
    def _ended(question: str) -> str:
        return question if question.endswith(("?", ".", "!")) else f"{question}?"
