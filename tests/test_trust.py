"""A ragbot.toml of someone else's says neither who is told a secret nor what is loaded."""

import os
import stat
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from ragbot import settings_file, trust
from ragbot.cli import cli
from ragbot.errors import ConfigError
from ragbot.settings import Settings, load


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, a home of its own and an environment without settings."""
    for name in os.environ:
        if name.upper().startswith("RAGBOT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    return tmp_path / "cwd"


def write(folder: Path, text: str) -> Path:
    path = folder / "ragbot.toml"
    path.write_text(text, encoding="utf-8")
    return path


WEIGHTY = [
    'llm_url = "http://127.0.0.1:9/v1"',
    'llm_key = "sesame"',
    'llm_model = "m"',
    "llm_timeout = 3",
    'model = "model"',
    'adapter = "adapter"',
    'nli_model = "nli"',
    'judge = "judge"',
    'host = "0.0.0.0"',
    "max_file_megabytes = 9999",
    "max_body_bytes = 999999999",
    'corpus = "/"',
    'index = "../other"',
    'index = "a/../../other"',
    'subjects = "/etc/passwd"',
    'corpus = "a\\u0000b"',
]


@pytest.mark.parametrize("line", WEIGHTY)
def test_what_decides_over_others_needs_trust_and_the_file_is_named(folder, line):
    path = write(folder, f"{line}\n")
    with pytest.raises(ConfigError, match="ragbot trust") as raised:
        load()
    assert str(path) in str(raised.value)
    assert f"sets {line.split()[0]}" in str(raised.value)
    assert "sesame" not in str(raised.value)
    with pytest.raises(ConfigError):
        Settings()


def test_a_path_through_a_link_that_leads_out_needs_trust(folder):
    (folder / "link").symlink_to(folder.parent)
    write(folder, 'index = "link/other"\n')
    with pytest.raises(ConfigError, match="sets index"):
        load()


def test_what_stays_inside_the_folder_needs_none(folder):
    write(folder, 'corpus = "docs"\nindex = "made/index"\nport = 1001\nstrict = true\n')
    found = load()
    assert (found.corpus, found.index) == (Path("docs"), Path("made/index"))
    assert (found.port, found.strict) == (1001, True)


def test_every_setting_needs_trust_but_those_that_were_looked_at():
    free = settings_file.FREE | settings_file.FREE_INSIDE
    assert free <= set(Settings.model_fields)
    assert {"llm_url", "llm_key", "model", "host"} <= set(Settings.model_fields) - free


def test_trust_holds_for_this_content_at_this_place(folder, monkeypatch):
    path = write(folder, 'llm_url = "http://127.0.0.1:9/v1"\n')
    done = CliRunner().invoke(cli, ["trust"])
    assert done.exit_code == 0
    assert "llm_url" in done.output
    assert load().llm_url == "http://127.0.0.1:9/v1"
    write(folder, 'llm_url = "http://127.0.0.1:10/v1"\n')
    with pytest.raises(ConfigError, match="llm_url"):
        load()
    write(folder, 'llm_url = "http://127.0.0.1:9/v1"\n')
    assert load().llm_url
    other = folder.parent / "other"
    other.mkdir()
    (other / "ragbot.toml").write_bytes(path.read_bytes())
    monkeypatch.chdir(other)
    with pytest.raises(ConfigError, match="llm_url"):
        load()


def test_trust_can_be_taken_back(folder):
    write(folder, 'model = "x"\n')
    for words in ("is trusted as it is now", "is trusted no longer", "was not trusted"):
        options = [] if "as it is now" in words else ["--revoke"]
        assert words in CliRunner().invoke(cli, ["trust", *options]).output
    with pytest.raises(ConfigError, match="model"):
        load()


def test_the_record_is_the_users_alone(folder):
    write(folder, 'model = "x"\n')
    settings_file.trust_it()
    assert stat.S_IMODE(trust.record_file().stat().st_mode) == 0o600


@pytest.mark.parametrize("record", ["{", "[]", "7", "[" * 100_000, '{"x": 7}', "\x00"])
def test_a_broken_record_trusts_nothing_and_is_written_anew(folder, record):
    write(folder, 'model = "x"\n')
    trust.record_file().parent.mkdir(parents=True)
    trust.record_file().write_text(record)
    with pytest.raises(ConfigError, match="model"):
        load()
    settings_file.trust_it()
    assert load().model == Path("x")


def test_a_home_that_cannot_be_written_is_said(folder, monkeypatch):
    write(folder, 'model = "x"\n')
    (folder.parent / "home").write_text("")  # a file where the folder should be
    with pytest.raises(ConfigError, match=r"trusted\.json cannot be written"):
        settings_file.trust_it()


def test_without_a_file_there_is_nothing_to_trust(folder):
    with pytest.raises(ConfigError, match="nothing to trust"):
        settings_file.trust_it()
    assert settings_file.find() is None


def test_the_doctor_and_the_server_say_which_file_is_read(folder, monkeypatch):
    path = write(folder, "port = 1001\n")
    doctor = import_module("ragbot.cli.doctor")
    assert doctor._settings_file().detail.startswith(f"{path}, not trusted")
    monkeypatch.setattr("api.server.run", lambda *_, **__: True)
    served = CliRunner().invoke(cli, ["serve"])
    assert f"Settings of {path} (not trusted" in served.stderr
    write(folder, "port = -1\n")
    with pytest.raises(ConfigError, match=str(path)):
        load()
