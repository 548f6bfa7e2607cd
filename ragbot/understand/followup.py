"""Makes a question self-contained: what it leaves to the conversation is put in words.

    "And Marmot?"          a further subject of the comparison before, or the question put of it
    "And on mobile?"       the subjects before, on another aspect
    "Why?", "Tell me more" the question before, with the evidence asked for
    "Is it faster?"        the name in place of the word that points to it
    "The second one?"      that of the subjects compared last

A question that names its subjects, or begins a topic of its own, is left as it is; so is every
question that was made self-contained here before, which may come back as a turn of the history.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.guide import Guide
from ragbot.limits import check_history
from ragbot.understand.reading import Reader
from ragbot.understand.things import IsName
from ragbot.understand.topic import FollowUp, Topic, is_talk
from ragbot.understand.words import WordWeights

TURNS = 12  # of the user, looked back upon
LONGEST = 2000  # characters of a turn that are read

# Marks around words, as people paste them ("_Name_", "**fast**", "`a.b`"); `__call__` is a name.
_MARKUP = re.compile(
    r"(?<![\w.*`])(?:_(?!_)(\w[^_*`\n]*)_|\*{1,2}(\w[^*`\n]*)\*{1,2}|`(\w[^`\n]*)`)(?![\w*`])"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the conversation so far; `role` is "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Contained:
    """A question that says all by itself, and what it is to the one before."""

    text: str
    decision: FollowUp = FollowUp.NEW

    @property
    def wants_reasons(self) -> bool:
        """Whether the evidence behind the answer is asked for."""
        return self.decision is FollowUp.WHY


def self_contained(
    text: str,
    history: Sequence[Turn],
    guide: Guide,
    weights: WordWeights,
    is_name: IsName = lambda _: False,
) -> Contained:
    """The question with what it leaves to the history in words; see the head of this module.

    Only what the user asked is looked at: an answer names more than was asked about.

    Raises:
        QuestionError: the history is too long.
    """
    check_history([turn.content for turn in history])
    topic: Topic | None = None
    asked = [_plain(t.content[:LONGEST]) for t in history if t.role == "user"]
    for said in [" ".join(content.split()) for content in asked[-TURNS:]]:
        if said and not is_talk(said):
            topic = _after(topic, said, Reader(guide, weights, topic, is_name).read(said), guide)
    reader = Reader(guide, weights, topic, is_name)
    return Contained(reader.read(_plain(text)), reader.decision)


def _plain(text: str) -> str:
    """A text without marks of emphasis or code around its words."""
    return _MARKUP.sub(lambda found: found[1] or found[2] or found[3], text)


def _after(topic: Topic | None, said: str, whole: str, guide: Guide) -> Topic:
    found = guide.subjects_in(whole)
    own = not found and not guide.asks_for_all(whole)
    if not found and not own:
        found = tuple(subject.id for subject in guide.subjects)
    before = topic.subjects if topic else ()
    listed = found if len(found) > 1 else topic.listed if topic else ()
    return Topic(whole, found or before, listed, guide.subjects_in(said), own)
