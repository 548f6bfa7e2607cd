"""What an operator sees at /metrics: plain numbers, put into Prometheus' form when asked for.

Counting costs next to nothing; Prometheus' library is imported when the figures are first asked
for.
"""

import bisect
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ragbot.stages import Watch
from ragbot.types import Answer

if TYPE_CHECKING:
    from api.builder import Builder
    from api.desk import Desk
    from api.workers import Workers

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})
_ANSWERED: Final = ""
_REASONS: Final = ("near_miss", "not_in_the_documents")


@dataclass(slots=True)
class _Spread:
    """How many took how long: counts up to each of the bounds, and beyond."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(_SECONDS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect.bisect_left(_SECONDS, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """(bound, how many up to it), as Prometheus wants them."""
        found, up_to = [], 0
        for bound, count in zip([*map(str, _SECONDS), "+Inf"], self.counts, strict=True):
            up_to += count
            found.append((bound, float(up_to)))
        return found


class Figures:
    """Counts of one service; safe to share between threads."""

    def __init__(self, desk: "Desk", workers: Mapping[str, "Workers"], builder: "Builder") -> None:
        self._desk, self._workers, self._builder = desk, workers, builder
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, str]] = Counter()
        self._routes: dict[str, _Spread] = defaultdict(_Spread)
        self._stages: dict[str, _Spread] = defaultdict(_Spread)
        self._answers: Counter[str] = Counter(dict.fromkeys((_ANSWERED, *_REASONS), 0))
        self._looked_up: Counter[tuple[str, bool]] = Counter()
        self._begun = time.time()
        self._registry: Any = None

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered; a client can make up methods, so that few are told apart."""
        method = method if method in METHODS else "other"
        with self._lock:
            self._requests[method, route, str(status)] += 1
            self._routes[route].add(seconds)

    def watched(self, watch: Watch) -> None:
        """Stages of an answer took so long, and so much of it was known already."""
        with self._lock:
            for stage, took in watch.seconds.items():
                self._stages[stage].add(took)
            self._looked_up += watch.looked_up

    def answer(self, answer: Answer) -> None:
        """A question was answered, or refused."""
        reason = _ANSWERED
        if answer.refusal:
            reason = _REASONS[not answer.refusal.near_miss]
        with self._lock:
            self._answers[reason] += 1

    def written(self) -> tuple[bytes, str]:
        """All figures in Prometheus' form, with their media type."""
        from prometheus_client import (
            CONTENT_TYPE_LATEST,
            CollectorRegistry,
            PlatformCollector,
            ProcessCollector,
            generate_latest,
        )

        if self._registry is None:
            self._registry = CollectorRegistry()
            ProcessCollector(registry=self._registry)
            PlatformCollector(registry=self._registry)
            self._registry.register(self)
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def collect(self) -> Iterator[Any]:
        """The figures, as Prometheus' library asks for them."""
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

        with self._lock:
            requests, answers = Counter(self._requests), Counter(self._answers)
            spreads = {
                ("request_seconds", "Seconds until a request was answered.", "route"): {
                    name: (spread.buckets(), spread.total) for name, spread in self._routes.items()
                },
                ("stage_seconds", "Seconds that a stage of an answer took itself.", "stage"): {
                    name: (spread.buckets(), spread.total) for name, spread in self._stages.items()
                },
            }
        counted = CounterMetricFamily(
            "ragbot_requests", "Requests answered.", labels=["method", "route", "status"]
        )
        for labels, count in requests.items():
            counted.add_metric(labels, count)
        yield counted
        refused = CounterMetricFamily("ragbot_refusals", "Answers refused.", labels=["reason"])
        for reason, count in answers.items():
            if reason != _ANSWERED:
                refused.add_metric([reason], count)
        yield refused
        yield CounterMetricFamily(
            "ragbot_answers", "Questions answered or refused.", value=answers.total()
        )
        for (name, words, label), found in spreads.items():
            family = HistogramMetricFamily(f"ragbot_{name}", words, labels=[label])
            for value, (buckets, total) in found.items():
                family.add_metric([value], buckets, total)
            yield family
        yield from self._known()
        yield from self._queues()
        yield from self._index()

    def _known(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily

        with self._lock:
            looked_up = Counter(self._looked_up)
        told = {True: ("hits", "Were known already."), False: ("misses", "Had to be found out.")}
        for known, (name, words) in told.items():
            family = CounterMetricFamily(f"ragbot_cache_{name}", words, labels=["cache"])
            for kind in sorted({kind for kind, _ in looked_up}):
                family.add_metric([kind], looked_up[kind, known])
            yield family

    def _queues(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        waiting = GaugeMetricFamily("ragbot_waiting", "Who waits for a thread.", labels=["work"])
        working = GaugeMetricFamily("ragbot_working", "Threads at work.", labels=["work"])
        refused = CounterMetricFamily(
            "ragbot_turned_away", "Turned away, as too many waited.", labels=["work"]
        )
        for name, workers in self._workers.items():
            waiting.add_metric([name], workers.waiting)
            working.add_metric([name], workers.working)
            refused.add_metric([name], workers.turned_away)
        yield from (waiting, working, refused)

    def _index(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        standing = self._desk.standing()
        live = GaugeMetricFamily("ragbot_index_live", "Which index answers.", labels=["generation"])
        if standing.generation:
            live.add_metric([standing.generation], 1)
            manifest = self._desk.in_memory().generation.manifest
            built = datetime.fromisoformat(manifest.built)
            age = (datetime.now(UTC) - built.astimezone(UTC)).total_seconds()
            yield GaugeMetricFamily("ragbot_index_age_seconds", "Since it was built.", value=age)
            for name in ("documents", "passages", "statements"):
                count = getattr(manifest.counts, name)
                yield GaugeMetricFamily(f"ragbot_index_{name}", f"Its {name}.", value=count)
        yield live
        damaged = float(standing.damage is not None)
        told = "1 where it is, or a newer ragbot built it."
        yield GaugeMetricFamily("ragbot_index_damaged", told, value=damaged)
        progress = self._builder.progress
        yield GaugeMetricFamily(
            "ragbot_build_running", "1 while.", value=float(bool(progress.stage))
        )
        yield GaugeMetricFamily("ragbot_build_done", "Steps of the stage.", value=progress.done)
        yield GaugeMetricFamily("ragbot_build_total", "Steps in all.", value=progress.total or 0)
        ended = CounterMetricFamily("ragbot_builds", "Builds that ended.", labels=["outcome"])
        for outcome, count in self._builder.ended.items():
            ended.add_metric([outcome], count)
        yield ended
