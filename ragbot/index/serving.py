"""The encoder that questions to a generation are encoded with."""

import logging

from ragbot.encoder import Encoder, identify
from ragbot.encoder.engine import names_torch
from ragbot.encoder.graph import GraphEncoder
from ragbot.errors import EncoderError, IndexDamagedError
from ragbot.index.generation import Generation
from ragbot.index.manifest import ENCODER_FOLDER
from ragbot.settings import Settings

_log = logging.getLogger("ragbot")


def must_fit(generation: Generation, name: str, weights: str) -> None:
    """Refuse an encoder of other weights than the generation's.

    Raises:
        IndexDamagedError: the generation was built with other weights.
    """
    built_with = generation.manifest.encoder
    if built_with.weights != weights:
        raise IndexDamagedError(
            f"generation {generation.name} was built with the encoder {built_with.name} "
            f"({built_with.weights[:12]}), this one is {name} ({weights[:12]}); "
            "rebuild with `ragbot build`"
        )


def kept_encoder(
    generation: Generation, settings: Settings, known: Encoder | None = None
) -> Encoder | None:
    """The encoder that lies in the generation; `known`, which is loaded already, where it fits.

    None where there is none, where it does not run here, or where the settings want another engine:
    then the model has to be loaded.

    Raises:
        IndexDamagedError: the settings name an encoder of other weights.
    """
    built_with = generation.manifest.encoder
    if known and known.fingerprint == built_with.fingerprint:
        return known
    folder = generation.folder / ENCODER_FOLDER
    other = settings.engine not in ("auto", built_with.engine)
    if not folder.is_dir() or other or names_torch(settings):
        return known if known and known.weights == built_with.weights else None
    identity = identify(settings, verify=False)
    must_fit(generation, identity.name, identity.weights)
    try:
        encoder = GraphEncoder(folder)
        if encoder.weights == built_with.weights:
            return encoder
        _log.warning("the graph in %s is of another model; the model is loaded instead", folder)
    except EncoderError as error:
        _log.warning("%s; the model is loaded instead", error)
    return None


def without_graph(settings: Settings) -> Settings:
    """The settings by which the encoder is opened where a generation holds none that serves.

    A service neither exports nor measures: that is for builds.
    """
    return settings.model_copy(update={"engine": "torch"} if settings.engine == "auto" else {})
