"""git asks public hosts only, at the addresses that were checked, and ends with whoever runs it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ragbot.errors import SourceError
from ragbot.sources.addresses import RefusedError
from ragbot.sources.git import GitFetcher
from ragbot.sources.git_entry import ObtainGit
from ragbot.sources.git_program import Git, UnreachableError

from .site import Answer, serving
from .taking import take

RUN = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where tests run in the background
from ragbot.sources.git_program import Git
print("begun", flush=True)
Git(Path(sys.argv[1]), "https://git.example/x", 300, 10**9, sys.argv[2]).run("fetch")
"""


def obtain(url: str, **values: object) -> ObtainGit:
    return ObtainGit.model_validate({"kind": "git", "url": url, "paths": ("docs",), **values})


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    return folder


def script(folder: Path, text: str) -> Path:
    path = folder / "fake-git"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


class TestHosts:
    @pytest.mark.parametrize(
        "addresses", [["127.0.0.1"], ["::1"], ["10.0.0.8"], ["169.254.169.254"],
                      ["8.8.8.8", "192.168.0.1"], ["::ffff:127.0.0.1"]],
    )  # fmt: skip
    def test_a_host_that_is_not_public_is_not_asked(self, store, tmp_path, addresses):
        program = script(tmp_path, f"touch {tmp_path}/ran")
        fetcher = GitFetcher(program=str(program), names=lambda host, port: addresses)
        with pytest.raises(RefusedError, match="private = true"):
            take(fetcher, obtain("https://git.example/x"), store)
        assert not (tmp_path / "ran").exists()

    def test_nor_is_a_folder_of_this_machine(self, store):
        with pytest.raises(RefusedError, match="private = true"):
            take(GitFetcher(), obtain("file:///srv/x"), store)

    def test_a_host_without_an_address_is_out_of_reach(self, store, monkeypatch):
        def none(host, port):
            raise OSError("unknown")

        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(UnreachableError, match="cannot be resolved"):
            take(GitFetcher(names=none), obtain("https://git.example/x"), store)

    def test_git_asks_the_addresses_that_were_checked(self, store, tmp_path):
        told = tmp_path / "told"
        program = script(tmp_path, f'echo "$@" >> {told}; exit 1')
        fetcher = GitFetcher(
            program=str(program), names=lambda host, port: ["8.8.8.8", "2606:4700::1111"]
        )
        with pytest.raises(SourceError):
            take(fetcher, obtain("https://git.example:8443/x"), store)
        pin = "http.curloptResolve=git.example:8443:8.8.8.8,[2606:4700::1111]"
        assert all(pin in line for line in told.read_text().splitlines())

    def test_a_name_is_looked_for_at_its_pinned_address_only(self, store):
        with serving() as site:
            url = site.url("/x")
            with pytest.raises(SourceError):
                Git(store, url, 20, 10**9, addresses=("127.0.0.1",)).run("ls-remote", url)
            assert site.asked == ["/x/info/refs?service=git-upload-pack"]

    def test_no_redirect_is_followed(self, store):
        with serving() as site, serving() as other:
            place = other.url("/y/info/refs", "127.0.0.1")
            site.routes["/x/info/refs?service=git-upload-pack"] = Answer(
                "", 302, {"Location": place}
            )
            url = site.url("/x", "127.0.0.1")
            with pytest.raises(SourceError):
                Git(store, url, 20, 10**9).run("ls-remote", url)
            assert (len(site.asked), other.asked) == (1, [])


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_git_and_what_it_started_end_with_the_sync(store, tmp_path, how):
    noted = tmp_path / "noted"
    program = script(
        tmp_path, f"sleep 300 & echo $$ $! > {noted}.new; mv {noted}.new {noted}; wait"
    )
    sync = subprocess.Popen(
        [sys.executable, "-c", RUN, str(store), str(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    began = time.monotonic()
    while not noted.exists() and time.monotonic() - began < 60:
        time.sleep(0.05)
    processes = [int(word) for word in noted.read_text().split()]
    assert all(map(is_alive, processes))
    sync.send_signal(how)
    sync.communicate(timeout=60)
    began = time.monotonic()
    while any(map(is_alive, processes)) and time.monotonic() - began < 20:
        time.sleep(0.05)
    left = [process for process in processes if is_alive(process)]
    for process in left:
        os.kill(process, signal.SIGKILL)
    assert left == []


def test_a_tied_program_says_how_it_ended(store, tmp_path):
    git = Git(store, "https://git.example/x", 30, 10**9, str(script(tmp_path, "cat; echo $1")))
    assert git.run("x", given="given\n").split() == ["given", "-c"]
    for text in ("exit 7", "kill -TERM $$", "kill -9 $PPID; sleep 30"):
        script(tmp_path, text)
        with pytest.raises(SourceError, match="git x failed"):
            git.run("x")
