"""What chat programs want done beside answering: titles, tags, follow-ups, search queries.

They are requested like any answer, with a prompt of the program's own. A documentation answer would
end up as the title of a chat. So they are recognised (chores.toml) and done in the plainest way:
the title is the user's first question, cut short, and lists are empty.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from api.openai.asked import ChatIn
from ragbot import toml_file

_FILE: Final = Path(__file__).with_name("chores.toml")
_WORDS: Final = 6  # of a title
_CHARACTERS: Final = 60
_ENDS: Final = 4000  # characters at each end of a text, in which a prompt says what it wants
_QUESTION: Final = 300  # characters; longer ones may be a prompt
_UNTITLED: Final = "New conversation"
_SHAPE: Final = re.compile(r'\{\s*"(\w{1,40})"\s*:\s*([\["])')
_TAG: Final = re.compile(r"</?[\w-]+>")


@dataclass(frozen=True, slots=True)
class _Signs:
    patterns: "tuple[re.Pattern[str], ...]"
    fences: tuple[str, ...]
    line: "re.Pattern[str]"
    asks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do about a conversation; `shape` are the fields of the JSON that is wanted.

    Each field has whether it is a list; there are none where the reply is plain text.
    """

    asked: str
    shape: dict[str, bool] = field(default_factory=dict)

    def done(self) -> str:
        """The reply."""
        if not self.shape:
            return self._title()
        filled: dict[str, Any] = {name: [] if many else "" for name, many in self.shape.items()}
        if "title" in filled:
            filled["title"] = self._title()
        return json.dumps(filled, ensure_ascii=False)

    def _title(self) -> str:
        words = _TAG.sub(" ", self.asked).split()
        title = " ".join(words[:_WORDS])[:_CHARACTERS].rstrip(" ,;:.?!")
        return title or _UNTITLED


def chore_of(chat: ChatIn) -> Chore | None:
    """The chore that a client asks for, None where it asks a question."""
    signs = _signs()
    last = chat.question()
    told = f"{chat.instructions()}\n{last}"
    lines = signs.line.findall(told)
    transcript = len({who.lower() for who, _ in lines}) > 1
    if not transcript and not any(fence in told for fence in signs.fences):
        # In the middle of a conversation a program's standing instructions tell no chore.
        alone = len(chat.asked_before()) == 0
        looked_at = [chat.instructions() if alone else "", "" if _is_question(last) else last]
        if not any(_names_chore(text, signs) for text in looked_at):
            return None
    asked = [what for who, what in lines if who.lower() in signs.asks] or chat.asked_before()
    if not asked and chat.instructions():
        asked = [last]
    return Chore(asked[0] if asked else "", _shape(chat, told))


def _names_chore(text: str, signs: _Signs) -> bool:
    """Whether a pattern is in the text, of a long one at either end of it."""
    if len(text) <= 2 * _ENDS:
        return any(pattern.search(text) for pattern in signs.patterns)
    last = len(text) - _ENDS
    return any(p.search(text, 0, _ENDS) or p.search(text, last) for p in signs.patterns)


def _is_question(text: str) -> bool:
    """Whether a message asks, as no program's prompt does."""
    return len(text) <= _QUESTION and text.rstrip().endswith("?")


def _shape(chat: ChatIn, told: str) -> dict[str, bool]:
    """The fields of the JSON that is wanted: by a schema, or by an example in the prompt."""
    form = chat.response_format or {}
    schema = form.get("json_schema")
    schema = schema.get("schema") if isinstance(schema, dict) else None
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if isinstance(properties, dict):
        return {
            str(name): isinstance(rules, dict) and rules.get("type") == "array"
            for name, rules in properties.items()
        }
    found = _SHAPE.search(told)
    return {found[1]: found[2] == "["} if found else {}


@cache
def _signs() -> _Signs:
    said: Any = toml_file.parse(_FILE.read_text(encoding="utf-8"), str(_FILE))
    speakers = "|".join(map(re.escape, said["speakers"]))
    return _Signs(
        tuple(re.compile(pattern, re.IGNORECASE) for pattern in said["patterns"]),
        tuple(said["fences"]),
        re.compile(
            rf"^[ \t*]*({speakers})[ \t*]*:[ \t*]*(\S[^\n]*)$", re.IGNORECASE | re.MULTILINE
        ),
        frozenset(said["asks"]),
    )
