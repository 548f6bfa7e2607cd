"""`make soak`: mixed and hostile load on a service in a process of its own, over real HTTP.

Then searches only, and answers only, by a few clients each of which asks again as soon as it is
answered: how many there are in a second, none of them asked before. It fails where memory or file
handles grow after the warm-up, where an answer is a 5xx other than 503, where /readyz takes longer
than a second, or where a request below the limits fails.
"""

import argparse
import asyncio
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import click
import httpx

from tests.service.built import built
from tests.service.process import Served, served

from .friendly import Visitors, mix
from .hostile import Intruders
from .rates import rates
from .tally import Memory, Tally, complaints

WARM_UP = 0.2  # of the time, and no less than LEAST_WARM_UP seconds
LEAST_WARM_UP = 20.0
ALONE = 0.15  # of the time for searches only, and for answers only
LEAST_ALONE = 5.0
SAMPLES = 20  # of the memory, over SETTLING seconds without load
SETTLING = 5.0
EVERY = 0.5  # seconds between two looks at /readyz


def main() -> int:
    """Soak, print the table, and say what is wrong; 1 where something is."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="of load, warm-up included")
    parser.add_argument("--index", type=Path, help="a built index; none: a small one is built")
    parser.add_argument("--clients", type=int, default=4, help="of searches, and of answers only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ragbot-soak-") as name:
        folder = Path(name)
        index = options.index or built(folder).index
        with served(folder, real=True, index=index.resolve()) as service:
            tally, memory = soaked(service, options.seconds, options.clients)
            alive = service.process.poll() is None
            log = service.log.stat().st_size
            traces = service.said().count("Traceback")
    click.echo(tally.table())
    click.echo(memory)
    click.echo(f"log {log / 1e6:.1f} MB, {traces} tracebacks")
    wrong = complaints(tally, memory, alive) + [f"{traces} tracebacks in the log"] * bool(traces)
    for complaint in wrong:
        click.echo(f"NOT GOOD ENOUGH: {complaint}")
    return bool(wrong)


def soaked(service: Served, seconds: float, clients: int = 4) -> tuple[Tally, Memory]:
    """Warm it up and load it; what came back after the warm-up, and the memory."""
    warm_up = max(LEAST_WARM_UP, WARM_UP * seconds)
    asyncio.run(_load(service, warm_up, Tally()))
    start, threads, handles = _memory(service), service.threads(), service.handles()
    tally, over = Tally(), threading.Event()
    alone = max(LEAST_ALONE, ALONE * seconds)
    watch = threading.Thread(target=_watch, args=(service, tally, over))
    watch.start()
    try:
        asyncio.run(_load(service, max(LEAST_WARM_UP, seconds - warm_up - 2 * alone), tally))
        asyncio.run(rates(service, alone, clients, tally))
    finally:
        over.set()
        watch.join()
    end = _memory(service)
    return tally, Memory(
        start,
        end,
        (threads, service.threads()),
        (handles, service.handles()),
    )


async def _load(service: Served, seconds: float, tally: Tally) -> None:
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=60) as client:
        guide = (await client.get("/v1/subjects")).json()
        found = await client.post("/v1/search", json={"query": "fast", "limit": 20})
    subjects = [subject["id"] for subject in guide["subjects"]]
    aspects = [aspect["id"] for aspect in guide["aspects"]]
    documents = list(dict.fromkeys(hit["passage"]["document_id"] for hit in found.json()["hits"]))
    until = time.monotonic() + seconds
    await asyncio.gather(
        Visitors(service.url, mix(subjects, aspects, documents), tally).stay(until),
        Intruders(*service.address, tally).stay(until),
    )


def _watch(service: Served, tally: Tally, over: threading.Event) -> None:
    """Ask whether it is ready, each time on a connection of its own, as a balancer does."""
    while not over.wait(EVERY):
        begun = time.monotonic()
        try:
            with httpx.Client(trust_env=False, timeout=30, verify=False) as client:
                begun = time.monotonic()
                status = str(client.get(f"{service.url}/readyz").status_code)
        except httpx.HTTPError as error:
            status = type(error).__name__
        tally.add("readyz", status, begun)


def _memory(service: Served) -> float:
    """Megabytes, without load."""
    samples = []
    for _ in range(SAMPLES):
        time.sleep(SETTLING / SAMPLES)
        samples.append(service.megabytes())
    return median(samples)


if __name__ == "__main__":
    sys.exit(main())
