"""Obtains documents of a git repository by a shallow, blob-filtered, sparse clone.

Only the newest commit is fetched, of it only the trees, and of the files only those that the entry
names and a reader knows.
"""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ragbot.errors import SourceError
from ragbot.progress import Progress
from ragbot.readers import MEDIA_TYPES
from ragbot.sources.addresses import Resolve, resolve
from ragbot.sources.catalog import Entry
from ragbot.sources.fetching import Fetched, Fetcher, Locked, Shelf
from ragbot.sources.git_entry import ObtainGit
from ragbot.sources.git_gallery import gallery_text
from ragbot.sources.git_host import places_of
from ragbot.sources.git_program import Git, UnreachableError
from ragbot.sources.patterns import matches

_PLAIN_FILES = {"100644", "100755"}  # not links, not other repositories
_WILD = str.maketrans({char: f"\\{char}" for char in "\\*?[ "})


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    blob: str
    address: str
    mark: str


@dataclass(frozen=True, slots=True)
class _Commit:
    name: str
    date: str
    files: tuple[_File, ...]
    checksum: str


@dataclass(frozen=True, slots=True)
class GitFetcher:
    """Fetches entries of kind `git`.

    One git command may run `seconds`, a clone take `most_bytes` on disk, a file `most_file_bytes`.
    The lock's `validators` hold a mark of each file's content and address, by path. `names` is for
    tests: another way to look up hosts.
    """

    seconds: float = 1800.0
    most_bytes: int = 4_000_000_000
    most_file_bytes: int = 50_000_000
    program: str = "git"
    names: Resolve = resolve

    def __call__(
        self, entry: Entry, before: Locked | None, shelf: Shelf, scratch: Path, progress: Progress
    ) -> Locked | None:
        """Put the documents on the shelf; None where the commit and the entry are the same.

        Raises:
            SourceError: git is missing, the host is out of reach, or there is no such repository,
                branch or path.
        """
        obtain = entry.obtain
        if not isinstance(obtain, ObtainGit):
            raise SourceError(f"{entry.source.id} is of kind {obtain.kind!r}, not 'git'")
        places = places_of(obtain, self.names)
        git = Git(scratch, obtain.url, self.seconds, self.most_bytes, self.program, places)
        download = _Download(git, progress, f"{entry.source.id}: downloading (MB)")
        commit = _resolved(download, obtain)
        if before and (before.resolved, before.checksum) == (commit.name, commit.checksum):
            return None
        known = before.validators if before else {}
        changed = [file for file in commit.files if known.get(file.path) != file.mark]
        if changed:
            download.files(commit.name, [file.path for file in changed])
        for file in commit.files:
            if known.get(file.path) == file.mark:
                shelf.keep(file.path)
        missed = self._put(git, obtain, commit, changed, shelf, progress)
        marks = {file.path: file.mark for file in commit.files if file.path not in missed}
        return Locked(commit.name, commit.date, commit.checksum, marks)

    def _put(
        self,
        git: Git,
        obtain: ObtainGit,
        commit: _Commit,
        files: Sequence[_File],
        shelf: Shelf,
        progress: Progress,
    ) -> set[str]:
        missed = set()
        progress.stage("reading files", len(files))
        contents = git.blobs((file.blob for file in files), self.most_file_bytes)
        for file, content in zip(files, contents, strict=True):
            progress.advance(1)
            if isinstance(content, int):
                limit = f"the limit of {self.most_file_bytes / 1e6:.0f} MB"
                shelf.problem(file.path, f"{content / 1e6:.0f} MB is more than {limit}")
                missed.add(file.path)
                continue
            document = _document(file, content, commit.date, obtain.licence)
            if document is None:
                missed.add(file.path)
            else:
                shelf.put(document)
        return missed


class _Download:
    """Brings commits and files into the clone; says how many megabytes have come."""

    def __init__(self, git: Git, progress: Progress, name: str) -> None:
        self._git = git
        self._progress = progress
        self._told = 0
        progress.stage(name, None)

    def newest(self, ref: str) -> None:
        """Fetch the commit of `ref`, the default branch for "", without any file."""
        fresh = not (self._git.folder / ".git" / "HEAD").is_file()
        try:
            self._prepare()
            self._fetch(ref)
        except UnreachableError:
            raise
        except SourceError:
            if fresh:
                raise
            shutil.rmtree(self._git.folder)  # the clone may be damaged: once more from the start
            self._prepare()
            self._fetch(ref)

    def files(self, commit: str, paths: Sequence[str]) -> None:
        """Fetch these files of a commit, all at once."""
        sparse = self._git.folder / ".git" / "info" / "sparse-checkout"
        sparse.parent.mkdir(exist_ok=True)
        sparse.write_text(
            "".join(f"/{path.translate(_WILD)}\n" for path in paths), encoding="utf-8"
        )
        self._git.run("config", "core.sparseCheckout", "true")
        self._git.run("config", "core.sparseCheckoutCone", "false")
        self._git.run("checkout", "--quiet", "--force", "--detach", commit, watch=self._watch)

    def list(self, commit: str) -> list[tuple[str, str]]:
        """The path and blob of every plain file of a commit."""
        files = []
        for line in self._git.run("ls-tree", "-r", "-z", "--full-tree", commit).split("\0"):
            facts, _, path = line.partition("\t")
            if facts.split(" ")[0] in _PLAIN_FILES:
                files.append((path, facts.split(" ")[2]))
        return sorted(files)

    def fetched(self) -> tuple[str, str]:
        """The commit that was fetched last and its date (YYYY-MM-DD)."""
        name = self._git.run("rev-parse", "--verify", "FETCH_HEAD^{commit}").strip()
        return name, self._git.run("log", "-1", "--format=%cs", name).strip()

    def _prepare(self) -> None:
        """Make the clone, if it is not there."""
        home = self._git.folder / ".git"
        if not (home / "HEAD").is_file():
            self._git.folder.mkdir(parents=True, exist_ok=True)
            self._git.run("init", "--quiet", "--template=")
        for stale in home.glob("*.lock"):  # of a git that was ended half-way
            stale.unlink()
        self._git.run("config", "remote.origin.url", self._git.url)

    def _fetch(self, ref: str) -> None:
        self._git.run(
            "fetch", "--quiet", "--depth=1", "--filter=blob:none", "--no-tags", "--force",
            "origin", "--", ref or "HEAD", watch=self._watch,
        )  # fmt: skip

    def _watch(self, size: int) -> None:
        if (megabytes := size // 1_000_000) > self._told:
            self._progress.advance(megabytes - self._told)
            self._told = megabytes


def _document(file: _File, content: bytes, date: str, licence: str) -> Fetched | None:
    """The document of a file, None for a script that is no tutorial."""
    media_type = MEDIA_TYPES.get(_suffix(file.path), "")
    if not media_type:
        content = gallery_text(content.decode("utf-8", "replace")).encode()
        if not content:
            return None
    return Fetched(
        path=file.path,
        content=content,
        media_type=media_type or "text/x-rst",
        url=file.address,
        updated=date,
        licence=licence,
    )


def _resolved(download: _Download, obtain: ObtainGit) -> _Commit:
    download.newest(obtain.ref)
    name, date = download.fetched()
    files = tuple(
        _File(path, blob, address, _mark(blob, address, obtain.licence))
        for path, blob in download.list(name)
        if _is_wanted(path, obtain)
        for address in [obtain.address_of(path, name)]
    )
    if not files:
        raise SourceError(
            f"{obtain.url} has no readable file at {', '.join(obtain.paths)}; "
            "correct paths in sources.toml"
        )
    listing = "".join(f"{file.path}\n{file.mark}\n" for file in files)
    return _Commit(name, date, files, hashlib.sha256(listing.encode()).hexdigest())


def _is_wanted(path: str, obtain: ObtainGit) -> bool:
    is_tutorial = _suffix(path) == ".py" and matches(path, obtain.gallery)
    if not (is_tutorial or _suffix(path) in MEDIA_TYPES) or not path.isprintable():
        return False
    return matches(path, obtain.paths) and not matches(path, obtain.exclude)


def _mark(blob: str, address: str, licence: str) -> str:
    return hashlib.sha256("\n".join((blob, address, licence)).encode()).hexdigest()[:16]


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


fetch: Fetcher = GitFetcher()
