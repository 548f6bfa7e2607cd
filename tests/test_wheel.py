"""The wheel by itself: built, put where nothing else of ours is, and used from an empty folder."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .tiny_model import write_model

ROOT = Path(__file__).resolve().parents[1]
OURS = ("ragbot", "api", "corpus", "pyproject.toml", "README.md", "LICENSE")
NOTES = "# Gulls\n\nThe gull is fast over water. A tern is slow on land.\n"
WORDS = [*"the gull is fast over water a tern slow on land what".split(), ".", "?"]  # noqa: SIM905


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the wheel's files are, beside no others."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"
    tree.mkdir()
    for name in OURS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, tree / name, **({"symlinks": True} if (ROOT / name).is_dir() else {}))
    pip = [sys.executable, "-P", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    alone = ["--no-deps", "--no-index", "--no-build-isolation"]
    for command in (
        [*pip, "wheel", *alone, "--wheel-dir", str(folder), str(tree)],
        [*pip, "install", *alone, "--no-compile", "--target", str(folder / "site")],
    ):
        wheels = [str(path) for path in folder.glob("*.whl")]
        subprocess.run([*command, *wheels], check=True)
    return folder / "site"


class Elsewhere:
    """A folder that holds nothing but an `api` of somebody else."""

    def __init__(self, folder: Path, site: Path, model: Path) -> None:
        self.folder = folder
        (folder / "api").mkdir()
        (folder / "api" / "__init__.py").write_text("raise SystemExit('not ours')\n")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("RAGBOT_")
        } | {
            "PYTHONPATH": str(site),
            "RAGBOT_MODEL": str(model),
            "RAGBOT_ADAPTER": "none",
            "RAGBOT_JUDGE": "none",
            "RAGBOT_ENGINE": "torch",  # nothing to export and to measure
            "RAGBOT_REFRESH_HOURS": "0",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "ragbot", *arguments]

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment | more,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def elsewhere(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    model = write_model(tmp_path_factory.mktemp("model"), WORDS)
    return Elsewhere(tmp_path_factory.mktemp("empty"), installed, model)


@pytest.fixture(scope="module")
def built(elsewhere: Elsewhere) -> Elsewhere:
    assert elsewhere.run("init", "my-docs").returncode == 0
    (elsewhere.folder / "my-docs" / "gulls.md").write_text(NOTES)
    done = elsewhere.run("build", "--corpus", "my-docs", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["documents"] == 1
    return elsewhere


def test_nothing_of_the_checkout_is_used(elsewhere, installed):
    code = "import api, ragbot; print(api.__file__, ragbot.__file__)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=elsewhere.folder,
        env=elsewhere.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count(str(installed)) == 2


def test_without_a_corpus_the_build_says_how_to_begin(elsewhere):
    done = elsewhere.run("build")
    assert done.returncode == 1
    assert "`ragbot init corpus`" in done.stderr
    assert "`ragbot init corpus --shipped`" in done.stderr


def test_the_shipped_corpus_comes_along(elsewhere):
    assert elsewhere.run("init", "shipped", "--shipped").returncode == 0
    of = {
        folder: {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        for folder in (ROOT / "corpus", elsewhere.folder / "shipped")
    }
    lock = Path("sources.lock")  # what a sync resolved, and no part of the corpus
    of[ROOT / "corpus"].pop(lock, None)
    assert of[elsewhere.folder / "shipped"] == of[ROOT / "corpus"]


def test_the_packaged_weights_are_there(elsewhere):
    own = {"RAGBOT_MODEL": "", "RAGBOT_ADAPTER": "packaged", "RAGBOT_JUDGE": "packaged"}
    environment = elsewhere.environment | own
    del environment["RAGBOT_MODEL"]
    code = (
        "from ragbot.encoder import identify\n"
        "from ragbot.guide import Guide\n"
        "from ragbot.judge.judges import learnt_judge\n"
        "from ragbot.settings import load\n"
        "print(identify(load()).name, learnt_judge(Guide(), load()).name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=elsewhere.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_question_is_answered(built):
    done = built.run("ask", "Is the gull fast?", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["generation"].startswith("000001")


@pytest.fixture
def address(built: Elsewhere) -> Iterator[str]:
    """Where the service of the wheel answers."""
    process = subprocess.Popen(
        built.command("serve", "--port", "0"),
        cwd=built.folder,
        env=built.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split("ready: ")[1].split()[0]
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_page_and_interface_are_served(address):
    for path, holds in (("", "<title>"), ("page.js", "import"), ("v1/index", "generation")):
        with urllib.request.urlopen(f"{address}{path}", timeout=30) as reply:
            assert holds in reply.read().decode()
