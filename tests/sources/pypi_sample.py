"""A small wheel with every construct that the pypi source knows, and an index that serves it."""

import base64
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from ragbot.progress import Silent
from ragbot.sources.catalog import Entry
from ragbot.sources.fetching import Fetched, Locked
from ragbot.sources.pypi.fetch import fetch_pypi
from ragbot.sources.pypi.recipe import PypiObtain
from ragbot.types import Authority, Source, SourceKind

RECORD = "toolbox-1.2.0.dist-info/RECORD"
TRAP = "raise SystemExit('a module of the package was run')\n"
FILES = {
    "toolbox/__init__.py": TRAP
    + """
from toolbox.wood import *
from toolbox.metal import Hammer as Hammer, _hidden
__all__ = ["Hammer", "saw", "Plane"]
__all__ += ["weigh"]
__all__.append("glue")
from toolbox import glue_docs
import open_nothing
""",
    "toolbox/wood.py": TRAP
    + '''
from toolbox.notes import shared, CARE
__all__ = ["saw", "Plane", "weigh", "bend"]

def saw(board, *, teeth=24, wet: bool = False):
    """Saw a board, {manner}.

    Args:
        board: What is cut.
        teeth: How fine it is.
    """

saw.__doc__ = saw.__doc__.format(manner="slowly")

class Base:
    def sharpen(self, angle=30):
        """Make it sharp again."""
    def _oil(self):
        """Nobody's business."""

class Plane(Base):
    __doc__ = (r"""Makes wood flat.

    {wear_note}
    """ + r"""
    Shavings are thin. """.format(**shared)).replace("{wear_note}", CARE) + """
    """
    def __init__(self, width=4.5, momentum=0.99):
        self.width = width
    @classmethod
    def old(cls, year):
        """A plane of that year."""
    @property
    def weight(self):
        """How heavy it is."""

def _weigh_impl(thing):
    """weigh(thing, unit="kg") -> float

    Tell the weight.
    """
weigh = wrap(_weigh_impl)

def bend(board, *args, **kwargs):
    """bend(board, radius, *, steam=True) -> Board

    Bends a board.
    """
''',
    "toolbox/notes.py": TRAP
    + '''
def parse(desc):
    return run(desc)
shared = {"wear_note": "worn"}
CARE = f"""Keep it {'d' + 'ry'}."""
args = merge(parse("""
    board (Board): the board to treat.
        It may be long.
    layers (int, optional): how many. Default: 2.
"""), {"more": "nothing more"})
''',
    "toolbox/metal.py": TRAP
    + '''
from toolbox import wood
class Hammer(wood.Base):
    """Hits things."""
def _hidden():
    """Hidden."""
Hammer.__doc__ = Hammer.__doc__ + " {{care}}"
Hammer.__doc__ = Hammer.__doc__.replace("{{care}}", wood.CARE)
''',
    "toolbox/glue_docs.py": TRAP
    + '''
import toolbox._core
from toolbox._core import _attach as attach
from toolbox.notes import args
attach(toolbox.glue, r"""glue(board, layers=2, *, out=None) -> Board

Glues a board.

Args:
    {board}
    {layers}

Example::

    >>> glue(b)
    Board
""".format(**args))
def attach_all(method, text):
    attach(getattr(toolbox._core.Board, method), text)
attach_all("cut_", """
cut_(at) -> Board

In-place version of :meth:`~toolbox.Board.cut`
""")
attach(toolbox._secret, "Nobody reads this.")
''',
    "toolbox/ops.py": TRAP
    + '''
from toolbox.marks import exported
@exported("math.join", "join", v1=["math.join", "join", "glue_up"])
def join_v2(a, b, axis=0):
    return 1
join_v2.__doc__ = join.__doc__
@exported(v1=["clamp"])
@deprecated(None, "Use `tb.join` instead.")
def clamp(a):
    """Hold it."""
@exported(["shapes.Round", "Round"])
class Round:
    """A round thing."""
def join(a, b):
    """Join two boards."""
Raw = exported("raw.Join")(to_raw(join_v2))
def untold(a):
    """Has no public name."""
setattr(Round, "__doc__", Round.__doc__ + " Very.")
''',
    "toolbox/tests/thing.py": TRAP + "@exported('Bad')\ndef bad(): 'no'\n",
    "toolbox/broken.py": "exported = (\n",
    "toolbox-1.2.0.dist-info/METADATA": "Metadata-Version: 2.4\nName: toolbox\nVersion: 1.2.0\n"
    "License-Expression: MIT\n",
    "toolbox-1.2.0.dist-info/licenses/LICENSE": "Do as you like.\n",
}
RULES = {
    "kind": "pypi",
    "package": "toolbox",
    "modules": ["toolbox"],
    "public": {"toolbox": "toolbox"},
    "exports": {"exported": {"prefix": "tb.", "deprecated": {"v1": "tb.old."}}},
    "attach": {"attach": "{0}", "attach_all": "toolbox.Board.{0}"},
    "leave_out": ["tb.raw.*"],
    "url": [
        {"of": "members", "url": "https://example.org/{slashes}#{member}"},
        {"match": r"tb\.(?P<page>\w+)\.", "url": "https://example.org/{page}/{version}"},
        {"url": "https://example.org/{major_minor}/{name}?{path}"},
    ],
}


def record_of(files: dict[str, str]) -> str:
    """The RECORD that lists these files with their checksums."""
    sums = {
        name: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        for name, text in files.items()
    }
    rows = [f"{name},sha256={digest},{len(files[name])}" for name, digest in sums.items()]
    return "\n".join([*rows, "toolbox/_core.so,,", f"{RECORD},,", ""])


def make_wheel(
    files: dict[str, str] | None = None, padding: int = 3_000_000, record: str | None = None
) -> bytes:
    """A wheel of these files, with a large binary between them that nobody wants.

    `record` is its RECORD, None for the right one, "" for none.
    """
    files = files or FILES
    record = record_of(files) if record is None else record
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for index, (name, text) in enumerate(
            (files | ({RECORD: record} if record else {})).items()
        ):
            archive.writestr(name, text)
            if index == 1:
                archive.writestr("toolbox/_core.so", bytes(padding), zipfile.ZIP_STORED)
    return held.getvalue()


@dataclass
class Index:
    """What the server has and what it was asked; `broken_after` ends each wheel's answer early."""

    wheel: bytes
    has_ranges: bool = True
    is_json: bool = True
    broken_after: int | None = None
    versions: tuple[str, ...] = ("1.1.0", "1.2.0", "2.0.0rc1")
    sent: int = 0
    requests: list[str] = field(default_factory=list)
    url: str = ""
    checksum: str | None = None
    moved: dict[str, str] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)

    def page(self) -> tuple[str, bytes]:
        digest = hashlib.sha256(self.wheel).hexdigest() if self.checksum is None else self.checksum
        names = [f"toolbox-{version}-py3-none-any.whl" for version in self.versions]
        names.append("toolbox-1.2.0-cp311-cp311-win_amd64.whl")
        names.append("toolbox-1.2.0.tar.gz")
        if not self.is_json:
            links = [f'<a href="../../f/{n}#sha256={digest}">{n}</a><br>' for n in names]
            return "text/html", "\n".join(links).encode()
        files = [
            {
                "filename": name,
                "url": f"{self.url}/f/{name}",
                "hashes": {"sha256": digest},
                "upload-time": "2026-05-04T01:02:03Z",
            }
            for name in names
        ]
        return "application/vnd.pypi.simple.v1+json", json.dumps({"files": files}).encode()


@contextmanager
def serving(index: Index) -> Iterator[Index]:
    """Serve an index on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.requests.append(f"{self.path} {self.headers.get('Range', '')}".strip())
            index.logins.append(self.headers.get("Authorization", ""))
            if self.path in index.moved:
                self.answer(302, b"", {"Location": index.moved[self.path]})
            elif self.path == "/simple/toolbox/":
                kind, body = index.page()
                self.answer(200, body, {"Content-Type": kind})
            elif self.path.startswith("/f/"):
                self.wheel()
            else:
                self.answer(404, b"", {})

        def wheel(self) -> None:
            match = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
            size = len(index.wheel)
            if match is None or not index.has_ranges:
                self.answer(200, index.wheel, {})
                return
            start = int(match[1]) if match[1] else max(size - int(match[2]), 0)
            end = int(match[2]) if match[1] else size - 1
            told = {"Content-Range": f"bytes {start}-{end}/{size}"}
            self.answer(206, index.wheel[start : end + 1], told)

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if index.broken_after is not None and self.path.startswith("/f/"):
                body = body[: max(index.broken_after - index.sent, 0)]
            self.wfile.write(body)
            if self.path.startswith("/f/"):
                index.sent += len(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    index.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Held:
    """A shelf in memory."""

    documents: dict[str, Fetched] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def put(self, document: Fetched) -> None:
        assert document.path not in self.documents
        self.documents[document.path] = document

    def keep(self, path: str) -> None:
        raise AssertionError(path)

    def problem(self, path: str, reason: str) -> None:
        self.problems[path] = reason

    def told(self, name: str) -> dict:
        return json.loads(self.documents[f"{name}.json"].content)


def make_entry(**rules: object) -> Entry:
    source = Source(
        id="toolbox-api", title="Toolbox", author="", publisher="", url="unknown",
        published="undated", updated="undated", version="", authority=Authority.OFFICIAL,
        subjects=(), licence="", kind=SourceKind.DOCUMENTATION,
    )  # fmt: skip
    return Entry(source, PypiObtain.model_validate(RULES | rules))  # type: ignore[arg-type]


def fetch(
    index: Index, scratch: Path, before: Locked | None = None, login: str = "", **rules: object
) -> tuple[Held, Locked | None]:
    shelf = Held()
    url = f"{index.url}/simple".replace("//", f"//{login}@" if login else "//")
    locked = fetch_pypi(make_entry(**rules), before, shelf, scratch, Silent(), index_url=url)
    return shelf, locked
