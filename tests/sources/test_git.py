"""Documents of a git repository, against repositories that are made here."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from ragbot.errors import SourceError
from ragbot.sources.git import GitFetcher
from ragbot.sources.git_entry import ObtainGit
from ragbot.sources.git_program import Git, UnreachableError

from .taking import take

DAY = "2025-03-02T10:00:00Z"


def git(folder: Path, *arguments: str, day: str = DAY) -> str:
    env = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": day,
        "GIT_COMMITTER_DATE": day,
    }
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", *names, *arguments]
    return subprocess.run(
        command, cwd=folder, env=env, check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(folder: Path, files: dict[str, str | None], day: str = DAY) -> str:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink()
        else:
            path.write_text(content)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=x", day=day)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "uploadpack.allowFilter", "true")
    commit(folder, {"old.md": "# Old"})
    files = {
        "docs/source/speed.md": "# Speed",
        "docs/source/guide/index.rst": "Guide\n=====",
        "docs/source/guide/draft/late.md": "# Late",
        "docs/source/plot.svg": "<svg/>",
        "README.md": "# Readme",
        "code/heron.py": "pass",
    }
    commit(folder, dict(files))
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    return folder


def entry(repository: Path, **values: object) -> ObtainGit:
    facts = {"kind": "git", "url": repository.as_uri(), "paths": ("docs/source",)}
    facts |= {"private": True, **values}
    return ObtainGit.model_validate(facts)


class TestSync:
    def test_what_is_named_and_readable_is_taken_with_its_facts(self, repository, store):
        obtain = entry(
            repository,
            paths=("docs/source", "README.md"),
            exclude=("docs/**/draft",),
            address="https://heron.example/{stem}.html",
            rewrite=({"find": "^docs/source/", "to": "docs/"}, {"find": "/index(?=[.])"}),
            licence="BSD-3-Clause",
        )
        taken = take(GitFetcher(), obtain, store)
        assert sorted(taken.documents) == [
            "README.md", "docs/source/guide/index.rst", "docs/source/speed.md",
        ]  # fmt: skip
        speed = taken.documents["docs/source/speed.md"]
        assert speed.content == b"# Speed"
        assert (speed.media_type, speed.licence) == ("text/markdown", "BSD-3-Clause")
        assert speed.url == "https://heron.example/docs/speed.html"
        assert taken.documents["docs/source/guide/index.rst"].url == (
            "https://heron.example/docs/guide.html"
        )
        assert speed.updated == taken.locked.date == "2025-03-02"
        assert taken.locked.resolved == git(repository, "rev-parse", "HEAD")

    def test_the_clone_is_shallow_filtered_and_sparse(self, repository, store):
        take(GitFetcher(), entry(repository), store)
        clone = store / "heron"
        assert git(clone, "rev-list", "--count", "HEAD") == "1"
        kinds = git(clone, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")
        assert kinds.split().count("blob") == 3
        files = [path.name for path in clone.rglob("*") if ".git" not in path.parts]
        assert "heron.py" not in files
        assert "speed.md" in files

    def test_a_server_that_cannot_filter_serves_too(self, repository, store):
        git(repository, "config", "uploadpack.allowFilter", "false")
        assert len(take(GitFetcher(), entry(repository), store).documents) == 3

    def test_the_same_commit_changes_nothing(self, repository, store):
        take(GitFetcher(), entry(repository), store)
        again = take(GitFetcher(), entry(repository), store)
        assert (again.locked, again.put, again.kept) == (None, [], [])
        assert len(again.documents) == 3

    def test_only_what_changed_is_put_again(self, repository, store):
        take(GitFetcher(), entry(repository), store)
        changes = {"docs/source/speed.md": "# Fast", "docs/source/guide/draft/late.md": None}
        name = commit(repository, changes, day="2025-04-01T10:00:00Z")
        taken = take(GitFetcher(), entry(repository), store)
        assert taken.put == ["docs/source/speed.md"]
        assert taken.kept == ["docs/source/guide/index.rst"]
        assert taken.documents["docs/source/speed.md"].content == b"# Fast"
        assert taken.documents["docs/source/speed.md"].updated == "2025-04-01"
        assert taken.documents["docs/source/guide/index.rst"].updated == "2025-03-02"
        assert len(taken.documents) == 2
        assert taken.locked.resolved == name

    def test_an_entry_that_changed_is_fetched_again(self, repository, store):
        take(GitFetcher(), entry(repository), store)
        other = entry(repository, address="https://heron.example/{path}?at={commit}")
        taken = take(GitFetcher(), other, store)
        assert len(taken.put) == 3
        name = git(repository, "rev-parse", "HEAD")
        assert taken.documents["docs/source/speed.md"].url == (
            f"https://heron.example/docs/source/speed.md?at={name}"
        )

    def test_a_branch_a_tag_and_a_commit(self, repository, store):
        first = git(repository, "rev-parse", "HEAD")
        git(repository, "tag", "--annotate", "--message=x", "v1")
        git(repository, "branch", "stable")
        commit(repository, {"docs/source/speed.md": "# Fast"})
        for ref in ("v1", "stable", first):
            taken = take(GitFetcher(), entry(repository, ref=ref), store)
            assert taken.documents["docs/source/speed.md"].content == b"# Speed"
            assert git(store / "heron", "rev-parse", "HEAD") == first
        newest = take(GitFetcher(), entry(repository), store)
        assert newest.documents["docs/source/speed.md"].content == b"# Fast"

    def test_a_file_above_the_limit_is_a_problem(self, repository, store):
        commit(repository, {"docs/source/long.md": "x" * 5000})
        taken = take(GitFetcher(most_file_bytes=4000), entry(repository), store)
        assert list(taken.problems) == ["docs/source/long.md"]
        assert "limit" in taken.problems["docs/source/long.md"]
        assert len(taken.documents) == 3

    def test_scripts_that_are_tutorials(self, repository, store):
        script = '"""\nHerons\n======\n"""\nwade()\n'
        commit(repository, {"docs/source/a.py": script, "docs/source/b.py": "wade()"})
        assert "docs/source/a.py" not in take(GitFetcher(), entry(repository), store).documents
        taken = take(GitFetcher(), entry(repository, gallery=("docs/source",)), store)
        found = taken.documents["docs/source/a.py"]
        assert found.media_type == "text/x-rst"
        assert found.content == b"Herons\n======\n\n.. code-block:: python\n\n   wade()\n"
        assert "docs/source/b.py" not in taken.documents
        assert taken.problems == {}

    def test_odd_names_are_taken_and_links_are_not(self, repository, store):
        odd = "docs/source/a [b] * \u00e9?.md"
        commit(repository, {odd: "# Odd"})
        (repository / "docs/source/link.md").symlink_to("/etc/passwd")
        commit(repository, {})
        taken = take(GitFetcher(), entry(repository), store)
        assert taken.documents[odd].content == b"# Odd"
        assert (store / "heron" / odd).is_file()  # it came with the others, not for itself
        assert "docs/source/link.md" not in taken.documents


class TestFailure:
    def fails(self, obtain: ObtainGit, store: Path, fetcher: GitFetcher | None = None) -> str:
        with pytest.raises(SourceError) as caught:
            take(fetcher or GitFetcher(), obtain, store)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_what_was_synced_stays(self, repository, store):
        take(GitFetcher(), entry(repository), store)
        assert "nowhere" in self.fails(entry(repository, ref="nowhere"), store)
        repository.rename(repository.with_name("moved"))
        assert "repository" in self.fails(entry(repository), store)
        moved = entry(repository.with_name("moved"))
        again = take(GitFetcher(), moved, store)
        assert (again.locked, len(again.documents)) == (None, 3)

    def test_no_file_at_the_paths(self, repository, store):
        assert "docs/none" in self.fails(entry(repository, paths=("docs/none",)), store)

    def test_git_is_not_installed(self, repository, store):
        said = self.fails(entry(repository), store, GitFetcher(program="git-that-is-not-there"))
        assert "git-scm.com" in said

    def script(self, folder: Path, text: str) -> GitFetcher:
        path = folder / "fake-git"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return GitFetcher(program=str(path), seconds=0.5, names=lambda host, port: ["8.8.8.8"])

    def test_no_network(self, store, tmp_path):
        said = (
            "fatal: unable to access 'https://git.example/x/': Could not resolve host: git.example"
        )
        offline = self.script(tmp_path, f'case "$*" in *fetch*) echo "{said}" >&2; exit 128;; esac')
        obtain = ObtainGit(kind="git", url="https://git.example/x", paths=("docs",))
        with pytest.raises(UnreachableError) as caught:
            take(offline, obtain, store)
        assert str(caught.value) == (
            "https://git.example/x cannot be reached (Could not resolve host: git.example); "
            "sync again with a network"
        )

    def test_too_slow(self, repository, store, tmp_path):
        began = time.monotonic()
        slow = self.script(tmp_path, 'case "$*" in *fetch*) sleep 30 & wait;; esac')
        assert "longer" in self.fails(entry(repository), store, slow)
        assert time.monotonic() - began < 5

    def test_too_large(self, repository, store):
        commit(repository, {"docs/source/long.md": os.urandom(200_000).hex()})
        assert "larger" in self.fails(entry(repository), store, GitFetcher(most_bytes=100_000))

    def test_a_damaged_clone_is_made_anew(self, repository, store):
        take(GitFetcher(), entry(repository), store)
        commit(repository, {"docs/source/speed.md": "# Fast"})
        clone = store / "heron" / ".git"
        (clone / "config").write_text("[damaged")
        (clone / "shallow.lock").touch()
        taken = take(GitFetcher(), entry(repository), store)
        assert taken.documents["docs/source/speed.md"].content == b"# Fast"


class TestSafety:
    def test_settings_and_hooks_of_the_user_do_not_run(
        self, repository, store, tmp_path, monkeypatch
    ):
        ran = tmp_path / "ran"
        hooks = tmp_path / "hooks"
        hooks.mkdir()
        for name in ("post-checkout", "reference-transaction", "post-index-change"):
            (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}\n")
            (hooks / name).chmod(0o755)
        config = tmp_path / ".gitconfig"
        config.write_text(f"[core]\n\thooksPath = {hooks}\n")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
        take(GitFetcher(), entry(repository), store)
        assert not ran.exists()
        monkeypatch.delenv("GIT_DIR")
        subprocess.run(["git", "checkout", "-qb", "x"], cwd=repository, check=True)
        assert ran.exists()  # so the hooks do run where nothing stops them

    def test_no_other_protocol_is_spoken(self, repository, store):
        take(GitFetcher(), entry(repository), store)
        clone, marker = store / "heron", store / "ran"
        git(clone, "config", "protocol.ext.allow", "always")
        with pytest.raises(SourceError, match="not allowed"):
            Git(clone, repository.as_uri(), 10, 10**9).run("ls-remote", f"ext::touch {marker}")
        assert not marker.exists()

    @pytest.mark.parametrize(
        "url",
        [
            "--upload-pack=touch x", "-u", "ext::sh -c touch", "ssh://git.example/x",
            "git@git.example:x", "http://git.example/x", "https://user:word@git.example/x",
            "https://git.example/x\n", "https://", "https://-oProxyCommand=x/y", "/srv/x",
        ],
    )  # fmt: skip
    def test_addresses_that_are_refused(self, url):
        with pytest.raises(ValidationError):
            ObtainGit(kind="git", url=url, paths=("docs",))

    @pytest.mark.parametrize(
        "values",
        [
            {"ref": "--upload-pack=x"}, {"ref": "a:b"}, {"ref": "a..b"}, {"ref": "+a"},
            {"ref": "a b"}, {"paths": ()}, {"paths": ("../x",)}, {"paths": ("/",)},
            {"address": "https://x.example/{slug}"}, {"address": "{path}"},
            {"rewrite": ({"find": "("},)}, {"rewrite": ({"find": "a", "to": "\\9"},)},
            {"branch": "main"},
        ],
    )  # fmt: skip
    def test_entries_that_are_refused(self, values):
        facts = {"kind": "git", "url": "https://git.example/x", "paths": ("docs",)}
        assert ObtainGit.model_validate(facts)
        with pytest.raises(ValidationError):
            ObtainGit.model_validate(facts | values)
