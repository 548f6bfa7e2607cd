"""More is asked than can be answered: some wait, the rest is told so at once, readiness waits for
nobody, and nothing is worked out for those who hung up."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from api.workers import GoneError, UnavailableError, Workers
from ragbot.settings import Settings

from .living import Living, living
from .scripted import ScriptedAssistant
from .test_service_problems import problem_of
from .test_service_stop import ASK, BODY


class Blocked(ScriptedAssistant):
    """Answers once `free` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()
        self.begun = threading.Semaphore(0)

    def ask(self, *asked, **more):
        self.begun.release()
        self.free.wait(60)
        return super().ask(*asked, **more)


@pytest.fixture
def blocked() -> Blocked:
    return Blocked()


@pytest.fixture
def full(blocked: Blocked) -> Iterator[tuple[Living, list[socket.socket]]]:
    """A service with two workers, both at work, and a line of four, and its six clients."""
    with living(Settings(workers=2, waiting=4), blocked) as service:
        clients = [asking(service) for _ in range(2)]
        for _ in clients:
            assert blocked.begun.acquire(timeout=30)
        clients += [asking(service) for _ in range(4)]
        until_refused(service)
        yield service, clients
        blocked.free.set()
        for client in clients:
            client.close()


def asking(service: Living) -> socket.socket:
    host, port = service.url.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=60)
    client.sendall(ASK % len(BODY) + BODY)
    return client


def ask(service: Living) -> httpx.Response:
    return httpx.post(f"{service.url}/v1/ask", content=BODY, headers=JSON, **PLAIN)


JSON = {"content-type": "application/json"}
PLAIN = {"timeout": 30, "trust_env": False}


def until_refused(service: Living) -> None:
    """Until the four in the line have arrived: what is asked then finds no place."""
    end = time.monotonic() + 30
    staff = service.app.state.staff
    while len(staff.answers._line) < 4:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_finds_no_place_is_told_at_once_when_to_come_back(full) -> None:
    service, _ = full
    for path, body in (
        ("/v1/ask", {"question": "Kestrel?"}),
        ("/v1/compare", {"subjects": ["kestrel", "osprey"]}),
        ("/v1/search", {"query": "Kestrel"}),
    ):
        response = httpx.post(f"{service.url}{path}", json=body, **PLAIN)
        problem = problem_of(response, 503)
        assert problem["type"] == "urn:ragbot:unavailable"
        assert 1 <= int(response.headers["retry-after"]) <= 30


def test_what_is_cheap_waits_for_no_answer(full) -> None:
    service, _ = full
    with httpx.Client(base_url=service.url, **PLAIN) as client:
        for path in ("/healthz", "/readyz", "/", "/v1/subjects", "/v1/documents/bird-review"):
            assert client.get(path).status_code == 200


def test_nothing_is_worked_out_for_those_who_hung_up(full, blocked: Blocked) -> None:
    service, clients = full
    for client in clients[2:]:
        client.close()
    end = time.monotonic() + 30
    while service.app.state.staff.answers._line:
        assert time.monotonic() < end, "those who hung up still wait"
        time.sleep(0.02)
    later = asking(service)  # there is room in the line again
    blocked.free.set()
    for client in (*clients[:2], later):
        assert client.recv(12) == b"HTTP/1.1 200"
    later.close()
    assert len(blocked.asked) == 3


def test_two_hundred_that_hang_up_cost_a_handful_of_answers() -> None:
    slow = ScriptedAssistant(delay=0.05)
    with living(Settings(workers=2, waiting=8), slow) as service:
        for _ in range(4):
            for client in [asking(service) for _ in range(50)]:
                client.close()
        assert httpx.get(f"{service.url}/readyz", **PLAIN).status_code == 200
        end = time.monotonic() + 30
        while service.app.state.staff.answers.busy:
            assert time.monotonic() < end
            time.sleep(0.02)
    assert len(slow.asked) < 100


def test_a_line_keeps_its_order_and_its_length() -> None:
    asyncio.run(_line())


async def _line() -> None:
    workers = Workers("line", 1, 2)
    free, order = threading.Event(), []
    forever = asyncio.Event().wait

    def work(name: str) -> str:
        free.wait(30)
        order.append(name)
        return name

    first = asyncio.ensure_future(workers.run(lambda: work("a"), forever))
    second = asyncio.ensure_future(workers.run(lambda: work("b"), forever))
    left = asyncio.ensure_future(workers.run(lambda: work("left"), asyncio.Event().wait))
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError):
        await workers.run(lambda: work("too many"), forever)
    left.cancel()
    await asyncio.sleep(0.01)
    gone = asyncio.ensure_future(workers.run(lambda: work("gone"), lambda: asyncio.sleep(0)))
    with pytest.raises(GoneError):
        await gone
    third = asyncio.ensure_future(workers.run(lambda: work("c"), forever))
    await asyncio.sleep(0)
    free.set()
    assert await asyncio.gather(first, second, third) == ["a", "b", "c"]
    assert order == ["a", "b", "c"]
    assert not workers.busy
    with pytest.raises(ZeroDivisionError):
        await workers.run(lambda: 1 / 0, forever)
    assert not workers.busy
    workers.give_up()
    with pytest.raises(UnavailableError):
        await workers.run(lambda: work("late"), forever)


def test_items_that_nobody_takes_any_more_are_left() -> None:
    asyncio.run(_left())


async def _left() -> None:
    workers = Workers("items", 1, 0)
    closed, more = threading.Event(), threading.Event()

    def slow() -> Iterator[int]:
        try:
            yield 1
            more.wait(30)
            yield 2
            yield 3
        finally:
            closed.set()

    taken = workers.each(slow())
    assert await anext(taken) == 1
    await taken.aclose()  # whoever read them has hung up
    assert workers.busy
    more.set()
    while workers.busy:
        await asyncio.sleep(0.01)
    assert closed.is_set()
    assert [item async for item in workers.each(iter("ab"))] == ["a", "b"]
    with pytest.raises(ZeroDivisionError):
        [item async for item in workers.each(1 / n for n in (1, 0))]
    workers.give_up()
    assert [item async for item in workers.each(iter("ab"))] == []
