"""Settings: who wins over whom, and what is said of a wrong one."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from ragbot.errors import ConfigError
from ragbot.settings import Settings, load, provenance


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder and an environment without settings."""
    for name in os.environ:
        if name.upper().startswith("RAGBOT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def origins(flags=None):
    return {row.name: (row.value, row.origin) for row in provenance(flags)}


def test_each_place_wins_over_the_ones_before_it(folder, monkeypatch):
    default = load().port
    (folder / "ragbot.toml").write_text("port = 1001\n")
    assert load().port == 1001 != default
    monkeypatch.setenv("RAGBOT_PORT", "1002")
    assert load().port == 1002
    assert load({"port": 1003}).port == 1003


def test_a_flag_that_is_not_given_leaves_the_rest_alone(monkeypatch):
    monkeypatch.setenv("RAGBOT_PORT", "1002")
    assert load({"port": None}).port == 1002


def test_the_file_alone_may_set_one_and_the_environment_another(folder, monkeypatch):
    (folder / "ragbot.toml").write_text('engine = "onnx"\nport = 1001\n')
    monkeypatch.setenv("RAGBOT_PORT", "1002")
    assert (load().engine, load().port) == ("onnx", 1002)


def test_provenance_names_the_origin_of_every_setting(folder, monkeypatch):
    (folder / "ragbot.toml").write_text("port = 1001\nstrict = true\n")
    monkeypatch.setenv("RAGBOT_STRICT", "false")
    found = origins({"host": "::1", "index": None})
    assert list(found) == list(Settings.model_fields)
    assert found["port"] == ("1001", "ragbot.toml")
    assert found["strict"] == ("False", "environment RAGBOT_STRICT")
    assert found["host"] == ("::1", "flag")
    assert found["index"] == ("index", "default")


def test_provenance_shows_no_secret(folder, monkeypatch):
    assert origins({})["llm_url"][0] == str(Settings().llm_url)  # nothing to hide
    monkeypatch.setenv("RAGBOT_LLM_URL", "http://127.0.0.1:9/sesame")
    monkeypatch.setenv("RAGBOT_KEYS", "keys.txt")
    found = origins({})
    assert found["llm_url"] == ("...", "environment RAGBOT_LLM_URL")
    assert found["keys"][0] == "..."
    assert "sesame" not in str(provenance())


def test_every_setting_says_what_it_is():
    assert all(row.description for row in provenance())


def test_an_unknown_name_in_the_file_is_named(folder):
    (folder / "ragbot.toml").write_text("prot = 80\n")
    with pytest.raises(ConfigError, match=r"ragbot\.toml.*'prot'"):
        load()


def test_an_unknown_flag_is_an_error():
    with pytest.raises(ConfigError, match="prot"):
        load({"prot": 80})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "70000"),
        ("port", "eighty"),
        ("device", "abacus"),
        ("precision", "float8"),
        ("strict", "perhaps"),
        ("batch_size", "-1"),
        ("keep_generations", "0"),
        ("max_file_megabytes", "0"),
        ("max_question_chars", "9"),
        ("max_body_bytes", "12"),
    ],
)
def test_a_bad_value_is_named_with_its_setting(name, value, monkeypatch):
    monkeypatch.setenv(f"RAGBOT_{name.upper()}", value)
    with pytest.raises(ConfigError, match=f"(?s){name}.*{value}"):
        load()


def test_all_bad_values_are_named_at_once(monkeypatch):
    monkeypatch.setenv("RAGBOT_PORT", "x")
    monkeypatch.setenv("RAGBOT_DEVICE", "y")
    with pytest.raises(ConfigError, match=r"device.*port|port.*device"):
        load()


def test_a_file_that_is_no_toml_is_named(folder):
    (folder / "ragbot.toml").write_text("port: 80\n")
    with pytest.raises(ConfigError, match=r"ragbot\.toml is not valid TOML"):
        load()


def test_a_file_that_is_not_utf_8_is_named(folder):
    (folder / "ragbot.toml").write_bytes(b'host = "\xff"\n')
    with pytest.raises(ConfigError, match=r"ragbot\.toml"):
        load()


def test_settings_cannot_be_changed():
    settings = load()
    with pytest.raises(ValidationError):
        settings.port = 1
    assert settings.model_copy(update={"port": 1}).port == 1
