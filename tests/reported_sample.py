"""Documents in every markup, and what is asked of them: a row for each kind of reported fault."""

import base64
import json
import re
from dataclasses import dataclass

from .words import ASKING, WordEncoder

TICKS = "`" * 3
PICTURE = base64.b64encode(bytes(range(256)) * 40).decode()
SIGNATURE = "Everybody on deck helps whoever is at the pump until the water is gone."
LINE = "Anchors rust."
TALK = "The watch on the pier keeps a book in which each boat, its master and its load are written."


def cell(kind: str, *source: str, **more: object) -> dict[str, object]:
    return {"cell_type": kind, "source": list(source), **more}


def notebook(*cells: dict[str, object]) -> str:
    return json.dumps({"cells": list(cells), "nbformat": 4, "nbformat_minor": 5})


LEFT = ("The crane of the yard lifts", "nine tons on a calm day and", "is oiled at every new moon.")
RIGHT = ("The winch of the yard pulls", "two tons in any weather and", "is oiled every full moon.")

DOCUMENTS: dict[str, str] = {
    "mooring.md": "# Mooring\n\n## By hand\n\nTake the rope.\n\n~~~python\n# Night\nmoor(1)\n"
    "## Storm\n~~~\n\nA rope moored by hand is tarred twice.\n\n## By winch\n\nUse the lever.\n",
    "berths.md": "# Berths\n\n## North quay\n\nThe north quay is long. Late boats pay double.\n\n"
    "## South quay\n\nThe south quay is short. Late boats pay double.\n",
    "flags.md": f"# Flags\n\n1. Hoist the flag:\n\n   ````md\n   {TICKS}sh\n   # no heading\n"
    f"   {TICKS}\n   ````\n\n   A flag hoisted at noon is lowered at dusk.\n",
    "signals.md": "# Signals\n\n| Signal | Tells | Rank |\n|---|---|---|\n"
    "| `x \\| y` | either lantern burns | 7th |\n| `!x` | that lantern is dark | 3rd |\n",
    "hours.html": f"<main><h1>Hours of the pilot</h1><p>{TALK}</p><p>{TALK} {TALK}</p><table><tr>"
    "<th>Season</th><th>Hours</th></tr><tr><td>Winter</td><td><ul><li>pilots from eight</li>"
    "<li>pilots till three</li></ul></td></tr></table></main>",
    "fees.html": f"<main><h1>Fees</h1><p>{TALK}</p><p>{TALK} {TALK}</p><details><summary>What does "
    "anchoring cost?</summary>Anchoring is free in May.</details><details><summary>Who collects "
    "it?</summary>The warden does.</details><address>Send tolls to locker 52, Eastgate.</address>"
    "</main>",
    "setup.md": '# Compass\n\n=== "Iron hull"\n\n    A compass in iron is swung yearly.\n\n'
    '=== "Oak hull"\n\n    A compass in oak is swung never.\n\n??? note\n\n'
    "    No compass points at the mast.\n",
    "sails.mdx": 'import Sail from "./sail"\n\nexport const wide = 3\n\n# Sails\n\n<Sail a={1}>\n\n'
    "Import sails arrive folded.\n\n</Sail>\n\n{/* a remark */}\n\nExported sails leave rolled.\n",
    "prices.md": "# Prices\n\nA lamp costs $3 and a bell $14, both with max_oil_left set.\n",
    "manual.rst": "Manual\n======\n\n.. include:: <isonum.txt>\n\n.. include:: parts/pump.inc\n\n"
    ".. include:: parts/gone.inc\n\nAt the end the manual tells of buoys painted weekly.\n",
    "parts/pump.inc": "The bilge pump clears forty pails.\n\n.. include:: parts/valve.inc\n",
    "parts/valve.inc": "The valve of the pump closes leftward.\n",
    "knots.ipynb": notebook(cell("markdown", "# Knots\n", "\n", "A bowline never slips.")),
    "broken.ipynb": '{"cells": [',
    "chart.ipynb": notebook(
        cell("markdown", f"# Chart\n\n![c](data:image/png;base64,{PICTURE})\n\nReefs are violet."),
        cell("code", "draw()", outputs=[{"data": {"image/png": PICTURE}}]),
    ),
    "diary.md": "\ufeff---\r\ntitle: Diary of the cook\r\ndate: 2024-02-03\r\n---\r\n# Galley\r\n"
    "\r\nThe cook boils peas on Fridays.\r\n",
    "east.md": "# 港口\n\n灯塔每天傍晚点亮。渡船在早晨出发。\n",
    "signs.md": "# Signs 🚢🧑‍✈️\n\n🚢🧑‍✈️ Smoke means hurry. A second plume 🧨 means danger.\n",
    "hebrew.md": "# נמל\n\n\u200fהרציף נסגר בשעה 19.\n\n"  # noqa: RUF001
    "Only \u202ethe purser\u202c counts coins.\n",
    "watch.md": f"# Watch\n\nThe watch changes every fourth bell. {SIGNATURE}\n",
    "watch of old.txt": f"Watch\n\nThe watch changes every fourth bell. {SIGNATURE}\n",
    "watch-2.md": f"# Watch\n\nThe watch changes every sixth bell. {SIGNATURE}\n",
    "people.md": "# People\n\nMina Sorrel built the pier in 1880. Mina Sorrel was born in Ely.\n",
    "ferry.md": "# Ferry\n\nA seat on the ferry costs four pence. Dogs on the ferry sleep below.\n",
    "paths.md": "# Stores\n\nThe path /srv/hold/crates keeps what is unpaid.\n",
}


@dataclass(frozen=True)
class Row:
    """A kind of fault, a question, and what must be quoted of which place, or never."""

    kind: str
    question: str
    expect: str
    section: tuple[str, ...] = ()
    title: str = ""
    before: str = ""
    never: str = ""


ROWS = (
    Row(
        "a comment in code",
        "What is tarred when moored by hand?",
        "is tarred twice",
        ("Mooring", "By hand"),
    ),
    Row(
        "the same words twice",
        "Late boats pay what on the south quay?",
        "pay double",
        ("Berths", "South quay"),
    ),
    Row("fences in a fence", "When is a hoisted flag lowered?", "is lowered at dusk", ("Flags",)),
    Row("a bar in code in a cell", "Either lantern burns tells signal x?", "either lantern burns"),
    Row("the cell behind it", "What is the rank of either lantern burns?", "7th"),
    Row("a list in a cell", "Pilots in winter from what hours till?", "pilots till three"),
    Row(
        "a summary",
        "What does anchoring cost in May?",
        "Anchoring is free in May",
        ("Fees", "What does anchoring cost?"),
    ),
    Row("an address", "Send tolls to which locker?", "locker 52", ("Fees",)),
    Row("a tab", "Is a compass in oak swung?", "A compass in oak is swung never", never="==="),
    Row("a folded note", "Which compass points at the mast?", "No compass points at the mast"),
    Row(
        "words that look like an import",
        "Import sails arrive how?",
        "Import sails arrive folded",
        never="./sail",
    ),
    Row(
        "words beside a component",
        "Exported sails leave how?",
        "Exported sails leave rolled",
        never="wide",
    ),
    Row(
        "money",
        "What costs a lamp and a bell with oil left set?",
        "$3 and a bell $14, both with max_oil_left",
    ),
    Row("an include", "What clears the bilge pump?", "clears forty pails"),
    Row(
        "an include in it", "How closes the valve of the pump?", "valve of the pump closes leftward"
    ),
    Row(
        "what stands behind includes",
        "The manual tells of buoys painted when?",
        "buoys painted weekly",
    ),
    Row(
        "two columns",
        "When is the crane of the yard oiled?",
        "lifts nine tons on a calm day and is oiled at every new moon",
    ),
    Row("a bare notebook", "Which bowline slips never?", "A bowline never slips"),
    Row("a picture in a notebook", "Reefs are violet?", "Reefs are violet", never=PICTURE[:40]),
    Row(
        "front matter behind a mark",
        "What boils the cook on Fridays?",
        "boils peas",
        ("Galley",),
        "Diary of the cook",
    ),
    Row("pictures in words", "A second plume means danger?", "A second plume 🧨 means danger"),
    Row(
        "turned words",
        "Who counts coins, only the purser?",
        "Only the purser counts coins",
        never="\u202e",
    ),
    Row("copies", "The watch changes every fourth bell?", "changes every fourth bell"),
    Row("a likeness of copies", "The watch changes every sixth bell?", "changes every sixth bell"),
    Row(
        "a person from before",
        "Where was she born?",
        "born in Ely",
        before="Who built the pier?",
    ),
    Row(
        "another topic",
        "A seat on the ferry costs what?",
        "costs four pence",
        before="Who built the pier?",
        never="Sorrel",
    ),
    Row("a slip", "what boils the coook on Frydays", "boils peas"),
    Row("shouting", "THE COOK BOILS WHAT ON FRIDAYS", "boils peas"),
    Row(
        "signs of a path",
        "What keeps the path /srv/hold/crates unpaid?",
        "/srv/hold/crates keeps what is unpaid",
    ),
)


def encoder() -> WordEncoder:
    """One that knows every word of the documents."""
    texts = " ".join((*DOCUMENTS.values(), *LEFT, *RIGHT, LINE)).replace(PICTURE, "").lower()
    return WordEncoder(sorted(set(re.findall(r"\w+", texts)) - ASKING))
