"""Vectors of queries: those that come again are computed once."""

from collections.abc import Sequence

import numpy as np

from ragbot.encoder import Encoder
from ragbot.guide import Aspect, Guide
from ragbot.latest import Latest
from ragbot.retrieval import Encoded, Filters, Query, Vector
from ragbot.retrieval.plan import cell_query

SIMILAR_ASPECT = 0.50  # cosine of a question and the description of an aspect it does not name
KEPT = 256  # of the latest queries: an answer asks for the vector of its question several times


class QueryVectors:
    """Encodes queries; the sub-queries of a guide's subjects and aspects are known beforehand."""

    def __init__(self, encoder: Encoder, guide: Guide) -> None:
        self._encoder = encoder
        self._guide = guide
        texts = [aspect.description for aspect in guide.aspects]
        for subject in guide.subjects:
            texts += [cell_query(subject, aspect, Filters()).text for aspect in guide.aspects]
        vectors = encoder.encode_queries(texts) if texts else ()
        self._known = dict(zip(texts, vectors, strict=True))
        self._latest = Latest[str, Vector]("vectors", KEPT)

    def of(self, queries: Sequence[Query]) -> list[Encoded]:
        """The queries with their vectors; all that are not known are encoded in one batch."""
        vectors = self._encoded(
            [text for q in queries for text in (q.text, *(facet.text for facet in q.facets))]
        )
        return [
            Encoded(q, vectors[q.text], tuple(vectors[facet.text] for facet in q.facets))
            for q in queries
        ]

    def of_text(self, text: str) -> Vector:
        """The vector of a text."""
        return self._encoded([text])[text]

    def similar_aspects(self, text: str) -> list[Aspect]:
        """The aspect whose description is nearest in meaning to a text, where it is near enough."""
        aspects = self._guide.aspects
        if not aspects:
            return []
        descriptions = np.stack([self._known[aspect.description] for aspect in aspects])
        cosines = descriptions @ self._encoded([text])[text]
        best = int(np.argmax(cosines))
        return [aspects[best]] if cosines[best] >= SIMILAR_ASPECT else []

    def _encoded(self, texts: Sequence[str]) -> dict[str, Vector]:
        """The vector of each text."""
        found = {text: self._known[text] for text in texts if text in self._known}
        found |= self._latest.known(text for text in texts if text not in found)
        new = list(dict.fromkeys(text for text in texts if text not in found))
        if new:
            fresh = dict(zip(new, self._encoder.encode_queries(new), strict=True))
            self._latest.keep(fresh)
            found |= fresh
        return found
