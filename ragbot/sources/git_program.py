"""Runs the `git` program: no prompts, no hooks, no settings of the user, within limits."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ragbot.errors import SourceError
from ragbot.sources.tied import TiedProcess

PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
"""The variables that name a proxy for git."""

_PASSED = {  # what a user behind a proxy or with a certificate authority of their own needs
    "PATH", "SYSTEMROOT", "TMPDIR", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", *PROXIES,
}  # fmt: skip
_SETTINGS = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "core.autocrlf=false",
    "core.quotePath=false",
    "credential.helper=",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "advice.detachedHead=false",
    "http.followRedirects=false",  # the host of the address was checked, no other
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
    "protocol.version=2",
)
_UNREACHABLE = (
    "could not resolve host", "failed to connect", "couldn't connect", "connection timed out",
    "connection refused", "network is unreachable", "no route to host", "connection reset",
    "could not resolve proxy", "operation too slow", "operation timed out", "empty reply",
    "the remote end hung up", "ssl connect error", "returned error: 429", "returned error: 50",
)  # fmt: skip
_POLL_SECONDS = 0.2


class UnreachableError(SourceError):
    """The repository's host cannot be reached from here and now."""


@dataclass(frozen=True, slots=True)
class Git:
    """The program on a repository at `folder` whose origin is `url`.

    Where `addresses` are given, the host of `url` is looked for at these only (git 2.37 and newer;
    a proxy that the environment names looks hosts up itself). No redirect is followed. A command
    that runs longer than `seconds` or lets the folder outgrow `most_bytes` is ended, and so is all
    of it when this process ends.
    """

    folder: Path
    url: str
    seconds: float
    most_bytes: int
    program: str = "git"
    addresses: tuple[str, ...] = ()

    def run(
        self, *arguments: str, given: str = "", watch: Callable[[int], None] | None = None
    ) -> str:
        """The output of a git command; `watch` is told now and then how many bytes have come.

        Raises:
            SourceError: git is missing, failed, was too slow or brought too much.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = self._start(arguments, stdout=out, stderr=err)
            try:
                self._feed(process, given)
                self._wait(process, arguments[0], watch)
            finally:
                process.end()
            err.seek(0)
            if process.returncode:
                raise self._failure(arguments[0], err.read().decode(errors="replace"))
            out.seek(0)
            return out.read().decode(errors="surrogateescape")

    def blobs(self, names: Iterable[str], limit: int) -> Iterator[bytes | int]:
        """The bytes of each blob; of one larger than `limit` bytes its size only.

        Raises:
            SourceError: a blob cannot be had.
        """
        process = self._start(
            ("cat-file", "--batch"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        to, answers = process.stdin, process.stdout
        try:
            for name in names:
                if to is None or answers is None:
                    break
                to.write(f"{name}\n".encode())
                to.flush()
                head = answers.readline().split()
                if len(head) != 3:
                    raise SourceError(f"{self.url}: git cannot read the file {name}; sync again")
                yield _taken(answers.read, int(head[2]), limit)
        except BrokenPipeError as error:
            raise SourceError(f"{self.url}: git stopped while files were read") from error
        finally:
            process.end()

    def _start(self, arguments: Sequence[str], **streams: Any) -> TiedProcess:
        settings = [word for setting in (*_SETTINGS, *self._pins()) for word in ("-c", setting)]
        environment = self._environment()
        if shutil.which(self.program, path=environment.get("PATH")) is None:
            raise SourceError(
                "the program git is not installed; get it from https://git-scm.com/downloads "
                "or your system's packages"
            )
        try:
            command = [self.program, *settings, *arguments]
            return TiedProcess(command, self.folder, environment, **streams)
        except OSError as error:
            raise SourceError(f"the program git cannot be run ({error.strerror})") from error

    def _pins(self) -> tuple[str, ...]:
        """The setting that keeps the host at the addresses that were checked."""
        if not self.addresses:
            return ()
        parts = urlsplit(self.url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
        places = ",".join(f"[{a}]" if ":" in a else a for a in self.addresses)
        return (f"http.curloptResolve={parts.hostname}:{port}:{places}",)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in _PASSED}
        return kept | {
            "HOME": str(self.folder),
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "",
            "SSH_ASKPASS": "",
            "GIT_ALLOW_PROTOCOL": urlsplit(self.url).scheme,
            "GIT_DIR": str(self.folder / ".git"),
            "GIT_WORK_TREE": str(self.folder),
            "GIT_LFS_SKIP_SMUDGE": "1",
        }

    def _feed(self, process: TiedProcess, given: str) -> None:
        if process.stdin is not None:
            try:
                process.stdin.write(given.encode(errors="surrogateescape"))
                process.stdin.close()
            except BrokenPipeError:
                return  # it ended early; why, its exit tells

    def _wait(
        self,
        process: TiedProcess,
        command: str,
        watch: Callable[[int], None] | None,
    ) -> None:
        began, due = time.monotonic(), 0.0
        while True:
            try:
                process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                spent = time.monotonic() - began
                if spent > self.seconds:
                    reason = f"git {command} took longer than {self.seconds:.0f} s"
                    raise UnreachableError(f"{self.url}: {reason}; sync again later") from None
                if spent > due:  # to look at every file is not for free
                    self._weigh(watch)
                    due = 2 * (time.monotonic() - began) - spent + 1
            else:
                self._weigh(watch)
                return

    def _weigh(self, watch: Callable[[int], None] | None) -> None:
        size = _size(self.folder)
        if size > self.most_bytes:
            limit = f"{self.most_bytes / 1e6:.0f} MB"
            raise SourceError(f"{self.url} is larger than {limit}; name fewer paths")
        if watch is not None:
            watch(size)

    def _failure(self, command: str, said: str) -> SourceError:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        telling = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines[-1:]
        if "could not read Username" in said:
            return SourceError(f"{self.url}: there is no such repository, or it is not public")
        reason = (telling[0] if telling else "it gave no reason").split(":", 1)[-1].strip()
        if any(words in said.lower() for words in _UNREACHABLE):
            reason = reason.rpartition("/': ")[2]
            return UnreachableError(
                f"{self.url} cannot be reached ({reason}); sync again with a network"
            )
        return SourceError(f"{self.url}: git {command} failed ({reason})")


def _taken(read: Callable[[int], bytes], size: int, limit: int) -> bytes | int:
    if size <= limit:
        content = read(size)
        read(1)
        return content
    left = size + 1
    while left:
        left -= len(read(min(left, 1 << 20))) or left
    return size


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 - many files
            except FileNotFoundError:
                continue  # git moves its temporary files while they are counted
    return total
