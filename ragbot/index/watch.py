"""Builds again whenever the corpus changes."""

import threading
from collections.abc import Callable

from ragbot.encoder import Encoder, open_encoder
from ragbot.errors import RagbotError
from ragbot.index.build import build, find_guide
from ragbot.index.check import Judge
from ragbot.index.losses import NO_CONSENT, Consent
from ragbot.index.recipe import corpus_digest
from ragbot.index.report import Report
from ragbot.progress import Progress, Silent
from ragbot.settings import Settings

Told = Callable[[Report | RagbotError], None]


class Watcher:
    """Looks at the corpus every so many seconds and builds where its content is another.

    What changed is told by content, so that neither a clock that jumps nor a touched file matters.
    A build that failed is tried again at every look, but told once as long as it fails alike.
    """

    def __init__(
        self,
        settings: Settings,
        told: Told,
        judge: Callable[[], Judge] | None = None,
        progress: Progress | None = None,
        consent: Consent = NO_CONSENT,
    ) -> None:
        """`told` gets every report and error; `judge` makes the judge of each build."""
        self._consent = consent
        self._settings = settings
        self._told = told
        self._judge = judge
        self._progress = progress
        self._encoder: Encoder | None = None
        self._done = ""
        self._said = ""

    def run(self, seconds: float, stop: threading.Event) -> None:
        """Look until told to stop."""
        while not stop.is_set():
            self.look()
            stop.wait(seconds)

    def look(self) -> None:
        """Build where the corpus, or what is known of subjects, is not what it was."""
        try:
            found = self._content()
            if found == self._done:
                return
            if self._done:
                self._encoder = self._encoder or open_encoder(self._settings)
            judge = self._judge() if self._judge else None
            report = build(
                self._settings, self._encoder, self._progress, judge=judge, consent=self._consent
            )
        except RagbotError as error:
            if str(error) != self._said:
                self._told(error)
            self._said = str(error)
            return
        self._done, self._said = found, ""
        self._told(report)

    def _content(self) -> str:
        guide, _ = find_guide(self._settings)
        return corpus_digest(self._settings, Silent()) + guide.text
