"""No test reaches past this machine."""

import socket
import urllib.request

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("127.0.0.1.example", 80), ("8.8.8.8", 53)])
def test_another_machine_cannot_be_connected_to(address):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as connection:
            with pytest.raises(pytest.fail.Exception, match="reached for the network"):
                connection.connect(address)
            with pytest.raises(pytest.fail.Exception, match="reached for the network"):
                connection.connect_ex(address)


def test_no_other_host_is_looked_up():
    with pytest.raises(pytest.fail.Exception, match=r"weekly\.example"):
        urllib.request.urlopen("http://weekly.example/", timeout=1)


def test_this_machine_can_be_connected_to():
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "localhost"):
            with socket.create_connection((host, server.getsockname()[1]), timeout=5):
                pass
