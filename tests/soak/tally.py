"""What came back, how fast, and whether that is good enough."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

GROWTH = 1.10  # of the memory, from the start to the end
READY_SECONDS = 1.0
MORE_HANDLES = 20  # connections that are not closed yet, and files that an answer has open


@dataclass
class Tally:
    """Counts by kind and status, and seconds by kind."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lasted: dict[str, float] = field(default_factory=dict)
    """Seconds in which a kind was asked for alone."""
    used: dict[str, float] = field(default_factory=dict)
    """Processor seconds of the service meanwhile: what it costs, however busy the machine."""

    def add(self, kind: str, status: str, begun: float) -> None:
        """Something that was begun at that moment has come back."""
        self.counts[kind][status] += 1
        self.seconds[kind].append(time.monotonic() - begun)

    def errors(self) -> dict[str, int]:
        """How many of each status that is never right: 5xx but 503, and what did not end."""
        found: Counter[str] = Counter()
        for counts in self.counts.values():
            for status, count in counts.items():
                if (status.startswith("5") and status != "503") or status == "never ended":
                    found[status] += count
        return dict(found)

    def table(self) -> str:
        """A line a kind: how many, milliseconds, and of each status how many."""
        heads = ("count", "a second", "cpu ms", "p50 ms", "p95 ms", "p99 ms")
        lines = [f"{'kind':18} {' '.join(f'{head:>8}' for head in heads)}  statuses"]
        for kind, counts in sorted(self.counts.items()):
            times = sorted(self.seconds[kind])
            p50, p95, p99 = (
                1000 * times[min(len(times) - 1, int(len(times) * q))] for q in (0.5, 0.95, 0.99)
            )
            lasted = self.lasted.get(kind)
            statuses = ", ".join(f"{status}: {n}" for status, n in sorted(counts.items()))
            count = sum(counts.values())
            rate, cost = "", ""
            if lasted:
                rate, cost = f"{count / lasted:.1f}", f"{1000 * self.used[kind] / count:.0f}"
            lines.append(
                f"{kind:18} {count:8} {rate:>8} {cost:>8} "
                f"{p50:8.0f} {p95:8.0f} {p99:8.0f}  {statuses}"
            )
        return "\n".join(lines)


@dataclass(frozen=True)
class Memory:
    """Megabytes after the warm-up and at the end, and the threads and file handles then."""

    start: float
    end: float
    threads: tuple[int, int]
    handles: tuple[int, int] = (0, 0)

    def __str__(self) -> str:
        grown = self.end / self.start - 1
        return (
            f"memory {self.start:.0f} MB after the warm-up, {self.end:.0f} MB at the end "
            f"({grown:+.1%}); threads {self.threads[0]} and {self.threads[1]}; "
            f"file handles {self.handles[0]} and {self.handles[1]}"
        )


def complaints(tally: Tally, memory: Memory, alive: bool) -> list[str]:
    """What is not as it has to be, in words."""
    found = []
    if not alive:
        found.append("the service has ended")
    if memory.end > GROWTH * memory.start:
        found.append(f"memory grew by more than {GROWTH - 1:.0%}")
    if memory.handles[1] > memory.handles[0] + MORE_HANDLES:
        found.append(f"file handles grew from {memory.handles[0]} to {memory.handles[1]}")
    for kind in tally.lasted:
        failed = {status: n for status, n in tally.counts[kind].items() if status != "200"}
        found += [f"{kind} below the limits: {failed}"] * bool(failed)
    if errors := tally.errors():
        found.append(f"answers that are never right: {errors}")
    ready = tally.counts["readyz"]
    slowest = max(tally.seconds["readyz"], default=READY_SECONDS + 1)
    if set(ready) != {"200"} or slowest > READY_SECONDS:
        found.append(f"/readyz: {dict(ready)}, the slowest took {slowest:.2f} s")
    if not sum(tally.counts[kind]["200"] for kind in ("ask", "compare", "search", "page")):
        found.append("nothing was answered")
    return found
