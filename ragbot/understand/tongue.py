"""In which language a question is asked, where that is not English."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ragbot import toml_file
from ragbot.lexical.tokens import STOP_WORDS, tokens

LANGUAGES = Path(__file__).with_name("languages.toml")
LEAST = 2  # words of a language, or letters of a script; one may be a name
SHARE = 0.25  # of all the words of a question

# In letters that programming names have; a script beside it, as Japanese has, ends it.
_NAME = re.compile(
    r"(?<![A-Za-z\u00c0-\u024f])[A-Za-z][A-Za-z0-9_.]*[A-Za-z0-9_](?![A-Za-z\u00c0-\u024f])"
)
_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")


@dataclass(frozen=True)
class Tongue:
    """A language: its name in English, its words or script, what is said of questions in it."""

    code: str
    name: str
    words: frozenset[str]
    script: re.Pattern[str] | None
    said: str


@cache
def tongues() -> dict[str, Tongue]:
    """Every language that is told from English, by code; a script before that which it shares.

    Raises:
        ConfigError: the file is no TOML.
    """
    data = toml_file.parse(toml_file.read_text(LANGUAGES), str(LANGUAGES))
    return {
        code: Tongue(
            code,
            entry["name"],
            frozenset(entry.get("words", "").split()) - STOP_WORDS,
            re.compile(entry["script"]) if "script" in entry else None,
            entry["said"],
        )
        for code, entry in data.items()
    }


def foreign_tongue(
    text: str, holds: Callable[[str], bool], holds_script: Callable[[re.Pattern[str]], bool]
) -> str:
    """The code of the language of a question; "" for English, or one that the corpus is in.

    `holds` tells whether the corpus holds a word, since one in German holds the words of German;
    `holds_script` whether it holds a letter of a script.
    """
    words = [word.lower() for word in _WORD.findall(text)]
    english = sum(word in STOP_WORDS for word in words)
    for tongue in tongues().values():
        script = tongue.script
        if script and len(script.findall(text)) >= LEAST:  # one may be a symbol in a formula
            written = sum(bool(script.search(word)) for word in words)
            if written > english and written >= SHARE * len(words):
                return "" if holds_script(script) else tongue.code
    counts = {code: [w for w in words if w in one.words] for code, one in tongues().items()}
    code, found = max(counts.items(), key=lambda pair: len(pair[1]), default=("", []))
    if len(found) < max(LEAST, SHARE * len(words)) or len(found) <= english:
        return ""
    return "" if sum(map(holds, found)) > len(found) / 2 else code


def names_in(text: str, code: str, holds: Callable[[str], bool]) -> tuple[str, ...]:
    """The words of a question in another language that the corpus holds, and may be names."""
    little = tongues()[code].words | STOP_WORDS
    words = dict.fromkeys(_NAME.findall(text))
    return tuple(w for w in words if w.lower() not in little and tokens(w) and holds(w.lower()))


def said_of(code: str) -> str:
    """What is said of a question in another language, in that and in English."""
    tongue = tongues()[code]
    return (
        f"{tongue.said} In English: this is asked in {tongue.name}, and questions are read in "
        "English here; only the names in it were searched, and what follows comes nearest to them."
    )
