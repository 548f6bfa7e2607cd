"""What ragbot is put somewhere with, held against the tools of those who will: `make containers`.

Linters of the files, and the proxy itself with what docs/operate.md says of it.
"""

import os
import re
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from ragbot.settings import Settings

from .service.living import living
from .service.scripted import ScriptedAssistant

ROOT = Path(__file__).parents[1]
BIN = ROOT / ".venv-containers" / "bin"
CADDYFILE = re.compile(r"```caddyfile\n(.*?)```", re.DOTALL)
COMPOSE = """
import sys, compose_spec, yaml
written = yaml.safe_load(open(sys.argv[1]))  # which puts in what is merged
compose_spec.PyCompose.from_yaml(yaml.safe_dump(written))
"""

pytestmark = pytest.mark.skipif(
    not (BIN / "hadolint").exists(), reason="no linters; `make containers` installs them"
)


@pytest.mark.parametrize(
    "command",
    [
        ["hadolint", "Dockerfile"],
        ["kubernetes-validate", "--strict", "deploy/kubernetes.yaml"],
        ["compose-lint", "--fail-on", "high", "compose.yaml"],
        ["caddy", "validate", "--adapter", "caddyfile", "--config", "deploy/Caddyfile"],
        ["python", "-c", COMPOSE, "compose.yaml"],
    ],
    ids=lambda command: command[0],
)
def test_the_linters_have_nothing_to_say(command: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=ROOT,
        env=os.environ | {"RAGBOT_SITE": "localhost", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_linter_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python\nRUN cd /tmp && sudo ls\n")
    done = subprocess.run([BIN / "hadolint", tmp_path / "Dockerfile"], check=False)
    assert done.returncode == 1


def test_caddy_serves_it_under_a_prefix_as_the_page_says(tmp_path: Path) -> None:
    (written,) = CADDYFILE.findall((ROOT / "docs" / "operate.md").read_text(encoding="utf-8"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        proxy = f"http://127.0.0.1:{free.getsockname()[1]}"
    with living(Settings(trusted_proxies=("127.0.0.1",)), ScriptedAssistant()) as service:
        site = written.replace("docs.example.org", proxy)
        site = site.replace("127.0.0.1:8000", service.url.removeprefix("http://"))
        (tmp_path / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{site}", encoding="utf-8")
        command = [BIN / "caddy", "run", "--adapter", "caddyfile", "--config", "Caddyfile"]
        with (
            (tmp_path / "log").open("w") as log,
            subprocess.Popen(
                command, cwd=tmp_path, env=os.environ | {"HOME": str(tmp_path)}, stderr=log
            ) as caddy,
        ):
            try:
                _wait_for(proxy)
                with httpx.Client(base_url=proxy, trust_env=False, timeout=30) as client:
                    page = client.get("/ragbot/")
                    (script,) = re.findall(r'src="([^"]*page\.js)"', page.text)
                    assert client.get(page.url.join(script)).status_code == 200
                    asked = {"question": "Kestrel or Osprey?"}
                    headers = {"Accept": "text/event-stream"}
                    with client.stream(
                        "POST", "/ragbot/v1/ask", json=asked, headers=headers
                    ) as events:
                        assert next(events.iter_lines()) == "event: answer"
                    document = client.get("/ragbot/openapi.json").json()
                    assert document["servers"] == [{"url": "/ragbot"}]
            finally:
                caddy.terminate()


def _wait_for(address: str) -> None:
    """Until the proxy listens."""
    for _ in range(200):
        try:
            httpx.get(address, trust_env=False)
        except httpx.ConnectError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the proxy does not listen")
