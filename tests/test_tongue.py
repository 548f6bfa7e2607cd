"""Questions in another language: told from English, and answered by their names alone."""

import pytest

from ragbot.assistant import Assistant
from ragbot.index.build import build
from ragbot.settings import Settings
from ragbot.understand.tongue import foreign_tongue, names_in, said_of, tongues

from .words import WordEncoder

QUESTIONS = {
    "de": "Wie mache ich eine Sicherung mit Heron?",
    "fr": "Comment est-ce que je sauvegarde une base avec Heron ?",
    "es": "¿Cómo puedo hacer una copia con Heron?",
    "it": "Come si fa una copia con Heron?",
    "pt": "Como posso fazer uma cópia com o Heron?",
    "nl": "Hoe kan ik een kopie van Heron maken?",
    "pl": "Jak można zrobić kopię w Heron?",
    "sv": "Hur gör jag en kopia med Heron?",
    "tr": "Heron ile bir yedek nasıl alınır?",  # noqa: RUF001
    "ru": "Как сделать копию в Heron?",
    "ja": "Heronでバックアップするには？",  # noqa: RUF001
    "zh": "如何用 Heron 备份？",  # noqa: RUF001
    "ko": "Heron으로 백업하는 방법은?",
    "ar": "كيف أنسخ Heron؟",
    "el": "Πώς κάνω αντίγραφο με το Heron;",
    "hi": "Heron का बैकअप कैसे लें?",
}


def nothing(_: object) -> bool:
    return False


def test_every_language_has_a_question_here_and_something_to_say():
    assert set(QUESTIONS) == set(tongues())
    for code, tongue in tongues().items():
        assert said_of(code).startswith(tongue.said)
        assert tongue.name in said_of(code)


@pytest.mark.parametrize(("code", "question"), QUESTIONS.items())
def test_a_language_is_told_by_its_words_or_its_script(code, question):
    assert foreign_tongue(question, nothing, nothing) == code
    assert names_in(question, code, {"heron"}.__contains__) == ("Heron",)


@pytest.mark.parametrize(
    "question",
    [
        "How do I come to an image of Heron?",
        "Is la carte in the menu of Heron?",
        "Heron vs Ibex",
        "for x in data: print(x)",
        "What does \u00bf mean in Heron?",
        "How is \u03b1 set?".replace("\u03b1", "alpha"),
        "How is \u03b1 set?",
        "How do I set the momentum \u03b2 in the optimizer of Heron?",
        "Does it take 5 \u03bcs to read a row?",
        "What do \u03b1\u03b2 stand for in the log of Heron?",
        "",
    ],
)
def test_english_is_none_of_them(question):
    assert foreign_tongue(question, nothing, nothing) == ""


@pytest.mark.parametrize("code", ["de", "zh"])
def test_a_corpus_in_that_language_is_asked_in_it(code):
    assert foreign_tongue(QUESTIONS[code], lambda _: True, lambda _: True) == ""


@pytest.mark.parametrize("code", ["de", "ja"])
def test_it_is_said_in_both_languages_and_the_names_are_searched(assistant, code):
    refusal = assistant.ask(QUESTIONS[code]).refusal
    assert refusal is not None
    assert refusal.reason == said_of(code)
    assert refusal.near_miss
    assert "Heron" in refusal.nearest[0].evidence.quote


def test_a_corpus_of_another_script_is_searched(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_text("# Heron\n\nHeron 每天备份。\n", encoding="utf-8")
    settings = Settings(corpus=corpus, index=tmp_path / "index", subjects=corpus / "none.toml")
    build(settings, WordEncoder())
    answer = Assistant.open(settings, WordEncoder()).ask(QUESTIONS["zh"])
    assert answer.refusal is None or answer.refusal.reason != said_of("zh")
