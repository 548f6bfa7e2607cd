"""Who may do what: keys with roles, what admins may, limits a key and an address."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from openai import AuthenticationError, OpenAI, RateLimitError

from api import builder as builders
from api import keys, server
from api.keyring import Keyring, must_be_guarded
from api.keys import Role
from ragbot.cli import main
from ragbot.cli.serve import _tell_of_keys
from ragbot.errors import ConfigError
from ragbot.settings import Settings

from .living import Living, living
from .scripted import ScriptedAssistant

ASK = {"question": "Kestrel or Osprey?"}


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A file of keys, and what they are."""
    path = tmp_path_factory.mktemp("keys") / "keys.txt"
    reader, one = keys.made("alice", Role.READER)
    admin, two = keys.made("ops", Role.ADMIN)
    few, three = keys.made("few", Role.READER, 3)
    keys.write(path, [one, two, three])
    return SimpleNamespace(path=path, reader=reader, admin=admin, few=few)


@pytest.fixture(scope="module")
def guarded(secrets: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A service that asks for keys."""
    folder = tmp_path_factory.mktemp("guarded")
    settings = Settings(keys=str(secrets.path), index=folder, corpus=folder, refresh_hours=0)
    with living(settings, ScriptedAssistant()) as service:
        service.app.state.builder.start()
        yield service


def asked(service: Living, method: str, path: str, key: str = "", **more: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    headers |= more.pop("headers", {})  # type: ignore[arg-type]
    with httpx.Client(base_url=service.url, timeout=30, trust_env=False) as client:
        return client.request(method, path, headers=headers, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/page.js"),
        ("GET", "/openapi.json"),
        ("GET", "/v1/subjects"),
        ("POST", "/v1/ask"),
        ("POST", "/mcp"),
        ("GET", "/v1/admin/audit"),
        ("GET", "/nowhere"),
    ],
)
def test_nothing_is_told_without_a_key(guarded: Living, method: str, path: str) -> None:
    for key in ("", "wrong", "ü"):
        response = asked(guarded, method, path, json=ASK, headers={
            "Authorization": f"Bearer {key}".encode(),
        } if key else {})  # fmt: skip
        assert response.status_code == 401
        assert response.headers["content-type"] == "application/problem+json"
        challenges = response.headers.get_list("www-authenticate")
        assert [each.split()[0] for each in challenges] == ["Bearer", "Basic"]
        assert "key" in response.json()["detail"]


def test_health_is_told_to_everyone(guarded: Living) -> None:
    assert asked(guarded, "GET", "/healthz").status_code == 200
    assert asked(guarded, "GET", "/readyz").status_code == 200


def test_a_reader_asks_in_every_way(guarded: Living, secrets: SimpleNamespace) -> None:
    assert asked(guarded, "POST", "/v1/ask", secrets.reader, json=ASK).status_code == 200
    basic = httpx.post(f"{guarded.url}/v1/ask", json=ASK, auth=("me", secrets.reader))
    assert basic.status_code == 200
    messages = [{"role": "user", "content": "Kestrel or Osprey?"}]
    with OpenAI(base_url=f"{guarded.url}/v1", api_key=secrets.reader) as client:
        assert client.chat.completions.create(model="ragbot", messages=messages).choices  # type: ignore[call-overload]
    with (
        OpenAI(base_url=f"{guarded.url}/v1", api_key="wrong", max_retries=0) as client,
        pytest.raises(AuthenticationError, match="not known"),
    ):
        client.models.list()


def test_a_reader_is_no_admin(guarded: Living, secrets: SimpleNamespace) -> None:
    for method, path in (("GET", "/v1/admin/audit"), ("POST", "/v1/admin/build")):
        response = asked(guarded, method, path, secrets.reader, json={})
        assert response.status_code == 403
        assert "alice is a reader" in response.json()["detail"]


def test_without_keys_nobody_is_an_admin(client: httpx.Client) -> None:
    response = client.post("/v1/admin/build", json={})
    assert response.status_code == 403
    assert "RAGBOT_KEYS" in response.json()["detail"]


def test_no_page_elsewhere_uses_the_password_of_a_browser(
    guarded: Living, secrets: SimpleNamespace
) -> None:
    headers = {"Origin": "https://evil.example"}
    response = asked(guarded, "POST", "/v1/admin/rollback", secrets.admin, json={}, headers=headers)
    assert response.status_code == 403


def test_a_limited_key_is_told_when_to_go_on(guarded: Living, secrets: SimpleNamespace) -> None:
    left = []
    for _ in range(3):
        response = asked(guarded, "POST", "/v1/ask", secrets.few, json=ASK)
        assert response.status_code == 200
        left.append(response.headers["ratelimit"].split(";")[1])
    assert left == ["r=2", "r=1", "r=0"]
    response = asked(guarded, "POST", "/v1/search", secrets.few, json={"query": "x"})
    assert response.status_code == 429
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert response.headers["ratelimit-policy"] == '"key";q=3;w=60'
    assert asked(guarded, "GET", "/v1/subjects", secrets.few).status_code == 200
    assert asked(guarded, "POST", "/v1/ask", secrets.reader, json=ASK).status_code == 200
    with (
        OpenAI(base_url=f"{guarded.url}/v1", api_key=secrets.few, max_retries=0) as client,
        pytest.raises(RateLimitError),
    ):
        client.chat.completions.create(
            model="ragbot", messages=[{"role": "user", "content": "Kestrel?"}]
        )


def test_an_address_is_limited_and_a_trusted_proxy_tells_which() -> None:
    settings = Settings(per_minute=2, trusted_proxies=("127.0.0.1",))
    with living(settings, ScriptedAssistant()) as service:

        def status(forwarded: str) -> int:
            headers = {"X-Forwarded-For": forwarded}
            return asked(service, "POST", "/v1/ask", json=ASK, headers=headers).status_code

        assert [status("203.0.113.1") for _ in range(3)] == [200, 200, 429]
        assert status("203.0.113.1, 127.0.0.1") == 429
        assert (
            status("198.51.100.7, 203.0.113.1") == 429
        )  # what a client itself says is not looked at
        assert status("198.51.100.7") == 200
        six = [status(f"2001:db8:0:1::{n}") for n in range(1, 4)]
        assert six == [200, 200, 429]


def test_what_nobody_trusts_is_not_believed() -> None:
    with living(Settings(per_minute=2), ScriptedAssistant()) as service:
        found = [
            asked(service, "POST", "/v1/ask", json=ASK, headers={"X-Forwarded-For": f"10.0.0.{n}"})
            for n in range(3)
        ]
        assert [response.status_code for response in found] == [200, 200, 429]


def test_an_admin_builds_and_it_is_written_down(
    guarded: Living, secrets: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "ragbot.py"
    script.write_text("import sys, time\ntime.sleep(1)\nprint('Done:', *sys.argv[1:])\n")
    popen = builders.subprocess.Popen

    def started(command: list[str], **options: object) -> object:
        return popen([command[0], str(script), *command[4:]], **options)  # type: ignore[call-overload]

    fake = SimpleNamespace(Popen=started, DEVNULL=-3, PIPE=-1)
    monkeypatch.setattr(builders, "subprocess", fake)
    begun = asked(guarded, "POST", "/v1/admin/build", secrets.admin, json={"force": True})
    assert (begun.status_code, begun.json()) == (202, {"begun": "build"})
    busy = asked(guarded, "POST", "/v1/admin/sync", secrets.admin, json={"sources": ["x"]})
    assert busy.status_code == 409

    def entries() -> list[dict[str, str]]:
        found: list[dict[str, str]] = asked(
            guarded, "GET", "/v1/admin/audit", secrets.admin
        ).json()["entries"]
        return found

    end = time.monotonic() + 30
    while entries()[0]["outcome"] != "done":
        assert time.monotonic() < end
        threading.Event().wait(0.1)
    done, *before = entries()
    assert (done["who"], done["what"], done["about"]) == ("ops", "build", "--force")
    assert done["detail"] == "Done: build --force --progress json"
    assert {entry["outcome"] for entry in before[:2]} == {"failed", "begun"}
    removed = asked(guarded, "DELETE", "/v1/admin/sources/..%2Fx", secrets.admin)
    assert removed.status_code in (404, 422)


def test_switching_where_there_is_nothing_is_told(
    guarded: Living, secrets: SimpleNamespace
) -> None:
    for path, body in (("activate", {"generation": "7"}), ("rollback", {})):
        response = asked(guarded, "POST", f"/v1/admin/{path}", secrets.admin, json=body)
        assert response.status_code == 409
        assert response.json()["detail"]
    found = asked(guarded, "GET", "/v1/admin/generations", secrets.admin).json()
    assert found == {"generations": []}


def test_what_is_removed_from_the_file_is_let_in_no_more(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    secret, key = keys.made("a", Role.READER)
    keys.write(path, [key])
    assert path.stat().st_mode & 0o077 == 0
    assert secret not in path.read_text()
    now = [0.0]
    ring = Keyring(Settings(keys=str(path)), clock=lambda: now[0])
    assert ring.holder(secret) == key
    path.write_text("nonsense")
    now[0] = 10
    assert ring.holder(secret) == key
    keys.write(path, [])
    now[0] = 20
    assert ring.holder(secret) is None


def test_the_variable_may_hold_the_keys_themselves() -> None:
    secret, key = keys.made("a", Role.ADMIN)
    ring = Keyring(Settings(keys=key.line()))
    assert ring.holder(secret) == key
    with pytest.raises(ConfigError, match="two keys named a"):
        Keyring(Settings(keys=f"{key.line()},{key.line()}"))


def test_beyond_loopback_it_needs_keys_or_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(host: str, port: int) -> None:
        raise ConfigError(f"cannot listen on {host}")

    monkeypatch.setattr(server, "_listen", refused)
    with pytest.raises(ConfigError, match="--open"):
        server.run(Settings(host="0.0.0.0", port=0, index=tmp_path))
    for allowed in ({"open": True}, {"keys": str(tmp_path / "keys.txt")}):
        with pytest.raises(ConfigError, match="cannot listen"):  # it came as far as that
            server.run(Settings(host="0.0.0.0", port=0, index=tmp_path, **allowed))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "LOCALHOST"])
def test_on_any_loopback_it_says_who_may_ask(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    _tell_of_keys(Settings(host=host))
    assert "only this machine may ask" in capsys.readouterr().err


def test_keys_are_made_listed_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keys.txt"
    monkeypatch.setenv("RAGBOT_KEYS", str(path))

    def said(*arguments: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(["keys", *arguments])
        out, err = capsys.readouterr()
        return f"{left.value.code}:{out if left.value.code == 0 else err}"

    secret = said("add", "alice", "--per-minute", "5").removeprefix("0:").strip()
    assert keys.match(secret, keys.read(path)) is not None
    assert said("add", "alice").startswith("1:ragbot: ")
    assert said("list") == "0:alice  reader  5 a minute\n"
    path.chmod(0o640)  # for the group of a service
    assert said("remove", "bob").startswith("1:ragbot: ")
    assert said("remove", "alice").startswith("0:alice is removed")
    assert said("list") == "0:"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["keys.txt"]


def test_nothing_of_a_key_is_logged(
    guarded: Living, secrets: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    asked(guarded, "POST", "/v1/ask", secrets.reader, json=ASK)
    asked(guarded, "POST", "/v1/ask", "wrong-secret", json=ASK)
    digests = json.dumps([keys.digest_of(secrets.reader), secrets.reader, "wrong-secret"])
    assert not [word for word in json.loads(digests) if word in caplog.text]


@pytest.mark.parametrize("keys", ["", " ", "\n"])
def test_keys_that_say_nothing_are_none(keys: str) -> None:
    settings = Settings(keys=keys, host="0.0.0.0")
    assert settings.keys is None
    with pytest.raises(ConfigError, match="no keys are set"):
        must_be_guarded(settings, is_loopback=False)
