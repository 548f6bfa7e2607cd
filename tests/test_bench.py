"""What a bench says of its figures: ratios, goals, tables and plots."""

import json
import time
from xml.etree import ElementTree

import numpy as np
import pytest

from .bench import million, report
from .bench.figures import Figure
from .bench.timing import Stopwatch, p50, p95


@pytest.mark.parametrize(
    ("figure", "goal", "reached"),
    [
        (Figure("p", "n", 9.0, "ms", at_most=10), "at most 10 ms", True),
        (Figure("p", "n", 11.0, "ms", at_most=10), "at most 10 ms", False),
        (Figure("p", "n", 0.94, "", 1.0, "x", at_least=0.95), "at least 0.95", False),
        (Figure("p", "n", 0.95, "", 1.0, "x", at_least=0.95), "at least 0.95", True),
        (
            Figure("p", "n", 66.0, "/s", 20.0, "x", at_least=3.3, by_ratio=True),
            "at least 3.3 times",
            True,
        ),
        (
            Figure("p", "n", 65.0, "/s", 20.0, "x", at_least=3.3, by_ratio=True),
            "at least 3.3 times",
            False,
        ),
        (Figure("p", "n", 65.0, "/s", at_least=3.3, by_ratio=True), "at least 3.3 times", None),
        (Figure("p", "n", 65.0, "ms", 20.0, "x"), "", None),
    ],
)
def test_goals(figure, goal, reached):
    assert figure.goal == goal
    assert figure.reached is reached


def test_a_ratio_is_ours_to_theirs():
    assert Figure("p", "n", 30.0, "/s", 10.0, "x").ratio == 3
    assert Figure("p", "n", 30.0, "/s").ratio is None
    assert Figure("p", "n", 30.0, "/s", 0.0, "x").ratio is None


def test_percentiles():
    values = [float(value) for value in range(100, 0, -1)]
    assert p50(values) == 50.5
    assert p95(values) == 96
    assert p95([3.0]) == 3


def test_the_watch_counts_what_runs_inside_another_once_and_leaves_no_trace(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])

    class Worker:
        def outer(self) -> str:
            now[0] += 2
            return self.inner()

        def inner(self) -> str:
            now[0] += 3
            return "done"

    plain = Worker.outer, Worker.inner
    with Stopwatch((Worker, "outer"), (Worker, "inner")) as watch:
        assert Worker().outer() == "done"
        Worker().inner()
        assert watch.milliseconds == 8000
        watch.restart()
        Worker().inner()
    Worker().inner()
    assert watch.milliseconds == 3000
    assert (Worker.outer, Worker.inner) == plain


FIGURES = (
    Figure("encoding", "passages a second", 93.2, "/s", 28.0, "a <plain> loop", at_least=3.3),
    Figure("start", "memory", 1234.5, "MB", at_most=600),
    Figure("start", "nothing took time", 0.0, "ms", 0.001, "another"),
)


def test_the_table_says_what_was_reached():
    first, second, _ = report.rows(FIGURES)
    assert first[2:5] == ("93.2/s", "28/s (a <plain> loop)", "3.33")
    assert second == ("start", "memory", "1,234 MB", "", "", "at most 600 MB", "missed")


def test_what_is_written_can_be_read_again(tmp_path):
    report.write(FIGURES, "a & b", tmp_path / "results")
    content = json.loads((tmp_path / "results" / "bench.json").read_text())
    assert content["figures"][0]["value"] == 93.2
    lines = (tmp_path / "results" / "bench.md").read_text().splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == len(FIGURES) + 2
    assert len({line.count("|") for line in table}) == 1
    picture = ElementTree.parse(tmp_path / "results" / "bench.svg").getroot()
    bars = picture.findall("{http://www.w3.org/2000/svg}rect")[1:]
    widths = [float(bar.get("width")) for bar in bars]
    assert widths[:2] == [report.WIDTH, pytest.approx(report.WIDTH * 28 / 93.2, abs=0.1)]
    assert len(widths) == 4


def test_made_up_vectors_lie_in_clusters_and_are_the_same_every_time():
    vectors, queries = million.made_up(3000)
    again, _ = million.made_up(3000)
    assert np.array_equal(vectors, again)
    assert np.linalg.norm(vectors.astype(np.float32), axis=1) == pytest.approx(1, abs=1e-2)
    cosines = np.sort(queries @ vectors.astype(np.float32).T, axis=1)
    assert np.median(cosines[:, -10]) > 0.4
    assert abs(np.median(cosines)) < 0.05
