"""What it takes to begin: `ragbot serve` until it can answer, its memory, and `ragbot --help`."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from .figures import Figure
from .timing import milliseconds, p50

RAGBOT = (sys.executable, "-m", "ragbot")
PATIENCE = 300  # seconds
ROUNDS = 3


def starting(index: Path, queries: list[str]) -> Iterator[Figure]:
    """Figures of processes of their own over a built index."""
    helps = milliseconds([lambda: _run("--help")] * ROUNDS)
    yield Figure("start", "ragbot --help", p50(helps) / 1000, "s", at_most=0.3)
    seconds, resident, answers = [], [], []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        with _service(index) as (process, client):
            _wait(process, client)
            seconds.append(time.perf_counter() - begin)
            _ask(client, queries)  # the first of everything is slower
            answers += _ask(client, queries)
            resident.append(_resident(process.pid))
    yield Figure("start", "ragbot serve until it can answer", p50(seconds), "s", at_most=5)
    yield Figure("start", "memory of the service after questions", p50(resident), "MB", at_most=600)
    yield Figure("start", "one question by HTTP p50", p50(answers), "ms")


def _run(*arguments: str) -> None:
    subprocess.run([*RAGBOT, *arguments], check=True, capture_output=True)


@contextmanager
def _service(index: Path) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # What fetches documents in the background is another matter.
    environment = os.environ | {"RAGBOT_REFRESH_HOURS": "0"}
    command = [*RAGBOT, "serve", "--index", index, "--port", str(port)]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=address, trust_env=False, timeout=PATIENCE) as client:
            yield process, client
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(process: subprocess.Popen[bytes], client: httpx.Client) -> None:
    """Until the service says that it can answer.

    Raises:
        RuntimeError: it ended, or did not say so in time.
    """
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last and process.poll() is None:
        try:
            if client.get("/readyz").is_success:
                return
        except httpx.TransportError:
            pass  # it does not listen yet
        time.sleep(0.02)
    raise RuntimeError("ragbot serve did not become ready; start it by hand to see why")


def _ask(client: httpx.Client, queries: list[str]) -> list[float]:
    """Milliseconds of each question; all subjects are compared as well, for the memory it takes."""
    times = milliseconds(
        lambda q=query: client.post("/v1/ask", json={"question": q}).raise_for_status()
        for query in queries
    )
    subjects = [subject["id"] for subject in client.get("/v1/subjects").json()["subjects"]]
    if len(subjects) > 1:
        client.post("/v1/compare", json={"subjects": subjects}).raise_for_status()
    return times


def _resident(process: int) -> float:
    """Megabytes of memory that a process holds, mapped files among them, where Linux tells it."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
