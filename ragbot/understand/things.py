"""What a question names, by how it is written; and one such thing put in another's place."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ragbot.guide import Guide, Subject
from ragbot.retrieval.symbols import symbol_spans
from ragbot.understand.language import pattern
from ragbot.understand.versus import set_against
from ragbot.understand.words import is_symbol

WORDS = 4  # of a thing that a follow-up names

_CAPITALS = re.compile(r"(?<![\w.])(?:[A-Z]\w*(?:[ -][A-Z]\w*)*|[a-z]+\d\w*)(?![\w]|\.\w)")
_OPENS = re.compile(r"(?:^|[.?!:]\s+)$")

IsName = Callable[[str], bool]
"""Whether an index has a document of a name that ends so."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something named, `text` at `[start, end)`; the subject of a product or prefix, or ""."""

    text: str
    start: int
    end: int
    subject: str = ""


def things(text: str, guide: Guide) -> list[Thing]:
    """Products, programming names and what is written in capitals, in order, without overlaps.

    Where there is none, what is asked to be explained.
    """
    found = [Thing(text[a:b], a, b, p.subject) for a, b, p in guide.products_in(text)]
    plain = [m for m in guide.mentions(text) if text[m[0] : m[1]].lower() in guide.names]
    for start, end, name in symbol_spans(text, guide.names):
        owner = guide.subjects_in(name) if "." in name else ()
        _add(found, plain, Thing(text[start:end], start, end, owner[0] if owner else ""))
    for match in _CAPITALS.finditer(text):
        is_initials = len(match[0]) > 1 and not match[0][1:].islower()
        if is_initials or not _OPENS.search(text[: match.start()]):
            _add(found, plain, Thing(match[0], *match.span()))
    if not found and (asked := pattern("asks_what").match(text)):
        _add(found, plain, Thing(asked["thing"], *asked.span("thing")))
    return sorted(found, key=lambda one: one.start)


def explained(question: str, guide: Guide) -> str:
    """The one thing that a question asks to be explained, "" where it names no such thing."""
    asked = pattern("asks_what").match(question)
    found = things(question, guide) if asked else []
    if not asked or len(found) != 1 or found[0].text == found[0].text.lower():
        return ""
    start, end = asked.span("thing")
    return found[0].text if start <= found[0].start and found[0].end <= end else ""


def called(subject: str, question: str, guide: Guide) -> str:
    """What a question calls a subject: one that it names by a product alone by that one."""
    products = {start: p.name for start, _, p in guide.products_in(question)}
    mentions = [start for start, _, name in guide.mentions(question) if name == subject]
    if mentions and all(start in products for start in mentions):
        return products[mentions[0]]
    return guide.name_of(subject)


def named_alone(bare: str, guide: Guide, is_name: IsName, *, capitals: bool) -> Thing | None:
    """The thing that is all of what a follow-up says, None where it says more or names none.

    With `capitals` a word with a capital is one, whatever it is.
    """
    said = bare.split()
    if not 0 < len(said) <= WORDS or guide.subject(bare) not in (None, _maker(bare, guide)):
        return None
    whole = [one for one in things(bare, guide) if one.end - one.start == len(bare)]
    if whole:
        return whole[0]
    is_proper = capitals and _CAPITALS.fullmatch(bare) and not guide.subjects_in(bare)
    is_plain = len(said) == 1 and is_name(bare) and not guide.aspects_in(bare)
    return Thing(bare, 0, len(bare)) if is_proper or is_plain else None


def _maker(bare: str, guide: Guide) -> Subject | None:
    """The subject of the product that a text names."""
    found = guide.products_in(bare)
    return guide.subject(found[0][2].subject) if found and found[0][2].subject else None


def with_thing(question: str, new: Thing, guide: Guide, is_name: IsName) -> tuple[str, bool] | None:
    """The question with a new thing in the place of the one most like it, and whether it is added.

    None where the question names no such thing. Beside those that it sets against each other the
    new one is one more. A part of a programming name alone
    takes the place of the last part of the old one, where there is such a name.
    """
    known = [one for one in things(question, guide) if one.text.lower() != new.text.lower()]
    if new.text.islower() and not is_symbol(new.text):  # stands for no product, no initials
        known = [one for one in known if is_symbol(one.text) or one.text.islower()]
    if not known:
        return None
    old = max(known, key=lambda one: _alike(one, new))
    compared = [one for one in known if one.text in set_against(question)]
    if len(compared) > 1:
        last = compared[-1]
        between = _between(question, compared)
        return f"{question[: last.end]}{between}{new.text}{question[last.end :]}", True
    written = new.text
    whole = f"{old.text.rpartition('.')[0]}.{new.text}"
    if "." in old.text and "." not in new.text and is_name(whole):
        written = whole
    changed = f"{question[: old.start]}{written}{question[old.end :]}"
    if old.subject and new.subject and old.subject != new.subject:
        changed = _of_subject(changed, old.subject, new.subject, guide)
    return changed, False


def _of_subject(question: str, old: str, new: str, guide: Guide) -> str:
    """A question with one subject, where it stands by its name, in the place of another."""
    for start, end, subject in reversed(guide.mentions(question)):
        said = question[start:end].lower()
        is_product = any(a == start for a, _, _ in guide.products_in(question))
        if subject == old and said in guide.names and not is_product:
            question = f"{question[:start]}{guide.name_of(new)}{question[end:]}"
    return question


def _between(question: str, compared: Sequence[Thing]) -> str:
    """What joins the last two things of a question, to join one more."""
    between = question[compared[-2].end : compared[-1].start]
    return between if len(between.split()) < 2 or pattern("joint").fullmatch(between) else " and "


def _alike(one: Thing, other: Thing) -> tuple[bool, float]:
    """How likely a thing is meant by another: both have dots or not, then by their letters."""
    letters = SequenceMatcher(None, one.text, other.text, autojunk=False).ratio()
    return bool(one.subject) is bool(other.subject), letters


def _add(found: list[Thing], taken: Sequence[tuple[int, int, str]], new: Thing) -> None:
    """A thing that is no subject and stands on no other."""
    spans = [(one.start, one.end) for one in found] + [(a, b) for a, b, _ in taken]
    if len(new.text) > 1 and not any(new.start < b and a < new.end for a, b in spans):
        found.append(new)
