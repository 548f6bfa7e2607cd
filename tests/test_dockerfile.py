"""The very commands of the Dockerfile, run in a fresh folder: there is no container to be had here.

The folders of the image are put below one of the test's, and pip gets no network: it finds what
is pinned among what is installed here, and builds ragbot itself of the files that are copied.
"""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOTS = ("/opt/ragbot", "/src", "/var/lib/ragbot")  # folders of the image
OURS = re.compile(r"(__editable__.*|ragbot.*|_ragbot.*)", re.IGNORECASE)


@dataclass
class Image:
    """Folders and variables, as the commands have left them."""

    folder: Path
    environment: dict[str, str]
    place: Path = Path("/")
    entry: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    stop: str = "SIGTERM"

    def here(self, text: str) -> str:
        """The same with the image's folders below the test's."""
        return re.sub(
            rf"(?<![\w/])({'|'.join(ROOTS)})(?![\w-])", lambda m: str(self.folder) + m[1], text
        )

    def do(self, instruction: str, said: str) -> None:
        """Carry an instruction out; USER, VOLUME and the like need a container."""
        if instruction == "ENV":
            for each in shlex.split(said):
                name, _, value = each.partition("=")
                old = self.environment.get("PATH", "")
                self.environment[name] = self.here(value).replace("$PATH", old)
        elif instruction == "WORKDIR":
            self.place = Path(self.here(said))
            self.place.mkdir(parents=True, exist_ok=True)
        elif instruction == "COPY" and not said.startswith("--from"):
            *names, target = said.split()
            for name in names:
                to = self.place / target / ("" if len(names) > 1 or target == "./" else ".")
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copy(ROOT / name, to)
        elif instruction == "RUN" and not said.startswith("useradd"):
            subprocess.run(
                ["sh", "-c", self.here(said)], cwd=self.place, env=self.environment, check=True
            )
        elif instruction in ("ENTRYPOINT", "CMD"):
            words = json.loads(said)
            self.entry, self.command = (
                (words, self.command) if instruction == "ENTRYPOINT" else (self.entry, words)
            )
        elif instruction == "HEALTHCHECK":
            self.health = json.loads(said.partition(" CMD ")[2])
        elif instruction == "STOPSIGNAL":
            self.stop = said


def instructions() -> list[tuple[str, str]]:
    """(instruction, what it says) of the Dockerfile."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(word, said) for word, _, said in (line.partition(" ") for line in whole.split("\n"))]


def without_us(folder: Path) -> Path:
    """A folder that leads to all that is installed here but ragbot, for pip to find it there."""
    folder.mkdir()
    for path in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if not OURS.fullmatch(path.name):
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    folder = tmp_path_factory.mktemp("image")
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys._base_executable)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAGBOT_")}
    image = Image(
        folder,
        kept
        | {
            "PATH": f"{folder / 'bin'}:{os.defpath}",
            "PYTHONPATH": str(without_us(folder / "installed")),
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this one the wrong way round
            "PIP_QUIET": "1",
        },
    )
    for instruction, said in instructions():
        image.do(instruction, said)
    return image


def test_the_image_has_the_service_and_its_extras(image: Image) -> None:
    code = (
        "import api, ragbot, mcp, openai, opentelemetry.sdk; print(api.__file__, ragbot.__file__)"
    )
    done = subprocess.run(
        ["python", "-P", "-c", code],
        env=image.environment,
        cwd=image.place,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count(str(image.folder / "opt/ragbot/lib")) == 2


def test_what_it_runs_is_healthy_and_ends_as_it_is_told(image: Image) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environment = image.environment | {"RAGBOT_PORT": port, "RAGBOT_REFRESH_HOURS": "0"}
    assert environment["RAGBOT_HOST"] == "0.0.0.0"
    closed = subprocess.run(
        [*image.entry, *image.command],
        cwd=image.place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert closed.returncode == 1  # for everyone, without keys
    assert "RAGBOT_KEYS" in closed.stderr or "keys" in closed.stderr
    process = subprocess.Popen(
        [*image.entry, *image.command],
        cwd=image.place,
        env=environment | {"RAGBOT_HOST": "127.0.0.1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ragbot is ready")
        health = [word.replace(":8000/", f":{port}/") for word in image.health]
        assert subprocess.run(health, env=environment, check=False).returncode == 0
        process.send_signal(getattr(signal, image.stop))
        begun = time.monotonic()
        assert process.wait(40) == 0
        assert time.monotonic() - begun < 30
    finally:
        process.kill()
    dead = subprocess.run(health, env=environment, capture_output=True, check=False)
    assert dead.returncode != 0
