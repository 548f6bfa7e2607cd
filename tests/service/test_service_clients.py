"""What docs/clients.md shows, run with the real libraries: `make clients` installs them.

They stand in an environment of their own, since they bring a hundred packages that nothing else
needs, and some that the encoder's library would import wherever it finds them.
"""

import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from .living import Living

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv-clients" / "bin"
BLOCK = re.compile(r"^## (\w[^\n]*)\n(?:(?!^## ).)*?```python\n(.*?)```", re.DOTALL | re.MULTILINE)
PROGRAMS = dict(BLOCK.findall((ROOT / "docs" / "clients.md").read_text(encoding="utf-8")))
TOLD = {
    "LangChain": """
found = RagbotRetriever(url={url!r}, limit=2).invoke("speed")
print(json.dumps([[d.page_content[:20], d.metadata["title"], d.metadata["url"]] for d in found]))
""",
    "LlamaIndex": """
found = RagbotRetriever({url!r}, limit=2).retrieve("speed")
print(json.dumps([[n.text[:20], n.metadata["title"], n.metadata["url"]] for n in found]))
""",
}
installed = pytest.mark.skipif(
    not (BIN / "python").exists(), reason="no client libraries; `make clients` installs them"
)


def test_each_program_is_there_and_has_about_ten_lines() -> None:
    assert set(PROGRAMS) == {*TOLD, "Generated clients"}
    for program in PROGRAMS.values():
        compile(program, "docs/clients.md", "exec")
        assert program.count("\n") < 30


@installed
@pytest.mark.parametrize("name", sorted(TOLD))
def test_the_retriever_gives_passages_with_their_addresses(name: str, service: Living) -> None:
    program = f"import json\n{PROGRAMS[name]}\n{TOLD[name].format(url=service.url)}"
    done = subprocess.run(
        [BIN / "python", "-P", "-c", program], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found) == 2
    assert found[0][1] == "Kestrel manual"
    assert found[0][2].startswith("https://kestrel.example/")


@installed
def test_a_generated_client_is_typed(client: httpx.Client, tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    document.write_bytes(client.get("/openapi.json").content)
    command = [BIN / "openapi-python-client", "generate", "--path", document, "--meta", "none"]
    made = subprocess.run(
        [*command, "--output-path", tmp_path / "ragbot_client", "--fail-on-warning"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": str(BIN)},
    )
    assert made.returncode == 0, made.stdout + made.stderr
    (tmp_path / "used.py").write_text(PROGRAMS["Generated clients"], encoding="utf-8")
    looked_at = ["used.py", "ragbot_client/api", "ragbot_client/models"]
    typed = subprocess.run(
        [
            *(BIN / "mypy", "--python-executable", BIN / "python"),
            *("--follow-imports", "silent", "--explicit-package-bases", *looked_at),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert typed.returncode == 0, typed.stdout
    used = subprocess.run(
        [BIN / "python", "used.py", str(client.base_url)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert "1 For a tool on one machine" in used.stdout, used.stderr
