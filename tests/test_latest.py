"""What was found out latest is known, what was not used for longest is not, and nothing is held."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from ragbot.answer.equivalence.reference import Reference
from ragbot.judge.wordings import WordingReader
from ragbot.latest import Latest, remembered
from ragbot.understand.lexicon import Lexicon, pieces
from ragbot.understand.names import NameIndex, named_documents
from ragbot.understand.resolver import Resolver


class Doubler:
    def __init__(self) -> None:
        self.asked: list[int] = []
        self.double = remembered(self._double, 2)

    def _double(self, number: int) -> int:
        self.asked.append(number)
        return 2 * number


def test_a_method_is_asked_once_while_its_result_is_among_the_latest():
    doubler, other = Doubler(), Doubler()
    assert [doubler.double(number) for number in (1, 2, 1, 3, 1, 2)] == [2, 4, 2, 6, 2, 4]
    assert doubler.asked == [1, 2, 3, 2]
    assert other.double(1) == 2
    assert other.asked == [1]  # what one knows is not known to another


def test_what_was_not_used_for_longest_is_forgotten():
    latest = Latest[str, int]("numbers", 2)
    latest.keep({"a": 1, "b": 2})
    assert latest.known(["a", "z"]) == {"a": 1}
    latest.keep({"c": 3})
    assert latest.known(["a", "b", "c"]) == {"a": 1, "c": 3}


def test_threads_share_what_is_known():
    latest = Latest[int, int]("numbers", 50)

    def use(start: int) -> bool:
        for number in range(start, start + 400):
            latest.keep({number: -number})
            found = latest.known(range(number - 60, number + 1))
            if any(value != -key for key, value in found.items()):
                return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(use, (0, 100, 200, 300)))
    assert len(latest.known(range(1000))) == 50


def used_names(generation):
    names = NameIndex(generation.library)
    assert names.ending("no.such.name") == ()
    return names


def used_lexicon(generation):
    lexicon = Lexicon(named_documents(generation.library))
    lexicon.matches("drop out", pieces("drop out"), 0.6)
    return lexicon


def used_resolver(generation):
    documents = named_documents(generation.library)
    resolver = Resolver(lambda: documents, generation.guide, generation.lexical.weights)
    assert resolver.readings("drop out").all is not None
    return resolver


def used_reference(generation):
    return Reference(generation, used_resolver(generation).signs)


def used_wordings(generation):
    wordings = WordingReader(generation.guide)
    wordings.aspect_words(generation.guide.aspects[0].id, "Nothing is said.")
    return wordings


@pytest.mark.parametrize(
    "used", [used_names, used_lexicon, used_resolver, used_reference, used_wordings]
)
def test_what_it_knows_holds_nothing_alive(generation, used):
    kept = used(generation)
    held = weakref.ref(kept)
    gc.disable()
    try:
        del kept
        assert held() is None
    finally:
        gc.enable()
