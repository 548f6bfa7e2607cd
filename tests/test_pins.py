"""Everything that is installed is pinned: what pyproject.toml asks for, and what that asks for."""

import json
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from .audit import verdict

ROOT = Path(__file__).resolve().parents[1]
# What torch's builds for a GPU bring differs by platform and is pinned by torch itself.
OF_TORCH = ("nvidia-", "cuda-", "triton", "setuptools")


def pins() -> dict[str, Version]:
    found = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        requirement = Requirement(line)
        (pin,) = requirement.specifier
        assert pin.operator == "==", line
        name = canonicalize_name(requirement.name)
        assert name not in found, f"{name} is pinned twice"
        found[name] = Version(pin.version)
    return found


def asked() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    lines = [*project["dependencies"], *(line for extra in extras for line in extra)]
    return [Requirement(line) for line in lines]


def needed() -> dict[str, str]:
    """What is installed for ragbot with all its extras here, each with who asks for it."""
    found: dict[str, str] = {}
    todo = [(requirement, "ragbot") for requirement in asked()]
    while todo:
        requirement, by = todo.pop()
        name = canonicalize_name(requirement.name)
        if name in found or name.startswith(OF_TORCH):
            continue
        try:
            lines = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        found[name] = by
        extras = requirement.extras or {""}
        todo += [
            (inner, name)
            for inner in map(Requirement, lines)
            if any(not inner.marker or inner.marker.evaluate({"extra": e}) for e in extras)
        ]
    return found


@pytest.mark.parametrize("requirement", asked(), ids=str)
def test_every_direct_dependency_is_pinned_as_it_is_asked_for(requirement):
    name = canonicalize_name(requirement.name)
    assert name in pins(), f"constraints.txt does not pin {name}"
    assert pins()[name] in requirement.specifier


def test_what_the_dependencies_need_is_pinned_too():
    assert len(needed()) > 60
    lacking = {name: by for name, by in needed().items() if name not in pins()}
    assert not lacking, "constraints.txt lacks these"


def test_what_is_installed_is_what_is_pinned():
    known = pins()
    other = {
        name: (distribution(name).version, str(known[name]))
        for name in needed()
        if name in known and Version(distribution(name).version).public != str(known[name])
    }
    assert not other, "installed and pinned"


def audited(*dependencies: dict[str, object]) -> tuple[bool, str]:
    good, said = verdict(json.dumps({"dependencies": dependencies}), "")
    return good, "\n".join(said)


def test_the_audit_passes_only_what_was_looked_up_and_is_clean():
    clean = {"name": "a", "version": "1", "vulns": []}
    bad = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}
    unknown = {"name": "c", "skip_reason": "not found"}
    assert audited(clean) == (True, "no known vulnerability in 1 pinned releases")
    assert audited(clean, bad) == (False, "b 2: CVE-1, mended in 3")
    good, said = audited(clean, unknown)
    assert not good
    assert "1 of 2 pins were not looked up" in said
    assert not audited()[0]
    good, said = verdict("", "Traceback ...\nConnectionError: api")
    assert not good
    assert said[0].endswith("ConnectionError: api")
