"""What documents take in has its limits: nothing hidden, nothing outside, nothing without end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ragbot import sources
from ragbot.readers import include_files, read
from ragbot.sources import bare, gather, inclusion
from ragbot.types import RawDocument

WITHIN = "include within includes"
TOO_MUCH = "include of more than a document may take in"
CATALOG = """\
[[source]]
id = "a"
title = "A"
authority = "official"
kind = "documentation"
url = "https://yokes.test/a"
[source.obtain]
kind = "files"
path = "docs/a.md"
"""

Put = Callable[..., None]


@pytest.fixture
def corpus(tmp_path) -> Path:
    return tmp_path / "corpus"


@pytest.fixture
def put(corpus) -> Put:
    def write(**files: str) -> None:
        for name, text in files.items():
            path = corpus / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return write


def documents(corpus: Path, *, follow_links: bool = False) -> dict[str, RawDocument]:
    both = gather(corpus, corpus / "no-index", 1_000_000, follow_links=follow_links)
    return {one.path: one for one in both if isinstance(one, RawDocument)}


def read_in(corpus: Path, path: str) -> tuple[str, dict[str, int]]:
    document = read(documents(corpus)[path])
    return document.text, dict(document.dropped)


@pytest.mark.parametrize("name", [".yoke", "../.yoke", "../.oxen/yoke.inc", "link.inc"])
@pytest.mark.parametrize("form", ['a.md --8<-- "{}"', "a.rst .. include:: {}"])
def test_what_is_hidden_is_not_taken_in(corpus, put, name, form) -> None:
    document, _, line = form.partition(" ")
    secret = "Not for anybody.\n"
    put(**{"docs/.yoke": secret, ".yoke": secret, ".oxen/yoke.inc": secret})
    put(**{f"docs/{document}": f"Oxen.\n\n{line.format(name)}\n"})
    (corpus / "docs/link.inc").symlink_to(corpus / ".yoke")
    assert read_in(corpus, f"docs/{document}") == (
        "Oxen.",
        {f"include of {name}, which is not there": 1},
    )


def test_the_hidden_folder_in_which_snippets_are_kept_is_looked_into(corpus, put) -> None:
    put(**{"docs/a.md": '--8<-- "yoke.md"\n', ".snippets/yoke.md": "Yokes.\n"})
    assert read_in(corpus, "docs/a.md") == ("Yokes.", {})


def test_names_of_files_that_are_not_there_are_looked_for_no_more_often(
    corpus, put, monkeypatch
) -> None:
    looked_up: list[str] = []
    place_of = inclusion._place_of

    def counting(name: str, folder: Path, root: Path) -> Path | None:
        looked_up.append(name)
        return place_of(name, folder, root)

    monkeypatch.setattr(inclusion, "_place_of", counting)
    names = "\n\n".join(f'--8<-- "{number}.inc"' for number in range(1_000))
    put(**{"a.md": f"Oxen.\n\n{names}\n"})
    assert read_in(corpus, "a.md")[0] == "Oxen."
    assert len(looked_up) == len(set(looked_up)) == 200


def test_a_file_that_nothing_else_reads_is_taken_in(corpus, put) -> None:
    put(**{"sources.toml": CATALOG, "docs/a.md": 'Oxen.\n\n--8<-- "b.md"\n', "docs/b.md": "Yokes."})
    assert list(documents(corpus)) == ["docs/a.md"]
    assert read_in(corpus, "docs/a.md") == ("Oxen.\n\nYokes.", {})


@pytest.mark.parametrize(
    "further", ['[[folder]]\npath = "docs"\n', CATALOG.replace('"a"', '"b"').replace("/a", "/b")]
)
def test_a_file_that_is_a_document_by_any_entry_is_not(corpus, put, further) -> None:
    put(**{"docs/a.md": 'Oxen.\n\n--8<-- "b.md"\n', "docs/b.md": "Yokes."})
    put(**{"sources.toml": f"{CATALOG}\n{further}"})
    assert len(documents(corpus)) == 2
    text, dropped = read_in(corpus, "docs/a.md")
    assert (text, list(dropped)) == ("Oxen.", ["include of a document that is read by itself"])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{* y.inc ln[1:2:3] *}", "one\ntwo\nthree"),
        ("{* y.inc ln[2 3] *}", "one\ntwo\nthree"),
        ("{* y.inc ln[2:] *}", "two\nthree"),
        ("{* y.inc ln[:2] *}", "one\ntwo"),
        ("{* y.inc ln[0] *}", "one\ntwo\nthree"),
        (f"{{* y.inc ln[2:{'9' * 5_000}] *}}", "two\nthree"),
        (f'--8<-- "y.inc:2:{"9" * 5_000}"', "two three"),
        (f"```{{literalinclude}} y.inc\n:lines: 2-{'9' * 5_000}\n```", "two\nthree"),
        ("```{list-table}\n:header-rows: some\n\n* - one\n  - two\n```", "one | two"),
    ],
)
def test_odd_numbers_of_lines_cost_nothing(corpus, put, line, expected) -> None:
    put(**{"docs/a.md": f"Oxen.\n\n{line}\n", "docs/y.inc": "one\ntwo\nthree"})
    assert read_in(corpus, "docs/a.md")[0] == f"Oxen.\n\n{expected}"


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ("a.md", '--8<-- "y.inc"'),
        ("a.md", "```{include} y.inc\n```"),
        ("a.md", "```{eval-rst}\n.. include:: y.inc\n```"),
        ("a.rst", ".. include:: y.inc"),
    ],
)
def test_a_file_that_takes_in_itself_stands_there_once(corpus, put, document, line) -> None:
    again = "\n\n".join([line] * 40)
    put(**{f"docs/{document}": f"Oxen.\n\n{line}\n", "docs/y.inc": f"Yokes.\n\n{again}\n"})
    text, dropped = read_in(corpus, f"docs/{document}")
    if "eval-rst" in line:
        assert text.startswith("Oxen.\n\nYokes.\n\n")
    else:
        assert (text, dropped[WITHIN]) == ("Oxen.\n\nYokes.", 40)


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ("a.md", '--8<-- "y{}.inc"'),
        ("a.md", "> > > --8<--\n> > > y{}.inc\n> > > --8<--"),
        ("a.md", "```{{include}} y{}.inc\n```"),
        ("a.md", f"{{{{* y{{}}.inc ln[{'1:9999,' * 30}] *}}}}"),
        ("a.rst", ".. include:: y{}.inc"),
        ("a.rst", ".. literalinclude:: y{}.inc"),
    ],
)
def test_files_that_take_in_each_other_many_times_have_a_limit(
    corpus, put, document, line, monkeypatch
) -> None:
    monkeypatch.setattr(include_files, "_MOST_CHARACTERS", 20_000)
    words = "Yoke.\n" * 100
    for number in range(4):
        more = "\n\n".join([line.format(number + 1)] * 6)
        put(**{f"docs/y{number}.inc": f"{more}\n\n{words}"})
    put(**{"docs/y4.inc": words, f"docs/{document}": "\n\n".join([line.format(0)] * 60)})
    text, dropped = read_in(corpus, f"docs/{document}")
    assert 1_000 < len(text) <= 20_000
    assert dropped[TOO_MUCH]


def test_a_document_takes_in_something_so_many_times(corpus, put) -> None:
    put(**{"a.md": '--8<-- "y.inc"\n\n' * 1_200, "y.inc": "Yoke.\n"})
    text, dropped = read_in(corpus, "a.md")
    assert (text.count("Yoke."), dropped) == (1_000, {TOO_MUCH: 200})


@pytest.mark.parametrize("name", ["conf.py", "mkdocs.yml"])
def test_settings_that_a_link_leads_to_are_read_where_documents_would_be(
    tmp_path, corpus, put, name
) -> None:
    put(**{"docs/a.md": "Oxen.\n"})
    outside = tmp_path / "settings"
    told = {
        "conf.py": 'html_baseurl = "https://oxen.test"',
        "mkdocs.yml": "site_url: http://o.test",
    }
    outside.write_text(told[name], encoding="utf-8")
    (corpus / name).symlink_to(outside)
    assert documents(corpus)["docs/a.md"].url == "unknown"
    assert documents(corpus, follow_links=True)["docs/a.md"].url.startswith("http")


def test_settings_behind_a_link_have_the_limit_of_all(corpus, put) -> None:
    put(**{"docs/a.md": "Oxen.\n"})
    put(**{"long.txt": 'html_baseurl = "https://oxen.test"\n' + "#" * 600_000})
    (corpus / "conf.py").symlink_to(corpus / "long.txt")
    assert documents(corpus)["docs/a.md"].url == "unknown"


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("docs/readme.md", "https://oxen.test/"),
        ("docs/the yoke.md", "https://oxen.test/the%20yoke/"),
        ("docs/yokes/_index.md", "https://oxen.test/yokes/"),
    ],
)
def test_settings_make_addresses_by_the_rule_of_all_addresses(corpus, put, path, address) -> None:
    put(**{"mkdocs.yml": "site_url: https://oxen.test/\n", path: "Oxen.\n"})
    assert documents(corpus)[path].url == address


@pytest.mark.parametrize("base", ["oxen.test", "https://oxen.test/{path}", "file:///oxen"])
def test_a_base_that_is_no_address_of_the_web_makes_none(corpus, put, base) -> None:
    put(**{"mkdocs.yml": f"site_url: '{base}'\n", "docs/a.md": "Oxen.\n"})
    assert documents(corpus)["docs/a.md"].url == "unknown"


def test_a_corpus_is_surveyed_for_what_is_left_only_when_that_is_asked(
    corpus, put, monkeypatch
) -> None:
    put(**{"sources.toml": CATALOG, "docs/a.md": "Oxen.\n", "rest.md": "Yokes.\n"})
    surveyed: list[Path] = []
    survey = sources.survey

    def counting(reach: sources.Reach, root: Path, start: Path) -> object:
        surveyed.append(start)
        return survey(reach, root, start)

    monkeypatch.setattr(sources, "survey", counting)
    passed: list[sources.PassedOver] = []
    list(gather(corpus, corpus / "no-index", 1_000))
    assert corpus not in surveyed
    list(gather(corpus, corpus / "no-index", 1_000, passed=passed))
    assert corpus in surveyed
    assert [one.path for one in passed] == ["rest.md"]


def test_front_matter_is_parsed_once(corpus, put, monkeypatch) -> None:
    put(**{"a.md": "---\nurl: https://oxen.test/a\n---\nOxen.\n"})
    parsed: list[bytes] = []
    front_matter_of = bare.front_matter_of
    monkeypatch.setattr(
        bare, "front_matter_of", lambda data: parsed.append(data) or front_matter_of(data)
    )
    assert documents(corpus)["a.md"].url == "https://oxen.test/a"
    assert len(parsed) == 1
