"""Where documents come from: a catalogue of sources, or any folder of files."""

import json
import os
from pathlib import Path

import pytest

from ragbot.errors import ConfigError
from ragbot.sources import PassedOver, Problem, gather
from ragbot.sources.catalog import load
from ragbot.types import Authority, RawDocument, SourceKind

from .sample import DOCUMENTS, source_entry

LIMIT = 1_000_000


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def documents(folder: Path, limit: int = LIMIT) -> dict[str, RawDocument]:
    return {
        d.path: d for d in gather(folder, folder / "no-index", limit) if isinstance(d, RawDocument)
    }


def problems(folder: Path, limit: int = LIMIT) -> dict[str, str]:
    return {
        p.path: p.reason
        for p in gather(folder, folder / "no-index", limit)
        if isinstance(p, Problem)
    }


def passed(folder: Path) -> dict[str, str]:
    over: list[PassedOver] = []
    list(gather(folder, folder / "no-index", LIMIT, passed=over))
    assert len({one.path for one in over}) == len(over)
    return {one.path: one.reason for one in over}


class TestCatalogue:
    def test_every_document_comes_in_the_order_of_the_catalogue(self, corpus):
        assert tuple(documents(corpus)) == DOCUMENTS
        assert not problems(corpus)

    def test_a_document_has_the_facts_of_its_source(self, corpus):
        found = documents(corpus)["heron/manual.md"]
        assert found.content == (corpus / "heron/manual.md").read_bytes()
        assert found.media_type == "text/markdown"
        assert (found.url, found.updated, found.version, found.licence) == (
            "https://heron.example/manual",
            "2025-03-02",
            "4.1",
            "MIT",
        )
        assert found.subjects == ("heron",)
        assert found.source.authority is Authority.OFFICIAL
        assert found.source.kind is SourceKind.DOCUMENTATION

    def test_what_an_entry_does_not_say_is_unknown_or_undated(self, tmp_path):
        (tmp_path / "sources.toml").write_text(source_entry("a", "a.md"))
        source = load(tmp_path / "sources.toml")[0].source
        assert (source.author, source.publisher, source.url) == ("unknown",) * 3
        assert (source.published, source.updated, source.version) == ("undated", "undated", "")

    def test_an_address_is_made_of_the_path_below_the_folder(self, tmp_path):
        entry = source_entry("docs", "site", url="https://heron.example/")
        entry += 'address = "https://heron.example/docs/{stem}/"\n'
        folder = write(
            tmp_path,
            {
                "sources.toml": f'{entry}\n[[folder]]\npath = "more"\naddress = "http://m.example/{{path}}"\n',
                "site/guide/first steps.md": "# A",
                "site/guide/index.md": "# B",
                "site/README.md": "# C",
                "site/own.md": "---\nurl: https://other.example/own\n---\n# D",
                "more/e.md": "# E",
            },
        )
        assert {path: raw.url for path, raw in documents(folder).items()} == {
            "site/guide/first steps.md": "https://heron.example/docs/guide/first%20steps/",
            "site/guide/index.md": "https://heron.example/docs/guide/",
            "site/README.md": "https://heron.example/docs/",
            "site/own.md": "https://other.example/own",
            "e.md": "http://m.example/e.md",
        }

    def test_the_address_of_a_single_file_is_made_of_its_name(self, tmp_path):
        entry = source_entry("one", "deep/one.md") + 'address = "https://heron.example/{path}"\n'
        folder = write(tmp_path, {"sources.toml": entry, "deep/one.md": "# One"})
        assert documents(folder)["deep/one.md"].url == "https://heron.example/one.md"

    @pytest.mark.parametrize("address", ["heron.example/{stem}", "https://h.example/{commit}"])
    def test_an_address_that_cannot_be_made_is_refused(self, tmp_path, address):
        entry = source_entry("one", "one.md") + f'address = "{address}"\n'
        write(tmp_path, {"sources.toml": entry, "one.md": "# One"})
        with pytest.raises(ConfigError, match=r"must start with|may hold"):
            documents(tmp_path)

    def test_what_sources_toml_does_not_name_is_named(self, tmp_path):
        folder = write(
            tmp_path,
            {
                "sources.toml": source_entry("docs", "site"),
                "sources.lock": "{}",
                "canaries.toml": "",
                "site/a.md": "# A",
                "site/logo.png": b"\x89PNG",
                "notes/b.md": "# B",
                "notes/.git/config": "x",
            },
        )
        assert passed(folder) == {
            "site/logo.png": "no reader for .png files",
            "notes/b.md": "sources.toml does not name it",
            "notes/.git": "hidden: its name begins with a dot",
        }

    def test_a_missing_file_is_a_problem_and_the_rest_is_gathered(self, corpus):
        (corpus / "ibex.rst").unlink()
        assert problems(corpus) == {"ibex.rst": "there is no such file or folder"}
        assert len(documents(corpus)) == len(DOCUMENTS) - 1

    @pytest.mark.parametrize("path", ["../b.md", "/etc/hosts", "a/../../b.md", ".."])
    def test_no_path_leads_out_of_the_corpus(self, tmp_path, path):
        write(tmp_path, {"b.md": "secret", "corpus/sources.toml": source_entry("a", path)})
        with pytest.raises(ConfigError, match="must stay inside the corpus folder"):
            list(gather(tmp_path / "corpus", tmp_path / "index", LIMIT))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "source"),
            ("source: a", "not valid TOML"),
            (b'title = "\xff"', "not valid TOML"),
            (source_entry("a", "a.md") + source_entry("a", "b.md"), "the id 'a'"),
            (source_entry("A b", "a.md"), r"source\.0\.id"),
            (source_entry("a", ""), r"obtain.*path"),
            (source_entry("a", "a.md", authority="loud"), r"source\.0\.authority"),
            (source_entry("a", "a.md", kind="poem"), r"source\.0\.kind"),
            (source_entry("a", "a.md", published="July 2022"), r"source\.0\.published.*July 2022"),
            (source_entry("a", "a.md", licence=["MIT"]), r"source\.0\.licence"),
            (source_entry("a", "a.md", licnce="MIT"), r"source\.0\.licnce"),
            (source_entry("a", "a.md").replace('"files"', '"ftp"'), r"obtain.*kind"),
            ('[[source]]\nid = "a"', r"source\.0\.title"),
        ],
    )
    def test_a_wrong_catalogue_is_refused_with_the_place(self, tmp_path, text, said):
        write(tmp_path, {"sources.toml": text})
        with pytest.raises(ConfigError, match=rf"(?s)sources\.toml.*{said}"):
            list(gather(tmp_path, tmp_path / "index", LIMIT))

    def test_a_catalogue_that_cannot_be_read_is_refused(self, tmp_path):
        with pytest.raises(ConfigError, match="not a file"):
            load(tmp_path)

    def test_a_corpus_folder_that_is_not_there_is_refused(self, tmp_path):
        with pytest.raises(ConfigError, match="does not exist"):
            list(gather(tmp_path / "gone", tmp_path / "index", LIMIT))


class TestFolder:
    def test_files_come_in_the_order_of_their_paths(self, tmp_path):
        names = ["b/z.md", "a.txt", "b/a.rst", "c.ipynb", "b.markdown"]
        write(tmp_path, dict.fromkeys(names, "text"))
        assert list(documents(tmp_path)) == ["a.txt", "b/a.rst", "b/z.md", "b.markdown", "c.ipynb"]

    def test_hidden_and_foreign_files_are_passed_over(self, tmp_path):
        names = ["a.md", ".b.md", ".git/c.md", "d.png", "e", "subjects.toml", "F.MD"]
        write(tmp_path, dict.fromkeys(names, "text"))
        assert set(documents(tmp_path)) == {"a.md", "F.MD"}
        assert not problems(tmp_path)

    def test_all_that_is_not_read_is_named_with_its_reason(self, tmp_path):
        folder = write(
            tmp_path,
            {
                "a.md": "# A",
                "subjects.toml": "",
                "deep/subjects.toml": "",
                "b.docx": b"PK",
                "Makefile": "all:",
                "docs.ZIP": b"PK",
                "data.jsonl": "{}",
                ".github/c.md": "# C",
                "deep/.d.md": "# D",
            },
        )
        (folder / "link.xyz").symlink_to("b.docx")
        assert passed(folder) == {
            "deep/subjects.toml": "no reader for .toml files",
            "b.docx": "no reader for .docx files",
            "link.xyz": "no reader for .xyz files",
            "Makefile": "no reader for files without an ending",
            "docs.ZIP": "it holds many documents; `ragbot add` reads it",
            "data.jsonl": "it holds many documents; `ragbot add` reads it",
            ".github": "hidden: its name begins with a dot",
            "deep/.d.md": "hidden: its name begins with a dot",
        }

    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    def test_front_matter_is_read_whatever_system_wrote_it(self, tmp_path, mark, ending):
        lines = (
            "---",
            "author: A. Writer",
            "url: https://a.example/",
            "date: 2024-11-05",
            "---",
            "# A",
        )
        write(tmp_path, {"a.md": mark + ending.join(lines).encode()})
        source = documents(tmp_path)["a.md"].source
        told = (source.author, source.url, source.published)
        assert told == ("A. Writer", "https://a.example/", "2024-11-05")

    def test_a_file_without_front_matter_is_an_unknown_source_of_its_own(self, tmp_path):
        write(tmp_path, {"notes/first_look.md": "# Heron\n"})
        source = documents(tmp_path)["notes/first_look.md"].source
        assert source.id == "notes-first-look"
        assert source.title == "first look"
        assert (source.publisher, source.url, source.licence) == ("unknown",) * 3
        assert (source.published, source.updated) == ("undated",) * 2
        assert source.authority is Authority.INDEPENDENT

    def test_front_matter_tells_the_facts_of_a_file(self, tmp_path):
        text = (
            "---\ntitle: A look\nauthor: R. Finch\npublisher: Weekly\n"
            "canonical_url: https://weekly.example/a\ndate: 2022-07-14 10:00\nlastmod: 2023-01-02\n"
            "license: MIT\nauthority: vendor\nkind: digest\nversion: 4\n---\n\n# Heron\n"
        )
        write(tmp_path, {"a.md": text})
        found = documents(tmp_path)["a.md"]
        assert (found.source.title, found.source.author) == ("A look", "R. Finch")
        assert (found.url, found.published) == ("https://weekly.example/a", "2022-07-14")
        assert (found.updated, found.licence, found.version) == ("2023-01-02", "MIT", "4")
        assert found.source.authority is Authority.VENDOR
        assert found.source.kind is SourceKind.DIGEST

    def test_front_matter_is_not_trusted(self, tmp_path):
        text = "---\nurl: javascript:alert(1)\nauthority: king\ndate: once\nkind: [x]\n---\nHeron\n"
        write(tmp_path, {"a.md": text})
        source = documents(tmp_path)["a.md"].source
        assert (source.url, source.published) == ("unknown", "undated")
        assert source.authority is Authority.INDEPENDENT
        assert source.kind is SourceKind.ARTICLE

    def test_two_files_never_share_a_source_that_is_made_up(self, tmp_path):
        names = ["a.md", "a.rst", "a b.txt", "a-b.txt", "鷺.md", "鷹.md"]
        write(tmp_path, dict.fromkeys(names, "text"))
        ids = [d.source.id for d in documents(tmp_path).values()]
        assert len(ids) == len(set(ids)) == len(names)


class TestManifest:
    ROWS = (
        {
            "path": "x/a.md",
            "subject": "heron",
            "source_repo": "birds/heron",
            "url": "https://heron.example/a",
            "license": "MIT",
            "docs_version": "4.1",
            "file_last_changed": "2025-03-02T10:00:00Z",
            "title": "Alpha",
        },
        {"path": "x/b.md", "framework": "heron", "source_repo": "birds/heron"},
        {"path": "c.md", "subject": "ibex", "source": "birds/ibex"},
    )

    @pytest.fixture
    def folder(self, tmp_path) -> Path:
        lines = "\n".join(json.dumps(row) for row in self.ROWS)
        files = dict.fromkeys(["x/a.md", "x/b.md", "c.md", "d.md"], "text")
        return write(tmp_path, files | {"MANIFEST.jsonl": f"{lines}\n\n"})

    def test_it_tells_the_facts_of_each_file(self, folder):
        found = documents(folder)["x/a.md"]
        assert (found.title, found.url, found.licence) == (
            "Alpha",
            "https://heron.example/a",
            "MIT",
        )
        assert (found.version, found.updated, found.subjects) == ("4.1", "2025-03-02", ("heron",))
        assert found.source.publisher == "birds"

    def test_files_of_one_subject_and_repository_share_a_source(self, folder):
        found = documents(folder)
        ids = {path: document.source.id for path, document in found.items()}
        assert ids["x/a.md"] == ids["x/b.md"] != ids["c.md"]
        assert ids["d.md"] not in (ids["x/a.md"], ids["c.md"])
        assert found["d.md"].subjects == ()

    def test_it_may_lie_beside_the_files_in_a_folder_below(self, tmp_path):
        row = {"path": "a.md", "subject": "ibex"}
        write(tmp_path, {"deep/a.md": "text", "deep/MANIFEST.jsonl": json.dumps(row)})
        assert documents(tmp_path)["deep/a.md"].subjects == ("ibex",)

    @pytest.mark.parametrize(
        "line", ["{", "[]", '"a.md"', "7", "null", '{"title": "no path"}', "\udcff"]
    )
    def test_a_broken_line_is_a_problem_with_its_number(self, folder, line):
        path = folder / "MANIFEST.jsonl"
        text = f"{json.dumps(self.ROWS[0])}\n{line}\n"
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
        assert list(problems(folder)) == ["MANIFEST.jsonl"]
        said = problems(folder)["MANIFEST.jsonl"]
        assert ("line 2" if line != "\udcff" else "line 1") in said
        assert set(documents(folder)) == {"x/a.md", "x/b.md", "c.md", "d.md"}

    def test_a_path_that_is_a_number_does_no_harm(self, folder):
        (folder / "MANIFEST.jsonl").write_text('{"path": 5}\n')
        assert len(documents(folder)) == 4

    def test_a_line_may_hold_every_character_that_json_allows(self, tmp_path):
        row = json.dumps({"path": "a.md", "title": "one\u2028two\x85"}, ensure_ascii=False)
        write(tmp_path, {"a.md": "text", "MANIFEST.jsonl": row})
        assert not problems(tmp_path)
        assert "two" in documents(tmp_path)["a.md"].title


class TestFaults:
    def test_a_file_over_the_limit_is_a_problem_that_names_the_setting(self, tmp_path):
        write(tmp_path, {"a.md": "x" * 2000, "b.md": "x" * 1000})
        assert list(documents(tmp_path, limit=1000)) == ["b.md"]
        assert "RAGBOT_MAX_FILE_MEGABYTES" in problems(tmp_path, limit=1000)["a.md"]

    def test_a_link_back_to_a_folder_above_ends(self, tmp_path):
        write(tmp_path, {"a.md": "text", "sub/b.md": "text"})
        (tmp_path / "sub" / "loop").symlink_to(tmp_path, target_is_directory=True)
        assert set(documents(tmp_path)) == {"a.md", "sub/b.md"}
        assert "links back" in problems(tmp_path)["sub/loop"]

    def test_a_link_to_nothing_is_a_problem(self, tmp_path):
        (tmp_path / "a.md").symlink_to(tmp_path / "gone.md")
        assert "cannot be read" in problems(tmp_path)["a.md"]

    def test_a_pipe_is_a_problem_and_not_waited_for(self, tmp_path):
        os.mkfifo(tmp_path / "a.md")
        assert "a.md" in problems(tmp_path)

    def test_a_file_that_may_not_be_read_is_a_problem(self, tmp_path, monkeypatch):
        write(tmp_path, {"a.md": "text", "b.md": "text"})

        def refuse(path: Path, *arguments, **more):
            if path.name == "a.md":
                raise PermissionError(13, "Permission denied", str(path))
            return open(path, *arguments, **more)  # noqa: PTH123 (as the code does)

        monkeypatch.setattr("ragbot.sources.files.open", refuse, raising=False)
        assert problems(tmp_path) == {"a.md": "it cannot be read (Permission denied)"}
        assert list(documents(tmp_path)) == ["b.md"]

    def test_a_folder_that_may_not_be_listed_is_a_problem(self, tmp_path, monkeypatch):
        write(tmp_path, {"a.md": "text", "shut/b.md": "text"})
        scan = os.scandir

        def refuse(path="."):
            if str(path).endswith("shut"):
                raise PermissionError(13, "Permission denied", str(path))
            return scan(path)

        monkeypatch.setattr(os, "scandir", refuse)
        (tmp_path / "sources.toml").write_text(source_entry("all", "."))
        assert problems(tmp_path) == {"shut": "the folder cannot be listed (Permission denied)"}
        assert list(documents(tmp_path)) == ["a.md"]

    def test_the_same_folder_gives_the_same_documents(self, corpus):
        assert list(gather(corpus, corpus, LIMIT)) == list(gather(corpus, corpus, LIMIT))
