"""What README and docs say exists, exists; what the command line prints, they print."""

import importlib.util
import re
from pathlib import Path

import pytest

from ragbot.cli import cli
from ragbot.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])

_spec = importlib.util.spec_from_file_location("documented", ROOT / "tests" / "documented.py")
assert _spec
assert _spec.loader
documented = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(documented)


def names(pages: list[Path]) -> list[str]:
    return [page.relative_to(ROOT).as_posix() for page in pages]


def commands_in(text: str) -> list[list[str]]:
    """The words of each `ragbot ...` command in code."""
    code = re.findall(r"```(?:console|sh)\n(.*?)```", text, re.DOTALL) + re.findall(
        r"`((?:\.venv/bin/)?ragbot [^`\n]*)`", text
    )
    lines = [line.strip().removeprefix("$ ") for block in code for line in block.splitlines()]
    return [line.split() for line in lines if re.match(r"(?:\.venv/bin/)?ragbot\b", line)]


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_commands_and_flags_exist(page: Path) -> None:
    for words in commands_in(page.read_text(encoding="utf-8")):
        if len(words) < 2 or words[1] == "|" or words[1].startswith("-"):
            continue
        command = cli.commands.get(words[1])
        assert command, f"{page.name}: there is no command {' '.join(words)!r}"
        within = getattr(command, "commands", {}).get(words[2]) if len(words) > 2 else None
        params = [*command.params, *(within.params if within else ())]
        flags = {flag for parameter in params for flag in parameter.opts}
        for word in words:
            if word.startswith("--"):
                assert word.split("=")[0] in flags, f"{page.name}: no flag {word} in {words}"


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    used = re.findall(r"`make ([a-z]+)", text) + re.findall(r"^\$ make ([a-z]+)", text, re.M)
    assert set(used) <= targets


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_settings_exist(page: Path) -> None:
    used = re.findall(r"RAGBOT_([A-Z][A-Z_]+[A-Z])", page.read_text(encoding="utf-8"))
    known = set(Settings.model_fields) | {"chromium"}
    assert {name.lower() for name in used} <= known


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_links_and_pictures_exist(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name}: {target} is missing"


def test_the_tree_of_the_readme_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = re.search(r"## The tree\n\n```text\n(.*?)```", readme, re.DOTALL)
    assert tree
    folder = Path()
    for line in tree[1].splitlines():
        for name in re.findall(r"(?:^|\s{2,})([a-z_]+(?:\.[a-z]+|/))(?=\s)", f"{line} "):
            inside = line.startswith("  ") and (ROOT / folder / name).exists()
            assert inside or (ROOT / name).exists(), f"the tree names {name}"
        if re.match(r"[a-z]+/", line):
            folder = Path(line.split()[0])


def test_every_room_is_in_the_tree() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = readme.split("## The tree")[1].split("## Developing")[0]
    for path in sorted((ROOT / "ragbot").iterdir()):
        if path.name.startswith(("_", ".")) or path.name == "py.typed":
            continue
        assert path.name in tree, f"ragbot/{path.name} is not in the README's tree"


def test_help_in_the_documents_is_the_help_of_the_command_line() -> None:
    readme, page = documented.DOCUMENTS
    text = readme.read_text(encoding="utf-8")
    assert documented.filled(text) == text, "run `make docs`"
    expected = documented.filled(documented.cli_page())
    assert page.read_text(encoding="utf-8") == expected, "run `make docs`"


def test_every_setting_has_a_description() -> None:
    assert all(field.description for field in Settings.model_fields.values())
