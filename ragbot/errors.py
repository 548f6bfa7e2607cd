"""Every error ragbot raises on purpose.

    RagbotError
    ├── ConfigError         a setting, subjects.toml or sources.toml is wrong
    ├── UnknownNameError    sources.toml has nothing of the name that was given
    ├── SourceError         a source cannot be obtained
    ├── ReadError           one document cannot be read
    ├── EncoderError        the encoder's weights are missing, foreign or unusable
    ├── AdaptError          an adapter could not be learnt, or its questions are wrong
    ├── JudgeError          what judges statements is missing, foreign or unusable
    ├── BuildError          an index could not be built
    ├── IndexMissingError   there is no live index
    ├── IndexDamagedError   an index folder is not what its manifest says
    │   └── IndexNewerError a newer ragbot built it
    ├── QuestionError       a question is empty or too long
    ├── ModelError          a language model gave no reply, or only part of one
    ├── AnswerError         a saved answer cannot be read
    └── NotFoundError       a document or passage id that the index does not hold

Each message says what is wrong, with which input, and what to do about it; the command line prints
it as it is and the service puts it into the `detail` of a problem document.
"""


class RagbotError(Exception):
    """Base of every error that ragbot raises on purpose."""


class ConfigError(RagbotError):
    """A setting, subjects.toml or sources.toml is wrong."""


class UnknownNameError(RagbotError):
    """sources.toml has nothing of the name that was given; the message tells what it has."""


class SourceError(RagbotError):
    """A source cannot be obtained."""


class ReadError(RagbotError):
    """One document cannot be read; the message is the reason, without the path.

    `nothing_left`: it is sound but holds navigation only, so that there is nothing to quote.
    """

    def __init__(self, message: str, *, nothing_left: bool = False) -> None:
        super().__init__(message)
        self.nothing_left = nothing_left


class EncoderError(RagbotError):
    """The encoder's weights are missing, foreign or unusable."""


class AdaptError(RagbotError):
    """An adapter could not be learnt, or its questions are not what they should be."""


class JudgeError(RagbotError):
    """What judges statements is missing, foreign or unusable."""


class BuildError(RagbotError):
    """An index could not be built; what was live before still is."""


class IndexMissingError(RagbotError):
    """There is no live index in the index folder."""


class IndexDamagedError(RagbotError):
    """An index folder is not what its manifest says, or was written by something else."""


class IndexNewerError(IndexDamagedError):
    """An index was built by a newer ragbot, and says what this one does not understand."""


class QuestionError(RagbotError):
    """A question is empty or too long."""


class ModelError(RagbotError):
    """A language model gave no reply, or only part of one; the message goes on after its name.

    `fault` is "slow", "down", "limited", "failed", "empty" or "cut_off".
    """

    def __init__(self, message: str, fault: str) -> None:
        super().__init__(message)
        self.fault = fault


class AnswerError(RagbotError):
    """A file holds no saved answer."""


class NotFoundError(RagbotError):
    """A document or passage id that the index does not hold."""
