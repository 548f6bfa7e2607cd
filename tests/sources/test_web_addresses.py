"""Which addresses are public, and that the one which was checked is the one connected to."""

import time

import httpcore
import pytest

from ragbot.sources.addresses import PublicNetwork, RefusedError, is_public


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1",
        "169.254.169.254", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
        "ff0e::1", "2001:db8::1", "3fff::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "localhost", "",
    ],
)  # fmt: skip
def test_not_public(address):
    assert not is_public(address)


class Sockets:
    """Connects to nothing; notes to what it was told to, and refuses as told."""

    def __init__(self, *dead: str) -> None:
        self.asked: list[tuple[str, int]] = []
        self._dead = dead

    def connect_tcp(self, host, port, *rest):
        self.asked.append((host, port))
        if host in self._dead:
            raise httpcore.ConnectError("dead")
        return httpcore.MockStream([])


def network(monkeypatch, *answers: list[str], dead: tuple[str, ...] = ()):
    """A network whose names are looked up in `answers`, one after the other."""
    waiting = list(answers)
    made = PublicNetwork(lambda host, port: waiting.pop(0))
    sockets = Sockets(*dead)
    monkeypatch.setattr(made, "_sockets", sockets)
    return made, sockets


def test_the_address_that_was_checked_is_connected_to(monkeypatch):
    made, sockets = network(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    made.connect_tcp("heron.example", 443)
    assert sockets.asked == [("8.8.8.8", 443)]
    with pytest.raises(RefusedError, match="127"):
        made.connect_tcp("heron.example", 443)
    assert len(sockets.asked) == 1


def test_the_next_address_is_tried(monkeypatch):
    made, sockets = network(monkeypatch, ["2606:4700::1111", "8.8.8.8"], dead=("2606:4700::1111",))
    made.connect_tcp("heron.example", 443)
    assert [host for host, _ in sockets.asked] == ["2606:4700::1111", "8.8.8.8"]


def test_no_step_is_taken_after_the_deadline(monkeypatch):
    made, sockets = network(monkeypatch, ["8.8.8.8"])
    made.deadline = time.monotonic() - 1
    with pytest.raises(httpcore.TimeoutException):
        made.connect_tcp("heron.example", 443, timeout=10)
    assert sockets.asked == []


def test_ports_of_this_machine_are_for_loopback_only(monkeypatch):
    for address, allowed in (("127.0.0.1", True), ("::1", True), ("10.0.0.1", False)):
        made = PublicNetwork(lambda host, port, address=address: [address], near_ports=[8080])
        sockets = Sockets()
        monkeypatch.setattr(made, "_sockets", sockets)
        if allowed:
            made.connect_tcp("x", 8080)
        with pytest.raises(RefusedError):
            made.connect_tcp("x", 80 if allowed else 8080)
