"""What ragbot is put somewhere with: the files say what the service knows, and lock it in."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ragbot.settings import Settings

ROOT = Path(__file__).parents[1]
FILES = ("Dockerfile", "compose.yaml", "deploy/ragbot.service", "deploy/kubernetes.yaml")
NOT_SETTINGS = {"RAGBOT_SITE"}  # a name for Caddy


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_every_variable_is_a_setting(name: str) -> None:
    known = {f"RAGBOT_{field.upper()}" for field in Settings.model_fields}
    found = set(re.findall(r"RAGBOT_[A-Z_]+", text(name)))
    assert found
    assert found - NOT_SETTINGS <= known


def test_the_image_copies_what_its_context_holds_and_runs_as_nobody() -> None:
    dockerfile = text("Dockerfile")
    context = {line[1:] for line in text(".dockerignore").splitlines() if line.startswith("!")}
    copied = {
        word
        for line in re.findall(r"^COPY (?!--from)(.*)$", dockerfile, re.MULTILINE)
        for word in line.split()[:-1]
    }
    assert copied == context
    assert all((ROOT / name).exists() for name in context)
    last = dockerfile[dockerfile.rindex("FROM ") :]
    assert "USER 10001" in last
    assert "HEALTHCHECK" in last
    assert "/healthz" in last


def test_compose_locks_the_service_in() -> None:
    service = yaml.safe_load(text("compose.yaml"))["services"]["ragbot"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["ports"] == ["127.0.0.1:8000:8000"]  # open, so for this machine only
    assert int(service["stop_grace_period"][:-1]) > Settings().finish_seconds + 20


def test_the_manifests_probe_and_limit_the_service() -> None:
    documents = list(yaml.safe_load_all(text("deploy/kubernetes.yaml")))
    assert [one["kind"] for one in documents] == ["PersistentVolumeClaim", "Deployment", "Service"]
    pod: dict[str, Any] = documents[1]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["resources"]["limits"]["memory"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["terminationGracePeriodSeconds"] > Settings().finish_seconds + 20
    names = {variable["name"] for variable in container["env"]}
    assert "RAGBOT_KEYS" in names  # it listens on all addresses


def test_the_unit_is_one(tmp_path: Path) -> None:
    unit = text("deploy/ragbot.service")
    assert "NoNewPrivileges=yes" in unit
    assert "DynamicUser" not in unit  # nobody could give such a user the file of keys
    (user,) = re.findall(r"^User=(\w+)$", unit, re.MULTILINE)
    assert f"\nGroup={user}\n" in unit
    assert re.search(rf"^#   sudo useradd --system .* {user}$", unit, re.MULTILINE)
    assert f"#   sudo chown {user}:{user} /etc/ragbot/keys.txt\n" in unit
    assert int(re.findall(r"TimeoutStopSec=(\d+)", unit)[0]) > Settings().finish_seconds + 20
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze")
    place = tmp_path / "ragbot.service"
    place.write_text(unit.replace("/opt/ragbot/bin/ragbot", "/bin/true"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", place], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
