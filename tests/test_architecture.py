"""The rooms of DESIGN.md and who may enter which; and habits that a machine can check."""

import ast
import re
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sorted(path for top in ("ragbot", "api") for path in (ROOT / top).rglob("*.py"))
PAGES = sorted(
    path for path in (ROOT / "api").rglob("*") if path.suffix in {".js", ".css", ".html"}
)

# The rooms from the lowest floor to the highest: a room enters those on floors below its own, and
# of its own floor none but itself, unless the pair is named in BESIDE.
FLOORS = (
    ("ragbot.interpreter", "ragbot.stages"),
    (
        *("ragbot.types", "ragbot.errors", "ragbot.progress", "ragbot.foreign_json", "ragbot"),
        *("ragbot.characters", "ragbot.unspaced", "ragbot.private_file"),
        "ragbot.latest",
    ),
    ("ragbot.toml_file", "ragbot.trust", "ragbot.quarantine", "ragbot.nesting"),
    ("ragbot.settings_file", "ragbot.service_settings", "ragbot.language"),
    ("ragbot.settings", "ragbot.limits", "ragbot.guide", "ragbot.sentences", "ragbot.door"),
    ("ragbot.readers",),
    ("ragbot.sources",),
    (
        *("ragbot.encoder", "ragbot.weights", "ragbot.stores", "ragbot.lexical"),
        *("ragbot.passages", "ragbot.duplicates", "ragbot.llm", "ragbot.trees"),
        "ragbot.learnt_file",
    ),
    ("ragbot.traits",),
    ("ragbot.statements",),
    ("ragbot.index",),
    ("ragbot.retrieval",),
    ("ragbot.understand",),
    ("ragbot.judge",),
    ("ragbot.answer",),
    ("ragbot.assistant",),
    ("ragbot.evaluation", "ragbot.adapt"),
    ("ragbot.cli",),
    ("api", "ragbot.__main__"),
)
BESIDE = {("ragbot.stores", "ragbot.encoder"), ("ragbot.evaluation", "ragbot.cli")}
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
FRAMEWORKS = re.compile(
    r"\b(?:keras|tensorflow|pytorch|tflite|jax)\b|\btf\.|\btorch\.", re.IGNORECASE
)
LONGEST = 250


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in PYTHON}


@lru_cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def room(module: str) -> str:
    """The room that a module stands in."""
    parts = module.split(".")
    name = parts[0] if parts[0] == "api" else ".".join(parts[:2])
    if name in FLOOR:
        return name
    pytest.fail(f"{module} stands in no room of FLOORS; give it one")


def imported(path: Path) -> list[tuple[str, bool]]:
    """Modules of ours that a module imports, wherever it does; whether inside a function."""
    found = []
    here = name_of(path)
    inside = {
        id(node)
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree(path)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = here if path.name == "__init__.py" else here.rpartition(".")[0]
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [base])])
            # `from package import module` enters the module, else the package itself.
            whole = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else base for name in whole]
        found += [
            (name, id(node) in inside) for name in names if name.split(".")[0] in ("ragbot", "api")
        ]
    return found


def strings(path: Path, *, docstrings: bool) -> list[str]:
    """String literals of a module; those that are docstrings only if asked for."""
    left_out = set()
    if not docstrings:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                left_out.add(id(node.value))
    return [
        node.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in left_out
    ]


def test_there_is_something_to_check():
    assert len(PYTHON) > 50
    assert len(PAGES) >= 3
    assert imported(ROOT / "ragbot/assistant.py")


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_downwards(module):
    here = room(module)
    wrong = []
    for name, lazy in imported(MODULES[module]):
        there = room(name)
        if there in (here, "ragbot") or (here, there) in BESIDE:
            continue
        if here == "ragbot.cli" and there == "api" and lazy:
            continue
        if FLOOR[there] >= FLOOR[here]:
            wrong.append(name)
    assert not wrong, f"{module} imports {wrong}: not below it"


def test_imports_make_no_circle():
    packages = {name for name, path in MODULES.items() if path.name == "__init__.py"}
    graph = {}
    for name, path in MODULES.items():
        found = {other for other, _ in imported(path) if other in MODULES and other != name}
        # A package may list the modules in it; for them to name the package is no circle then.
        if name not in packages:
            found = {
                other for other in found if not (other in packages and name.startswith(other + "."))
            }
        graph[name] = found
    # The lazy way from the command line up to the service is the one exception.
    for name, found in graph.items():
        if room(name) == "ragbot.cli":
            graph[name] = {other for other in found if not other.startswith("api")}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_the_types_import_nothing_of_ours_but_themselves():
    for name, path in MODULES.items():
        if room(name) == "ragbot.types":
            assert {room(other) for other, _ in imported(path)} <= {"ragbot.types"}


@pytest.mark.parametrize("module", [name for name in MODULES if room(name) not in ("ragbot.cli",)])
def test_the_library_never_prints(module):
    called = [
        node.func.id
        for node in ast.walk(tree(MODULES[module]))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    if room(module) == "ragbot.evaluation" and module.endswith("__main__"):
        return
    assert not {"print", "input", "breakpoint"} & set(called)


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_unpickled_or_evaluated(module):
    for node in ast.walk(tree(MODULES[module])):
        if isinstance(node, ast.Import | ast.ImportFrom):
            base = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            names = {base, *(alias.name for alias in node.names)}
            assert not {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve"} & names
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "")
            assert name not in ("eval", "exec", "compile", "__import__")
            for keyword in node.keywords:
                if keyword.arg in ("allow_pickle", "shell", "trust_remote_code"):
                    assert isinstance(keyword.value, ast.Constant)
                    assert keyword.value.value is False
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("loads_pickle", "system", "popen", "mktemp")


@pytest.mark.parametrize("module", MODULES)
def test_no_code_names_a_framework(module):
    """What is compared is data.

    Free to name one are docstrings, comments, imports, and examples in help texts: strings that
    hold "Examples:" or show a command of ours.
    """
    wrong = []
    for text in strings(MODULES[module], docstrings=False):
        example = "Examples:" in text or "ragbot ask" in text or "ragbot compare" in text
        if FRAMEWORKS.search(text) and not example:
            wrong.append(text)
    names = {
        node.id if isinstance(node, ast.Name) else node.name
        for node in ast.walk(tree(MODULES[module]))
        if isinstance(node, ast.Name | ast.FunctionDef | ast.ClassDef)
    }
    wrong += [name for name in names if re.search("keras|tensorflow|pytorch", name, re.IGNORECASE)]
    assert not wrong


@pytest.mark.parametrize("module", sorted(m for m in MODULES if m.startswith("ragbot.traits")))
def test_the_words_of_a_language_are_data_where_traits_are_found(module):
    texts = [text for text in strings(MODULES[module], docstrings=False) if " " in text]
    english = re.compile(r"\b(?:the|and|or|either|both|with|thousand|million)\b")
    assert not [text for text in texts if english.search(text)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_names_a_framework(path):
    assert not FRAMEWORKS.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path", [*PYTHON, *PAGES], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_no_file_is_too_long(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_no_file_is_named_after_nothing():
    paths = [p for top in ("ragbot", "api", "tests") for p in (ROOT / top).rglob("*")]
    wrong = [p for p in paths if set(re.split(r"[_\-.]", p.stem.lower())) & FORBIDDEN_NAMES]
    assert not wrong


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_says_what_it_is(module):
    """Modules, public classes, their public methods and public functions have a docstring."""
    missing = [] if ast.get_docstring(tree(MODULES[module])) else [module]
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    todo = [(tree(MODULES[module]), True)]
    while todo:
        node, public = todo.pop()
        for child in node.body:
            if isinstance(child, definitions) and not child.name.startswith("_") and public:
                marks = [ast.unparse(mark) for mark in child.decorator_list]
                if not ast.get_docstring(child) and "override" not in marks:
                    missing.append(f"{module}:{child.name}")
                if isinstance(child, ast.ClassDef):
                    todo.append((child, True))
    assert not missing


@pytest.mark.parametrize("module", MODULES)
def test_no_path_of_a_machine_is_written_down(module):
    text = MODULES[module].read_text(encoding="utf-8")
    assert not re.search(r"[\"'](?:/home/|/root/|/Users/|/work/|[A-Z]:\\\\)", text)


def test_every_error_is_of_one_tree_and_drawn_in_it():
    text = (ROOT / "ragbot/errors.py").read_text(encoding="utf-8")
    module = tree(ROOT / "ragbot/errors.py")
    drawn = ast.get_docstring(module)
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    assert len(classes) > 5
    known: set[str] = set()
    for node in classes:
        assert node.name in drawn
        (base,) = (base.id for base in node.bases)
        assert base in known or (node.name, base) == ("RagbotError", "Exception")
        known.add(node.name)
    assert text.count("class ") == len(classes)


def test_importing_ragbot_imports_nothing_heavy():
    assert imported(ROOT / "ragbot/__init__.py") == []


def test_only_files_that_need_it_import_torch():
    heavy = {"torch", "sentence_transformers", "transformers"}
    found = set()
    for name, path in MODULES.items():
        for node in ast.walk(tree(path)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            if {n.split(".")[0] for n in names} & heavy:
                found.add(name)
    assert "ragbot.encoder.sentence" in found
    free = ("ragbot.encoder.", "ragbot.adapt.", "ragbot.cli.doctor", "ragbot.judge.cross_encoder")
    assert all(name.startswith(free) for name in found)
