"""A language model puts an answer's quotes in its own words; what they do not bear out is dropped.

    grounds    the quotes, and the clauses in them                     grounds.py
    prompt     question and quotes, as data                            prompt.py
    reply      finished sentences out of the stream                    reply.py
    support    each against the quotes of its subject                  support.py, turning.py, ...

The model never says on which quote a sentence rests: that is found here, or the sentence goes.
"""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ragbot.answer.generate import prompt
from ragbot.answer.generate.grounds import Place, grounds
from ragbot.answer.generate.nearness import Nearness
from ragbot.answer.generate.reply import Sentence, finished
from ragbot.answer.generate.support import Judge, claim_of
from ragbot.answer.instructions import addresses_a_model
from ragbot.encoder import Encoder
from ragbot.encoder.entailment import CrossEntailment, Entailment
from ragbot.errors import ModelError
from ragbot.guide import Guide
from ragbot.llm import ChatModel, open_chat_model
from ragbot.settings import Settings
from ragbot.types import Answer, Claim, Summary, SummaryStatus

AT_ONCE: Final = 4  # summaries written at a time; the rest would only wait for the same model
_SENTENCES: Final = 4  # about the question as a whole
_LOOKED_AT: Final = 40  # sentences, after which a model is no longer listened to


def open_writer(settings: Settings, encoder: Encoder, guide: Guide) -> "Writer | None":
    """The writer that the settings name, None where they name no language model.

    Raises:
        ConfigError: the model, or the one of entailment, is named wrongly or not installed.
    """
    model = open_chat_model(settings)
    if model is None:
        return None
    entailment = CrossEntailment(settings.nli_model) if settings.nli_model else None
    return Writer(model, encoder, guide, entailment)


class Writer:
    """Writes summaries; safe to share between threads."""

    def __init__(
        self, model: ChatModel, encoder: Encoder, guide: Guide, entailment: Entailment | None = None
    ) -> None:
        self._model = model
        self._encoder = encoder
        self._guide = guide
        self._entailment = entailment
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def write(self, answer: Answer) -> Iterator[Summary]:
        """The summary as it grows; the last one is final. Nothing for a refusal; never raises.

        It ends when the model does, or at its deadline.
        """
        if answer.refusal is not None:
            return
        if not self._places.acquire(blocking=False):
            note = f"{AT_ONCE} summaries are being written already"
            yield self._ended(self._begun(), SummaryStatus.LIMITED, note)
            return
        try:
            yield from self._write(answer)
        finally:
            self._places.release()

    def _begun(self) -> Summary:
        note = f"{self._model.name} is putting the quotes in fewer words."
        return Summary(self._model.name, SummaryStatus.WRITING, note)

    def _write(self, answer: Answer) -> Iterator[Summary]:
        summary = self._begun()
        yield summary
        found = grounds(answer, self._guide)
        if not found:
            note = "none of the quotes is a sentence that it could put in fewer words"
            yield self._ended(summary, SummaryStatus.UNSUPPORTED, note)
            return
        columns = answer.question.columns
        nearness = Nearness(self._encoder)
        judge = Judge(self._guide, found, nearness, bool(columns), self._entailment)
        subject = columns[0].id if len(columns) == 1 else None
        places = prompt.asked_places(answer)
        conversation = prompt.messages(answer, found)
        status, why = SummaryStatus.WRITTEN, ""
        try:
            pieces = self._model.complete(conversation, max_tokens=prompt.MAX_TOKENS)
            for looked, sentence in enumerate(finished(pieces, places)):
                if looked >= _LOOKED_AT:
                    break
                fault, claim = _judged(sentence, judge, subject, summary.sentences)
                if claim is None:
                    summary = replace(summary, dropped=(*summary.dropped, fault))
                else:
                    summary = replace(summary, sentences=(*summary.sentences, claim))
                yield summary
        except ModelError as error:
            status, why = SummaryStatus(error.fault), str(error)
        if status is SummaryStatus.WRITTEN and not summary.sentences:
            status, why = SummaryStatus.UNSUPPORTED, "the quotes bear out nothing of what it wrote"
        yield self._ended(summary, status, why)

    def _ended(self, summary: Summary, status: SummaryStatus, why: str) -> Summary:
        """The final summary, with what became of it in words."""
        kept, dropped = len(summary.sentences), len(summary.dropped)
        name = summary.model
        left_out = f"; {dropped} left out: not borne out, or said before" if dropped else ""
        if status is SummaryStatus.WRITTEN:
            note = f"Put in words by {name}: {kept} of {kept + dropped} sentences{left_out}."
        elif kept:
            note = f"Only in part put in words by {name} ({why}): {kept} sentences{left_out}."
        else:
            note = f"The quotes stand by themselves, without {name}: {why}{left_out}."
        return replace(summary, status=status, note=note)


def _judged(
    sentence: Sentence, judge: Judge, subject: str | None, kept: tuple[Claim, ...]
) -> tuple[str, Claim | None]:
    """What is wrong with a sentence, or the claim that it makes."""
    if sentence.fault:
        return sentence.fault, None
    if addresses_a_model(sentence.text):
        return "instruction", None
    if not _wanted(sentence.text, sentence.place, kept):
        return "said already", None
    about = sentence.place[0] if sentence.place else subject
    judged = judge.judge(sentence.text, about, sentence.place)
    return judged.fault, None if judged.fault else claim_of(judged, sentence.place)


def _wanted(text: str, place: Place | None, kept: tuple[Claim, ...]) -> bool:
    """Whether there is room for a sentence, and it is not there yet."""
    said = {claim.text.casefold() for claim in kept}
    beside = [c for c in kept if (c.aspect is None if place is None else _at(c) == place)]
    return text.casefold() not in said and len(beside) < (_SENTENCES if place is None else 1)


def _at(claim: Claim) -> tuple[str | None, str | None]:
    return claim.subject, claim.aspect
