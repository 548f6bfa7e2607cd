"""Started in a folder of someone else's: nothing that lies there runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.builder import Builder
from ragbot.settings import Settings

HOSTILE = "import pathlib\npathlib.Path({mark!r}).write_text(__name__)\n"
NAMES = ("ragbot", "api", "json", "numpy", "click", "multiprocessing", "sitecustomize")


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: hostile modules, and a marks folder where they tell that they ran."""
    folder = tmp_path / "foreign"
    marks = tmp_path / "marks"
    for made in (folder, marks):
        made.mkdir()
    for name in NAMES:
        text = HOSTILE.format(mark=str(marks / name))
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    return marks


def ran(marks: Path) -> list[str]:
    return sorted(path.name for path in marks.iterdir())


def test_the_builder_runs_ragbot_and_no_file_of_the_folder(foreign: Path, tmp_path: Path) -> None:
    settings = Settings(corpus=tmp_path / "gone", index=tmp_path / "index", refresh_hours=1)
    builder = Builder(settings)
    builder._build()
    assert ran(foreign) == []
    assert builder.progress.message  # it came as far as the corpus that is not there
    assert "sources.toml" in builder.progress.message


@pytest.mark.parametrize("options", [["-P", "-m", "ragbot"], ["-m", "ragbot"]])
def test_neither_does_the_command_line(foreign: Path, options: list[str]) -> None:
    if "-P" not in options:
        (Path.cwd() / "ragbot.py").unlink()  # Python itself takes that for ragbot
        (Path.cwd() / "multiprocessing.py").unlink()
    done = subprocess.run(
        [sys.executable, *options, "--version"], capture_output=True, text=True, check=True
    )
    assert "version" in done.stdout
    assert ran(foreign) == []


def test_what_the_command_line_starts_is_as_careful(foreign: Path) -> None:
    code = (
        "import subprocess, sys, click\n"
        "from ragbot import cli\n"
        "@cli.cli.command()\n"
        "def spawn():\n"
        "    subprocess.run([sys.executable, '-c', 'import json'], check=True)\n"
        "sys.argv[1:] = ['spawn']\n"
        "cli.main()\n"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True, env=dict(os.environ))
    assert ran(foreign) == []
