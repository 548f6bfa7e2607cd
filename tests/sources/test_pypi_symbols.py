"""What a package documents is found wherever its docstring is written, under its public names."""

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from ragbot.sources.pypi.library import Library
from ragbot.sources.pypi.recipe import PypiObtain
from ragbot.sources.pypi.signature import told_signature
from ragbot.sources.pypi.symbols import Symbol, symbols
from ragbot.sources.pypi.texts import descriptions, filled

from .pypi_sample import FILES, RULES, make_entry


def found(files: dict[str, str] | None = None, **rules: object) -> dict[str, Symbol]:
    recipe = PypiObtain.model_validate(RULES | rules)
    sources = {n: t.encode() for n, t in (files or FILES).items() if n.endswith(".py")}
    sources = {name: data for name, data in sources.items() if "/tests/" not in name}
    return {symbol.name: symbol for symbol in symbols(Library(sources, recipe.attach), recipe)}


@pytest.fixture(scope="module")
def sample() -> dict[str, Symbol]:
    return found()


def test_the_public_names_and_no_others(sample) -> None:
    assert sorted(sample) == [
        "tb.Round", "tb.join", "toolbox.Board.cut_", "toolbox.Hammer", "toolbox.Hammer.sharpen",
        "toolbox.Plane", "toolbox.Plane.old", "toolbox.Plane.weight", "toolbox.bend",
        "toolbox.glue", "toolbox.ops.clamp", "toolbox.ops.join", "toolbox.ops.untold",
        "toolbox.saw", "toolbox.weigh",
    ]  # fmt: skip
    assert sorted(found(public={}, attach={})) == ["tb.Round", "tb.join", "tb.old.clamp"]


def test_docstrings_assigned_later(sample) -> None:
    assert sample["toolbox.saw"].docstring.startswith("Saw a board, slowly.")
    assert "Keep it dry." in sample["toolbox.Plane"].docstring
    assert "Shavings are thin." in sample["toolbox.Plane"].docstring
    assert sample["toolbox.Hammer"].docstring == "Hits things. Keep it dry."
    assert sample["tb.join"].docstring == "Join two boards."
    assert sample["tb.Round"].docstring == "A round thing. Very."


def test_attached_docstrings_and_templates(sample) -> None:
    glue = sample["toolbox.glue"]
    assert glue.signature == "toolbox.glue(board, layers=2, *, out=None) -> Board"
    assert "board (Board): the board to treat." in glue.docstring
    assert "layers (int, optional): how many. Default: 2." in glue.docstring
    assert sample["toolbox.Board.cut_"].signature == "toolbox.Board.cut_(at) -> Board"
    assert glue.kind == "function"


def test_signatures(sample) -> None:
    assert sample["toolbox.saw"].signature == "toolbox.saw(board, *, teeth=24, wet: bool = False)"
    assert sample["toolbox.saw"].defaults == {"teeth": "24", "wet": "False"}
    assert sample["toolbox.Plane"].signature == "toolbox.Plane(width=4.5, momentum=0.99)"
    assert sample["toolbox.Plane.old"].signature == "toolbox.Plane.old(year)"
    assert sample["toolbox.Plane.weight"].signature == "toolbox.Plane.weight"
    assert sample["toolbox.Plane.weight"].kind == "property"
    assert sample["toolbox.bend"].signature == "toolbox.bend(board, radius, *, steam=True) -> Board"
    assert sample["toolbox.weigh"].signature == 'toolbox.weigh(thing, unit="kg") -> float'
    assert sample["tb.Round"].signature == "class tb.Round"


def test_decorators_name_with_all_aliases(sample) -> None:
    join = sample["tb.join"]
    assert {"tb.math.join", "tb.old.glue_up", "tb.glue_up"} <= set(join.aliases)
    assert "tb.old.join" not in join.aliases or join.deprecated == ""
    assert (join.module, join.qualname, join.path) == ("toolbox.ops", "join_v2", "toolbox/ops.py")
    assert sample["tb.Round"].aliases[0] == "tb.shapes.Round"


def test_old_names_are_deprecated_and_kept() -> None:
    clamp = found(public={})["tb.old.clamp"]
    assert clamp.deprecated == "Use `tb.join` instead."
    assert "tb.clamp" in clamp.aliases
    assert found(deprecated=["toolbox.*"])["toolbox.saw"].deprecated


def test_members_come_from_bases_that_are_not_public() -> None:
    files = {
        "pkg/__init__.py": "from pkg.a import Shown, Other\n__all__ = ['Shown', 'Other']",
        "pkg/a.py": """
__all__ = []
class Hidden:
    def move(self, by=1):
        "Move it."
    def stop(self):
        "Stop it."
class Shown(Hidden):
    "Is shown."
    def stop(self):
        pass
class Other(Shown):
    "Is shown too."
    def turn(self):
        "Turn it."
""",
    }
    names = found(files, modules=["pkg"], public={"pkg": "pkg"})
    assert sorted(names) == [
        "pkg.Other", "pkg.Other.turn", "pkg.Shown", "pkg.Shown.move", "pkg.Shown.stop"
    ]  # fmt: skip
    assert names["pkg.Shown.move"].owner == "pkg.Shown"
    assert not [n for n in found(files, modules=["pkg"], public={"pkg": "pkg"}, members=False)
                if n.count(".") > 1]  # fmt: skip


def test_loops_of_names_end() -> None:
    files = {
        "pkg/__init__.py": "from pkg.a import x, f\nfrom pkg import *\n",
        "pkg/a.py": "from pkg import x\ny = y\nz = pkg.a.z\nclass C(C): 'Loops.'\n"
        "def f(): 'Is fine.'\nf.__doc__ = f.__doc__ + f.__doc__\ng.__doc__ = h.__doc__\n"
        "a = b + a\nb = f'{a}'\ndef k(): 'x'\nk.__doc__ = a\n",
    }
    names = found(files, modules=["pkg"], public={"pkg": "pkg"})
    assert names["pkg.f"].docstring == "Is fine.Is fine."
    assert names["pkg.a.C"].docstring == "Loops."


def test_texts() -> None:
    assert filled("{a} {b.c} {0}{1}", ["one"], {"a": "A"}) == "A  one"
    assert filled("{a!r:>5}{{x}}", [], {"a": "A"}).endswith("{x}")
    assert filled("a { b", [], {}) == "a { b"
    assert descriptions("\n    a (int): one\n        more\n    b: two\n") == {
        "a": "a (int): one\n        more",
        "b": "b: two",
    }
    assert descriptions("") == {}


@pytest.mark.parametrize(
    ("docstring", "told"),
    [
        ("cut(a, b=(1, 2)) -> Board\n\nText.", "(a, b=(1, 2)) -> Board"),
        ("box.cut(a,\n    b) -> X", "(a, b) -> X"),
        ("Text.\n\n.. function:: cut(a) -> Y\n", "(a) -> Y"),
        ("cuts(a)", ""),
        ("Text only.", ""),
        ("cut(a", ""),
    ],
)
def test_told_signatures(docstring, told) -> None:
    assert told_signature(docstring, "cut") == told


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"url": [{"url": "https://x.org/{nothing}"}]}, "nothing"),
        ({"url": [{"match": "(", "url": "https://x.org/"}]}, "no regular expression"),
        ({"modules": ["a/b"]}, "no module name"),
        ({"surprise": 1}, "surprise"),
        ({"package": "../x"}, "package"),
    ],
)
def test_wrong_rules_are_told(rules, message) -> None:
    with pytest.raises(ValidationError, match=message):
        make_entry(**rules)


def test_the_real_entries_are_valid() -> None:
    held = tomllib.loads((Path(__file__).parent / "pypi_sources.toml").read_text())
    recipes = [PypiObtain.model_validate(entry["obtain"]) for entry in held["source"]]
    assert {recipe.kind for recipe in recipes} == {"pypi"}
