"""The command line: what goes where, and with which exit status."""

import io
import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ragbot import __version__
from ragbot.cli import cli, main
from ragbot.cli.init import TEMPLATES
from ragbot.encoder import Identity
from ragbot.guide import load as load_guide
from ragbot.sources import gather

from .sample import DOCUMENTS
from .stub_model import replies, says, stub
from .words import WordEncoder

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Run:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def run(built, tmp_path, monkeypatch, capsys):
    """Runs a command in an empty folder, over the built index unless it names another."""
    encoder = WordEncoder()
    identity = Identity(tmp_path, encoder.name, encoder.weights)
    for place in ("ragbot.assistant.open_encoder", "ragbot.index.build.open_encoder"):
        monkeypatch.setattr(place, lambda _: encoder)
    monkeypatch.setattr("ragbot.index.build.identify", lambda _: identity)
    monkeypatch.setattr("ragbot.encoder.identify", lambda _: identity)
    monkeypatch.setenv("RAGBOT_INDEX", str(built.index))
    monkeypatch.setenv("RAGBOT_CORPUS", str(built.corpus))
    monkeypatch.setenv("RAGBOT_SUBJECTS", str(built.subjects))
    monkeypatch.setenv("COLUMNS", "200")
    folder = tmp_path / "cwd"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(*arguments: object) -> Run:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        code = ended.value.code
        assert code is None or isinstance(code, int)
        out, err = capsys.readouterr()
        return Run(code or 0, out, err)

    return run


class TestHelp:
    @pytest.mark.parametrize("name", sorted(cli.commands))
    def test_every_command_shows_examples_of_itself(self, run, name):
        found = run(name, "--help")
        assert found.code == 0
        assert found.err == ""
        examples = found.out.partition("Examples:")[2]
        assert f"ragbot {name}" in examples

    @pytest.mark.parametrize("name", sorted(cli.commands))
    def test_every_option_says_what_it_does(self, name):
        for parameter in cli.commands[name].params:
            if parameter.param_type_name == "option":
                assert parameter.help, parameter.name

    def test_the_program_lists_its_commands(self, run):
        found = run("-h")
        assert {
            *("build", "ask", "compare", "search", "serve", "sources", "doctor", "completion")
        } <= set(cli.commands)
        assert all(f"  {name} " in found.out for name in cli.commands)
        assert "Exit status" in found.out

    def test_it_tells_its_version(self, run):
        assert run("--version").out.strip() == f"ragbot, version {__version__}"

    def test_help_does_not_wait_for_the_encoder(self):
        code = (
            "import sys; from ragbot.cli import cli; "
            "cli.main(['ask', '--help'], standalone_mode=False); "
            "print([m for m in ('torch', 'faiss', 'rich', 'fastapi') if m in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == "[]"


class TestAsk:
    def test_the_answer_goes_to_stdout_alone(self, run):
        found = run("ask", "Compare Heron and Ibex on backup")
        assert (found.code, found.err) == (0, "")
        assert "Ibex must be stopped before a backup." in found.out
        assert "[1]" in found.out
        assert "https://ibex.example/" in found.out

    def test_json_can_be_read_back(self, run):
        found = run("ask", "Compare Heron and Ibex on backup", "--json")
        answer = json.loads(found.out)
        assert found.code == 0
        assert [citation["number"] for citation in answer["citations"]][:2] == [1, 2]
        assert '"Ibex must be stopped before a backup. After that a restore is slow."' in found.out

    def test_a_refusal_is_an_answer(self, run):
        found = run("ask", "React vs Vue")
        assert found.code == 0
        assert "React" in found.out

    def test_filters_are_passed_on(self, run):
        found = run("ask", "Is Heron fast?", "--source", "review", "--json")
        sources = json.dumps(json.loads(found.out)["citations"])
        assert "review" in sources
        assert "heron-manual" not in sources
        found = run("ask", "Is Heron fast?", "--authority", "independent")
        assert "Alpine Weekly" in found.out
        assert "The Heron project" not in found.out

    def test_text_out_of_documents_is_no_markup(self, run, settings):
        text = "# Heron\n\nHeron is fast with [bold]tags[/bold] and [/x] and [link=y]z.\n"
        (settings.corpus / "heron" / "manual.md").write_text(text)
        index = settings.index
        assert run("build", "--corpus", settings.corpus, "--index", index).code == 0
        found = run("ask", "Is Heron fast?", "--index", index)
        assert "[bold]tags[/bold] and [/x] and [link=y]z." in found.out.replace("\n", " ")

    @pytest.mark.parametrize("width", [40, 80, 200])
    def test_it_fits_the_terminal(self, run, monkeypatch, width):
        monkeypatch.setenv("COLUMNS", str(width))
        found = run("compare", "heron", "ibex", "marmot", "--on", "speed")
        assert found.code == 0
        assert "no source says" in found.out or "microseconds" in found.out
        table = [line for line in found.lines if line.startswith(("┃", "│", "┡", "├"))]
        assert table
        assert max(map(len, table)) <= width


class TestCompare:
    def test_subjects_and_aspects_by_name(self, run):
        found = run("compare", "heron", "Ibex", "--on", "Backup", "--json")
        answer = json.loads(found.out)
        assert found.code == 0
        assert [cell["aspect"] for cell in answer["cells"]] == ["backup", "backup"]

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["heron", "gull"], "gull"),
            (["heron"], "two different subjects"),
            (["heron", "ibex", "--on", "colour"], "colour"),
        ],
    )
    def test_names_that_are_not_known_fail_in_one_line(self, run, arguments, said):
        found = run("compare", *arguments)
        assert (found.code, found.out) == (2, "")
        assert found.err.startswith("ragbot: ")
        assert said in found.err
        assert len(found.err.splitlines()) == 1


class TestSearch:
    def test_passages_are_printed_best_first(self, run):
        found = run("search", "Heron snapshot backup", "--limit", 2)
        assert found.code == 0
        assert found.lines[0].startswith("1. Heron manual > Backup")
        assert sum(line.startswith(("1. ", "2. ", "3. ")) for line in found.lines) == 2

    def test_json_can_be_read_back(self, run):
        hits = json.loads(run("search", "Heron backup", "--limit", 3, "--json").out)
        assert len(hits) == 3
        assert "Heron takes a snapshot" in json.dumps(hits[0])

    def test_explained_it_says_what_put_each_passage_there(self, run):
        query = "Heron or Ibex: snapshot backup"
        hits = json.loads(run("search", query, "--limit", 3, "--json").out)
        lines = run("search", query, "--limit", 3, "--explain").lines
        for hit in hits:
            assert sum(part["score"] for part in hit["parts"]) == pytest.approx(hit["score"])
            assert hit["said"] in hit["passage"]["text"]
            for part in hit["parts"]:
                assert any(f"{part['score']:+.3f} " in line for line in lines)
        words = next(line for line in lines if "shared words" in line)
        assert "snapshot" in words
        assert "backup" in words
        assert not any("meaning of" in line for line in run("search", query).lines)

    @pytest.mark.parametrize("limit", ["0", "101", "x"])
    def test_a_limit_out_of_range_is_a_usage_error(self, run, limit):
        assert run("search", "Heron", "--limit", limit).code == 2

    def test_a_batch_gives_a_line_for_each_question(self, run, tmp_path):
        path = write_batch(
            tmp_path,
            {"id": "a", "question": "Heron backup"},
            {"id": 7, "question": "Is it fast?", "history": turns("Tell me of Ibex")},
        )
        found = run("search", "--batch", path)
        lines = [json.loads(line) for line in found.lines]
        assert [line["id"] for line in lines] == ["a", "7"]
        assert all(len(line["passages"]) == len(line["documents"]) > 0 for line in lines)
        assert lines[1]["documents"][0] == "ibex.rst"


def turns(*asked: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text} for text in asked]


def write_batch(folder: Path, *lines: object) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n")
    return path


class TestBatch:
    def test_it_gives_a_line_for_each_question(self, run, tmp_path):
        path = write_batch(
            tmp_path,
            {"id": "a", "question": "Compare Heron and Ibex on backup"},
            {"id": "b", "question": "React vs Vue"},
            {"id": "c", "question": "Which is fast?", "history": turns("Heron or Ibex?")},
        )
        found = run("ask", "--batch", path)
        a, b, c = map(json.loads, found.lines)
        assert (found.code, found.err) == (0, "")
        assert [line["id"] for line in (a, b, c)] == ["a", "b", "c"]
        assert [line["abstained"] for line in (a, b, c)] == [False, True, False]
        assert {
            "text": "Ibex must be stopped before a backup. After that a restore is slow.",
            "subject": "ibex",
            "document": "ibex.rst",
        } in a["quotes"]
        assert "Ibex must be stopped before a backup." in a["answer"]
        assert b["quotes"] == []
        assert {quote["subject"] for quote in c["quotes"]} == {"heron", "ibex"}

    def test_it_reads_stdin(self, run, monkeypatch):
        class Stdin:
            def read(self):
                return '{"id": "a", "question": "Is Heron fast?"}\n'

        monkeypatch.setattr("sys.stdin", Stdin())
        assert json.loads(run("ask", "--batch", "-").out)["id"] == "a"

    @pytest.mark.parametrize(
        "line",
        [
            "{",
            "[]",
            "7",
            '{"question": "x"}',
            '{"id": "a"}',
            '{"id": "a", "question": 7}',
            '{"id": "a", "question": "x", "history": "y"}',
            '{"id": "a", "question": "x", "history": [{"role": "user"}]}',
            '{"id": "a", "question": "x", "history": ["y"]}',
        ],
    )
    @pytest.mark.parametrize("command", ["ask", "search"])
    def test_a_wrong_line_is_named_before_any_is_answered(self, run, tmp_path, line, command):
        path = tmp_path / "questions.jsonl"
        path.write_text('{"id": "a", "question": "Is Heron fast?"}\n\n' + line + "\n")
        found = run(command, "--batch", path)
        assert (found.code, found.out) == (2, "")
        assert "line 3" in found.err

    def test_a_file_that_cannot_be_read_is_named(self, run, tmp_path):
        found = run("ask", "--batch", tmp_path / "gone.jsonl")
        assert found.code == 2
        assert "gone.jsonl" in found.err
        (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xe9"}')
        assert run("ask", "--batch", tmp_path / "latin.jsonl").code == 2

    def test_a_line_may_hold_every_character_that_json_allows(self, run, tmp_path):
        path = write_batch(tmp_path, {"id": "a", "question": "Is\u2028Heron\x85fast?"})
        assert json.loads(run("ask", "--batch", path).out)["abstained"] is False

    @pytest.mark.parametrize("command", ["ask", "search"])
    def test_a_question_and_a_batch_exclude_each_other(self, run, tmp_path, command):
        path = write_batch(tmp_path, {"id": "a", "question": "x"})
        assert run(command, "Heron", "--batch", path).code == 2
        assert run(command).code == 2


class TestNames:
    """A name that there is not is an error that tells those that there are."""

    @pytest.mark.parametrize(
        "command", [("ask", "Is it fast?"), ("search", "backup"), ("compare", "heron", "ibex")]
    )
    @pytest.mark.parametrize(
        ("option", "name", "right"),
        [("--subject", "herron", "'heron'"), ("--source", "nope", "heron-manual")],
    )
    def test_filters(self, run, command, option, name, right):
        found = run(*command, option, name)
        assert (found.code, found.out) == (2, "")
        assert name in found.err
        assert right in found.err

    @pytest.mark.parametrize("command", ["sync", "remove"])
    def test_sources_of_the_catalogue(self, run, command):
        found = run(command, "nope")
        assert (found.code, found.out) == (2, "")
        assert "heron-manual" in found.err

    @pytest.mark.parametrize("port", ["99999", "-1"])
    def test_a_port_that_there_is_not(self, run, port):
        found = run("serve", "--port", port)
        assert found.code == 2
        assert "65535" in found.err


class TestPipes:
    """What is wrong with stdout is said by the process itself, so it is one."""

    COMMANDS = (["--help"], ["sources"], ["sources", "--json"])

    @staticmethod
    def ended(built, command: list[str], out: int) -> tuple[int, str]:
        folders = {"RAGBOT_INDEX": str(built.index), "RAGBOT_CORPUS": str(built.corpus)}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "ragbot", *command],
            env=dict(os.environ) | folders | {"PYTHONPATH": str(ROOT)},
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_full_disk_is_an_error_in_a_sentence(self, built, command):
        with Path("/dev/full").open("w") as full:
            code, err = self.ended(built, command, full.fileno())
        assert code == 1
        assert err == "ragbot: there is no room left on the disk; free some and try again\n"

    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_reader_who_has_enough_is_none(self, built, command):
        reading, writing = os.pipe()
        os.close(reading)
        code, err = self.ended(built, command, writing)
        os.close(writing)
        assert (code, err) == (0, "")


class TestSubjects:
    @pytest.fixture
    def birds(self, run, tmp_path, monkeypatch):
        """An index of documents in two folders, whose headings and names come again."""
        monkeypatch.delenv("RAGBOT_SUBJECTS")
        folder = tmp_path / "birds"
        for kind, name in (("sea", "Gull"), ("sea", "Tern"), ("land", "Gull"), ("land", "Crake")):
            path = folder / kind / f"{name.lower()}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                f"# The {name} of the {kind}\n\nWe saw a {name}, and a {name} too, a fast {name}; "
                f"the API of the {kind} is slow, as the API is.\n\n## Speed\n\nIt is fast.\n\n"
                f"## Only of {name}\n\nIt is slow.\n"
            )
        flags = ("--corpus", folder, "--index", tmp_path / "index")
        assert run("build", *flags).code == 0
        return folder, flags

    def test_they_are_folders_and_names_and_aspects_headings(self, run, birds):
        found = json.loads(run("subjects", *birds[1], "--json").out)
        assert {one["name"] for one in found["subjects"]} == {"sea", "land", "Gull"}
        assert [one["name"] for one in found["aspects"]] == ["Speed"]

    def test_what_is_written_is_a_guide_and_is_not_written_over(self, run, birds):
        folder, flags = birds
        assert run("subjects", "--write", *flags).code == 0
        guide = load_guide(folder / "subjects.toml")
        assert guide.subject("gull").name == "Gull"
        assert guide.aspect("speed").words == ("speed",)
        assert run("subjects", "--write", *flags).code == 1
        assert "no subjects.toml" not in run("build", *flags).err


class TestInit:
    def test_what_it_writes_can_be_built_and_is_never_overwritten(self, run, tmp_path):
        folder = tmp_path / "my docs"
        found = run("init", folder)
        assert found.code == 0
        assert shlex.split(found.lines[-1].partition("then: ")[2])[:2] == ["ragbot", "build"]
        (folder / "gull.md").write_text("# Gull\n\nThe gull is fast.\n")
        (folder / "subjects.toml").write_text('[[subject]]\nid = "gull"\nname = "Gull"\n')
        again = run("init", folder)
        assert again.code == 0
        assert again.err.count("is there already") == 2
        assert "gull" in (folder / "subjects.toml").read_text()
        flags = ("--corpus", folder, "--index", tmp_path / "index")
        assert "1 documents of 1 sources" in run("build", *flags).out

    def test_the_templates_are_complete_once_the_marks_are_taken_away(self, tmp_path):
        for template in TEMPLATES.iterdir():
            lines = template.read_text().splitlines()
            entries = [
                line.removeprefix("# ") for line in lines if re.match(r"# (\[|\w+ = )", line)
            ]
            text = "\n".join([*(line for line in lines if not line.startswith("#")), *entries])
            (tmp_path / template.name).write_text(text)
        (tmp_path / "handbook").mkdir()
        (tmp_path / "handbook" / "a.md").write_text("# A\n\nAlpha is fast.\n")
        (raw,) = gather(tmp_path, tmp_path / "index", 1000)
        assert raw.url == "https://docs.example.org/a/"
        assert load_guide(tmp_path / "subjects.toml").subject("alphadb").id == "alpha"

    def test_without_a_corpus_it_says_how_to_begin(self, run, tmp_path):
        found = run("build", "--corpus", "none here", "--index", tmp_path / "index")
        assert found.code == 1
        init = re.search(r"`(ragbot init [^`]* --shipped)`", found.err)[1]
        assert run(*shlex.split(init)[1:]).code == 0
        assert Path("none here", "sources.toml").is_file()


class TestBuild:
    def test_it_reports_on_stdout_and_its_progress_on_stderr(self, run, settings):
        found = run("build", "--corpus", settings.corpus, "--index", settings.index)
        assert found.code == 0
        assert f"{len(DOCUMENTS)} documents of 4 sources" in found.out
        assert len(found.lines) == 1
        assert "Encoding passages" in found.err
        again = run("build", "--corpus", settings.corpus, "--index", settings.index)
        assert "is up to date" in again.out
        forced = run("build", "--corpus", settings.corpus, "--index", settings.index, "--force")
        assert "built" in forced.out

    def test_json_can_be_read_back(self, run, settings):
        found = run("build", "--corpus", settings.corpus, "--index", settings.index, "--json")
        report = json.loads(found.out)
        assert report["changed"] is True
        assert report["counts"]["documents"] == len(DOCUMENTS)
        assert report["problems"] == []

    def test_files_left_out_are_named_and_fail_the_command(self, run, settings):
        (settings.corpus / "heron" / "empty.md").write_text("")
        found = run("build", "--corpus", settings.corpus, "--index", settings.index)
        assert found.code == 1
        assert "not read: heron/empty.md: " in found.err
        assert "1 files were not read" in found.out
        strict = run("build", "--corpus", settings.corpus, "--index", settings.index, "--strict")
        assert strict.code == 1
        assert strict.out == ""
        assert "heron/empty.md" in strict.err

    def test_what_is_passed_over_is_counted_by_reason_and_named(self, run, settings):
        bare = settings.corpus / "heron"
        for name in ("a.png", "b.png", "c.png", "d.png", ".hidden.md"):
            (bare / name).write_text("x")
        empty = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
        (bare / "empty.ipynb").write_text(json.dumps(empty))
        flags = ("--corpus", bare, "--index", settings.index)
        found = run("build", *flags)
        assert found.code == 0
        assert "no reader for .png files: 4 (a.png, b.png, c.png, ...)" in found.err.replace(
            "... (--verbose names all)", "..."
        )
        assert "hidden: its name begins with a dot: 1 (.hidden.md)" in found.err
        assert "holds no text: 1 (empty.ipynb)" in found.err
        assert "(a.png, b.png, c.png, d.png)" in run("build", *flags, "--verbose").err
        report = json.loads(run("build", *flags, "--json").out)
        assert report["changed"] is False
        assert report["passed_counts"] == {
            "no reader for .png files": 4,
            "hidden: its name begins with a dot": 1,
            "it holds no text": 1,
        }
        assert {"path": "d.png", "reason": "no reader for .png files"} in report["passed_over"]
        cited = run("ask", "Is Heron easy for a beginner?", "--index", settings.index)
        assert "manual.md" in cited.out
        (first, *_) = json.loads(
            run("ask", "Is Heron easy for a beginner?", "--index", settings.index, "--json").out
        )["citations"]
        assert (first["url"], first["path"], first["place"]) == (
            "unknown",
            "manual.md",
            "manual.md",
        )

    def test_many_files_left_out_are_counted(self, run, settings):
        for number in range(30):
            (settings.corpus / "heron" / f"empty{number}.md").write_text("")
        found = run("build", "--corpus", settings.corpus, "--index", settings.index)
        assert "10 more" in found.err
        assert found.err.count("not read: ") == 20

    def test_without_subjects_it_says_what_that_means(self, run, settings, monkeypatch):
        monkeypatch.delenv("RAGBOT_SUBJECTS")
        (settings.corpus / "subjects.toml").unlink()
        found = run("build", "--corpus", settings.corpus, "--index", settings.index)
        assert found.code == 0
        assert "no subjects.toml" in found.err

    def test_a_corpus_that_is_not_there_fails_in_one_line(self, run, tmp_path):
        found = run("build", "--corpus", tmp_path / "gone", "--index", tmp_path / "i")
        assert found.code == 1
        assert "gone" in found.err
        assert "Traceback" not in found.err

    def test_subjects_that_are_not_there_are_a_usage_error(self, run, tmp_path):
        assert run("build", "--subjects", tmp_path / "gone.toml").code == 2


class TestOthers:
    def test_sources_are_listed(self, run):
        found = run("sources")
        assert (found.code, found.err) == (0, "")
        assert "heron-manual" in found.out
        listed = json.loads(run("sources", "--json").out)
        assert [source["id"] for source in listed] == [
            "heron-manual",
            "ibex-manual",
            "review",
            "course",
        ]
        assert listed[0]["documents"] == 2
        assert listed[0]["passages"] >= 2

    def test_the_doctor_shows_settings_with_their_origin(self, run, built):
        found = run("doctor", "--json")
        shown = json.loads(found.out)
        rows = {row["name"]: row for row in shown["settings"]}
        assert rows["index"]["origin"] == "environment RAGBOT_INDEX"
        assert rows["port"]["origin"] == "default"
        findings = {finding["name"]: finding for finding in shown["findings"]}
        assert findings["Index"]["ok"]
        assert "sound" in findings["Index"]["detail"]
        assert findings["Judge"]["detail"].startswith("signals ")
        assert found.code == 0

    def test_the_doctor_fails_where_something_needed_is_missing(self, run, monkeypatch, tmp_path):
        monkeypatch.setenv("RAGBOT_INDEX", str(tmp_path / "gone"))
        found = run("doctor")
        assert found.code == 1
        assert "ragbot build" in found.out

    def test_the_doctor_looks_at_the_folders_it_is_told(self, run, built, tmp_path):
        assert run("doctor", "--index", tmp_path / "none here").code == 1
        found = json.loads(
            run("doctor", "--index", built.index, "--corpus", tmp_path, "--json").out
        )
        origins = {row["name"]: row["origin"] for row in found["settings"]}
        assert (origins["index"], origins["corpus"], origins["port"]) == ("flag", "flag", "default")

    def test_coverage_as_json(self, run, corpus, tmp_path):
        names = tmp_path / "names.txt"
        names.write_text("# of heron\nhr.open\nhr.rows\n")
        found = run("sources", "--corpus", corpus, "--coverage", names, "--json")
        assert found.code == 1
        report = json.loads(found.out)
        assert report == {"names": 2, "documented": 0, "missing": ["hr.open", "hr.rows"]}

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_completion_prints_a_script(self, run, shell):
        found = run("completion", shell)
        assert found.code == 0
        assert "_RAGBOT_COMPLETE" in found.out

    def test_completion_of_an_unknown_shell_is_a_usage_error(self, run):
        assert run("completion", "csh").code == 2

    def test_serve_hands_its_flags_on_and_says_where_it_is(self, run, monkeypatch):
        served = []

        def serve(settings, on_ready):
            served.append(settings)
            on_ready("http://127.0.0.1:4711/")
            return True  # all has ended

        monkeypatch.setattr("api.server.run", serve)
        found = run("serve", "--port", "0", "--host", "::1")
        assert (served[0].port, served[0].host) == (0, "::1")
        assert "http://127.0.0.1:4711/" in found.out

    @pytest.mark.parametrize(("what", "ended"), [(False, [0]), (True, []), (None, [])])
    def test_only_a_thread_that_is_still_at_work_ends_the_process(
        self, run, monkeypatch, what, ended
    ):
        statuses = []
        monkeypatch.setattr("api.server.run", lambda settings, on_ready: what)
        monkeypatch.setattr("os._exit", statuses.append)
        monkeypatch.setattr("logging.shutdown", lambda: None)
        assert run("serve", "--port", "0").code == 0
        assert statuses == ended


class TestErrors:
    def test_a_missing_index_says_how_to_build_one(self, run, tmp_path):
        for command in (["ask", "Is Heron fast?"], ["search", "x"]):
            found = run(*command, "--index", tmp_path / "gone")
            assert (found.code, found.out) == (1, "")
            assert found.err.startswith("ragbot: there is no index in ")
            assert "ragbot build" in found.err

    def test_without_an_index_the_sources_of_the_catalogue_are_listed(self, run, corpus, tmp_path):
        found = run("sources", "--corpus", corpus, "--index", tmp_path / "gone", "--json")
        listed = json.loads(found.out)
        assert found.code == 1
        assert {row["documents"] for row in listed} == {0}
        assert found.err.startswith("ragbot: there is no index in ")

    def test_a_damaged_index_fails_in_one_line(self, run, index):
        next(index.glob("generations/*/statements.npy")).write_bytes(b"")
        found = run("ask", "Is Heron fast?", "--index", index)
        assert found.code == 1
        assert "statements.npy is damaged" in found.err
        assert len(found.err.splitlines()) == 1

    def test_a_wrong_setting_fails_in_one_line(self, run, monkeypatch):
        monkeypatch.setenv("RAGBOT_PORT", "eighty")
        found = run("sources")
        assert (found.code, found.out) == (1, "")
        assert "port" in found.err
        assert "Traceback" not in found.err

    def test_an_empty_question_fails_in_one_line(self, run):
        found = run("ask", " ")
        assert (found.code, found.out) == (2, "")
        assert "empty" in found.err

    @pytest.mark.parametrize(
        "arguments", [["gull"], ["ask", "--gull"], ["compare"], ["ask", "x", "--authority", "king"]]
    )
    def test_a_wrong_command_line_is_a_usage_error(self, run, arguments):
        found = run(*arguments)
        assert (found.code, found.out) == (2, "")
        assert "Usage:" in found.err

    def test_a_reader_that_goes_away_is_no_error(self, run, monkeypatch):
        def gone(*_, **__):
            raise BrokenPipeError

        monkeypatch.setattr("ragbot.cli.cli.main", gone)
        monkeypatch.setattr("sys.stderr", io.StringIO())  # it will be closed
        assert run("sources").code == 0


def test_with_a_model_its_words_come_after_the_answer(run, monkeypatch):
    true = "Heron takes a snapshot for a backup while the server runs."
    with stub(says(f"{true} Heron was made by gulls.")) as server:
        monkeypatch.setenv("RAGBOT_LLM_URL", server.url)
        monkeypatch.setenv("RAGBOT_LLM_MODEL", "stub")
        found = run("ask", "Compare Heron and Ibex on backup")
        summary = json.loads(run("ask", "Compare Heron and Ibex on backup", "--json").out)[
            "summary"
        ]
    assert found.code == 0
    words = found.lines.index("In the words of stub")
    assert any(line.startswith("[1]") for line in found.lines[:words])
    assert re.fullmatch(rf" *{true} \[\d\] *", found.lines[words + 1])
    assert "1 of 2 sentences" in found.lines[-1]
    assert (summary["kept"], summary["dropped"]) == (1, 1)


def test_a_settings_file_of_the_folder_sends_no_key_anywhere(run, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RAGBOT_LLM_KEY", "sesame")
    monkeypatch.setenv("RAGBOT_LLM_MODEL", "stub")
    with stub(says("Yes.")) as server:
        Path("ragbot.toml").write_text(f'llm_url = "{server.url}"\n', encoding="utf-8")
        for command in (["ask", "Compare Heron and Ibex on backup"], ["doctor"]):
            found = run(*command)
            assert found.code == 1
            assert "ragbot trust" in found.err
            assert str(Path.cwd() / "ragbot.toml") in found.err
        assert server.keys == []
        assert run("trust").code == 0
        assert run("ask", "Compare Heron and Ibex on backup").code == 0
        assert server.keys == ["Bearer sesame"]


def test_a_model_that_is_named_by_half_is_said_in_a_line(run, monkeypatch):
    monkeypatch.setenv("RAGBOT_LLM_URL", "http://127.0.0.1:9/v1")
    found = run("ask", "Is Heron fast?")
    assert found.code == 1
    assert "RAGBOT_LLM_MODEL" in found.err


def test_the_doctor_asks_the_model_for_a_word(run, monkeypatch):
    monkeypatch.setenv("RAGBOT_LLM_MODEL", "stub")
    for play, said in ((says("Yes."), "it replies"), (replies(401), "refuses the key")):
        with stub(play) as server:
            monkeypatch.setenv("RAGBOT_LLM_URL", server.url)
            findings = json.loads(run("doctor", "--json").out)["findings"]
        (found,) = (f for f in findings if f["name"] == "Language model")
        assert said in found["detail"]
        assert not found["needed"]


class TestOddInput:
    @pytest.mark.parametrize(
        "odd",
        [
            {"refusal": "x"},
            {"lead": [{"text": "x", "citations": [], "checks": 1.5}]},
            {"lead": [{"text": "x", "citations": [], "checks": [5]}]},
            {"lead": [{"text": "x", "citations": [], "checks": [{"name": {}}]}]},
        ],
    )
    def test_an_answer_of_another_form_is_named(self, run, tmp_path, odd):
        answer = {"generation": "x", "citations": [], "question": {}} | odd
        path = tmp_path / "answer.json"
        path.write_text(json.dumps(answer))
        found = run("check", path)
        assert found.code == 2
        assert "is no saved answer" in found.err
        assert next(iter(odd)) in found.err

    @pytest.mark.parametrize("command", [["check", "-"], ["ask", "--batch", "-"]])
    def test_a_closed_stdin_is_said(self, run, monkeypatch, command):
        monkeypatch.setattr("sys.stdin", None)
        found = run(*command)
        assert found.code == 2
        assert "it is closed" in found.err
