"""Runs the `git` program: no prompts, no hooks, no settings of the user, within limits."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ragbot.errors import SourceError

_PASSED = {  # what a user behind a proxy or with a certificate authority of their own needs
    "PATH", "SYSTEMROOT", "TMPDIR", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy",
    "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH",
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

    A command that runs longer than `seconds` or lets the folder outgrow `most_bytes` is ended.
    """

    folder: Path
    url: str
    seconds: float
    most_bytes: int
    program: str = "git"

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
                _end(process)
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
            _end(process)

    def _start(self, arguments: Sequence[str], **streams: object) -> "subprocess.Popen[bytes]":
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        try:
            return subprocess.Popen(  # type: ignore[call-overload, no-any-return]  # noqa: S603
                [self.program, *settings, *arguments],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.PIPE,
                start_new_session=True,
                **streams,
            )
        except FileNotFoundError as error:
            raise SourceError(
                "the program git is not installed; get it from https://git-scm.com/downloads "
                "or your system's packages"
            ) from error
        except OSError as error:
            raise SourceError(f"the program git cannot be run ({error.strerror})") from error

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

    def _feed(self, process: "subprocess.Popen[bytes]", given: str) -> None:
        if process.stdin is not None:
            try:
                process.stdin.write(given.encode(errors="surrogateescape"))
                process.stdin.close()
            except BrokenPipeError:
                return  # it ended early; why, its exit tells

    def _wait(
        self,
        process: "subprocess.Popen[bytes]",
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


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process, if it still runs, with those that it has started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)  # it leads a session of its own
        else:
            process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()


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
