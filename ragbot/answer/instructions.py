"""Text of a document that speaks to a machine and not to a reader: quoted only if asked about."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from ragbot.judge.candidates import Candidate

# What such texts say, in the words of published prompt injections.
_ORDERS: Final = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override|bypass|do\ not\ follow)\b[^.!?\n]{0,40}
        \b(?:previous|prior|above|earlier|preceding|former|your|system|all)\b[^.!?\n]{0,30}
        \b(?:instruction|prompt|rule|guideline|direction|context|message|command)s?\b
    | \b(?:new|updated|real|hidden|secret|following)\ (?:system\ )?instructions?\s*[:=]
    | \byou\ are\ (?:now|no\ longer)\ (?:an?|the|in|bound)\ \w+
    | \b(?:as|you\ are|act\ as|pretend\ to\ be)\ an?\ (?:\w+\ )?
        (?:AI|LLM|assistant|chat\s?bot|language\ model)\b
    | \b(?:dear|attention|note\ to|message\ to|instructions?\ (?:for|to))\ (?:all\ )?(?:the\ )?
        (?:AI|LLM|language\ model|chat\s?bot|AI\ assistant|assistant|crawler|model)s?\b
    | \b(?:say|answer|respond|reply)\b
        [^.!?\n]{0,20}\b(?:only\ (?:with|that)|exactly|nothing\ but|verbatim)\b
    | \bcite\s+(?:this|it|that|everything|me)?\s*(?:page|document)?\s*(?:as|with)?\s*\[\d+\]
    | \b(?:system|developer)\s+prompt\b
    | \b(?:tell|inform|convince)\ the\ (?:user|reader|asker)\ that\b
    | \bwhen\ (?:you\ are\ |someone\ )?ask(?:ed|s)?\b[^.!?\n]{0,60}
        \b(?:say|answer|reply|respond|recommend)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)

# Marks by which formats of conversations part their turns.
_MARKS: Final = re.compile(
    r"""
    <\|?/?(?:im_start|im_end|system|user|assistant|endoftext|begin_of_text|end_of_turn|start_of_turn
        |eot_id|start_header_id|end_header_id|sep|s)\|?>
    | \[/?(?:INST|SYS|SYSTEM)\] | <</?SYS>>
    | (?:^|\n|["'}\]]\s*)\W{0,4}(?:system|assistant|user|human)\s*:\s*\S
    | \#\#\#\s*(?:instruction|system|response|human|assistant)\b
    | </?(?:documents?|evidence|context|quotes?|instructions?|prompt)>
    """,
    re.IGNORECASE | re.VERBOSE,
)

# One of these stands in whatever the two patterns find; to look for them takes a tenth of the time.
_SIGNS: Final = tuple(
    """ignore|disregard|forget|override|bypass|do not follow|instruction|you are|language model
    |llm|assistant|chat| ai|note to|dear|attention|message to|only with|only that|exactly
    |nothing but|verbatim|cite|prompt|user|reader that|asker that|asked|asks|crawler|<|[|###|system
    |human""".replace("\n    ", "").split("|")
)


@lru_cache(maxsize=50_000)
def addresses_a_model(text: str) -> bool:
    """Whether a text gives orders to a language model, or poses as a turn of its conversation."""
    lower = text.lower()
    if not any(sign in lower for sign in _SIGNS):
        return False
    return bool(_ORDERS.search(text) or _MARKS.search(text))


def for_readers(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The statements that speak to a reader."""
    return [
        candidate
        for candidate in candidates
        if not addresses_a_model(f"{candidate.statement.label}\n{candidate.quote}")
    ]
