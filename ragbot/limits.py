"""How much one question may ask for; docs/api.md tells the same.

What an anonymous caller sends decides how much memory and time an answer takes: each of these
bounds one thing that a request can make longer. The length of a question and the size of a body
are settings; these are not, because nothing that a person asks comes near them.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

from ragbot.characters import seen, whole
from ragbot.errors import QuestionError

NAMES: Final = 200  # subjects, aspects, sources or authorities in one list
NAME_CHARACTERS: Final = 300  # of one of them
CELLS: Final = 100  # subjects times aspects of one table
SEARCHES: Final = 400  # cells looked at to find the aspects of a table that names none
TURNS: Final = 100  # of the conversation before a question
HISTORY_CHARACTERS: Final = 50_000  # of all those turns together
SHOWN: Final = 80  # characters of a name that an error repeats
NAMED: Final = 20  # names that an error lists


def distinct(what: str, names: Sequence[str]) -> tuple[str, ...]:
    """The different names of a list in their order, without empty ones.

    Raises:
        QuestionError: the list or one of its names is too long; `what` says which list.
    """
    if len(names) > NAMES:
        raise QuestionError(f"there are {len(names):,} {what}; name at most {NAMES}")
    found = tuple(dict.fromkeys(name for name in names if name.strip()))
    for name in found:
        if len(name) > NAME_CHARACTERS:
            message = f"one of the {what} has {len(name):,} characters, {shown(name)!r}"
            raise QuestionError(f"{message}; a name has at most {NAME_CHARACTERS}")
    return found


def check_cells(columns: int, rows: int) -> None:
    """Refuse a table that is too large; one without rows is as large as its columns.

    Raises:
        QuestionError: it has too many cells.
    """
    if rows and columns * rows > CELLS:
        raise QuestionError(
            f"a comparison of {columns} subjects on {rows} aspects has {columns * rows:,} cells; "
            f"ask for at most {CELLS}: name fewer subjects or aspects"
        )
    if columns > CELLS:
        raise QuestionError(f"the question compares {columns:,} subjects; name at most {CELLS}")


def check_history(turns: Sequence[str]) -> None:
    """Refuse a conversation that is too long.

    Raises:
        QuestionError: it has too many turns or characters.
    """
    if len(turns) > TURNS:
        raise QuestionError(f"the history has {len(turns):,} turns; send the last {TURNS} at most")
    characters = sum(map(len, turns))
    if characters > HISTORY_CHARACTERS:
        raise QuestionError(
            f"the history has {characters:,} characters; "
            f"send its last turns, at most {HISTORY_CHARACTERS:,} characters"
        )


def shown(name: str) -> str:
    """A name as an error repeats it: its beginning, where it is long."""
    return name if len(name) <= SHOWN else name[: SHOWN - 3] + "..."


def those_known(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a name that there is not: the likeliest, and all there are."""
    names = sorted(set(known))
    if not names:
        return "it knows none"
    near = get_close_matches(name, names, n=1)
    meant = f"perhaps {near[0]!r} is meant; " if near else ""
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{meant}it knows {', '.join(names[:NAMED])}{more}"


def checked_text(text: str, limit: int) -> str:
    """A question in one line, without marks that nobody sees.

    Raises:
        QuestionError: it is no UTF-8, says nothing, or has more than `limit` characters.
    """
    if text != whole(text):
        raise QuestionError("the question is not UTF-8; ask it in whole characters")
    text = " ".join(seen(" ".join(text.split())).split())
    if not text:
        raise QuestionError("the question is empty; ask something")
    if len(text) > limit:
        raise QuestionError(
            f"the question has {len(text):,} characters; ask it in at most {limit:,}"
        )
    return text
