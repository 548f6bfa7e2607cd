"""Text of a document that speaks to a machine and not to a reader: quoted only if asked about."""

import re
from dataclasses import replace
from typing import Final

from ragbot.types import Cell, CellStatus, Claim

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

_ABOUT: Final = re.compile(
    r"\b(?:instruction|prompt|inject|jailbreak|chat (?:template|format)|role|system message)",
    re.IGNORECASE,
)


def addresses_a_model(text: str) -> bool:
    """Whether a text gives orders to a language model, or poses as a turn of its conversation."""
    return bool(_ORDERS.search(text) or _MARKS.search(text))


def readable(
    question: str,
    verdict: tuple[Claim, ...],
    cells: tuple[Cell, ...],
    findings: tuple[Claim, ...],
) -> tuple[tuple[Claim, ...], tuple[Cell, ...], tuple[Claim, ...]]:
    """What of an answer speaks to a reader; all of it where the question is about such texts."""
    if _ABOUT.search(question):
        return verdict, cells, findings
    return _for_readers(verdict), tuple(map(_cell, cells)), _for_readers(findings)


def _for_readers(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    return tuple(
        claim
        for claim in claims
        if not any(addresses_a_model(f"{e.label}\n{e.quote}") for e in claim.evidence)
    )


def _cell(cell: Cell) -> Cell:
    claims = _for_readers(cell.claims)
    return replace(cell, claims=claims, status=cell.status if claims else CellStatus.NO_EVIDENCE)
