"""The benchmarks' machinery: its words, its protocol, its statistics and its report. No time is judged here."""

import io
import json
import math
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bench.measure
from bench.__main__ import main
from bench.alone import alone
from bench.catalogue import PARTS, Row, Side, all_rows, chosen
from bench.environments import Environment, UnavailableError
from bench.measure import difference, measured
from bench.partner import ROOT, Partner, PartnerError
from bench.report import as_json, as_markdown, duration, stored, verdict
from bench.statistics import quantile, slope, summary

SMALL = {"name": "univariate-small", "n": 1, "k": 0, "m": 50, "reach": 2.0, "axes": (0, 1)}
LOOP = Side("", "bench.peers.numpy_loop", "landscape")


def small_row(**others: Any) -> Row:
    words: dict[str, Any] = {
        "name": "small", "title": "a small one", "ours": Side("", "bench.ours", "landscape"), "peer": LOOP,
        "target": 1e-9, "problem": ("axes", SMALL), "sizes": {"m": 50, "G": 9}, "rounds": 2, "at_least": 0.0,
        "options": {"model": "univariate", "k": 0, "grid": 9},
    }  # fmt: skip
    return Row(**{**words, **others})


def made_up(**others: Any) -> dict[str, Any]:
    row = {
        "name": "a", "title": "some work", "peer": "somebody", "sizes": {"m": 1000}, "target": 5.0,
        "ours": summary([0.001, 0.002, 0.003]), "theirs": summary([0.02, 0.02, 0.02]), "ratio": 10.0, "met": True,
        "p95_below": None, "share": 1.0, "rounds": 3, "repeated": 1, "difference": 1e-12, "tolerance": 1e-9,
        "checked": "losses", "notes": ["a note"], "versions": {"ours": {"numpy": "2.0"}, "peer": {"other": "1.0"}},
    }  # fmt: skip
    return {**row, **others}


def test_the_list_names_every_row_and_part(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--list"], tmp_path) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names == [*all_rows(), *PARTS]
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_is_one_sentence_and_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["linear", "nonsense"], tmp_path) == 2
    assert capsys.readouterr().err == "There is nothing called nonsense to measure: --list tells the names.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_name_stands_for_those_that_go_on_with_a_hyphen() -> None:
    assert chosen(["linear"]) == (["linear-loop", "linear-jax"], [])
    assert chosen(["lateness"]) == (["lateness"], [])


def test_statistics_are_numpys() -> None:
    values = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6]
    for share in (0.0, 0.25, 0.5, 0.95, 1.0):
        assert quantile(values, share) == pytest.approx(np.quantile(values, share), rel=1e-14)
    assert summary([2.0])["p95"] == 2.0


def test_the_slope_of_a_power_is_its_exponent() -> None:
    sizes = [10.0, 100.0, 1000.0]
    assert slope(sizes, [5.0 * size**1.5 for size in sizes]) == pytest.approx(1.5, rel=1e-12)
    assert slope([10.0], [1.0]) is None
    assert slope([10.0, 10.0], [1.0, 2.0]) is None


def test_differences_follow_the_peers_sample() -> None:
    ours = {"loss": np.arange(1.0, 10.0)}
    assert difference(ours, {"index": np.array([2, 4]), "loss": np.array([3.0, 5.0])}) == 0.0
    assert difference(ours, {"index": np.array([2]), "loss": np.array([3.5])}) == pytest.approx(0.5 / 3.0)
    assert math.isinf(difference(ours, {"loss": np.full(9, np.nan)}))
    assert math.isinf(difference(ours, {"other": np.ones(1)}))


def test_a_tiny_comparison_runs_through_both_processes() -> None:
    found = measured(small_row(), quick=False)
    assert "reason" not in found, found.get("reason")
    assert found["difference"] < 1e-12
    assert found["rounds"] == 2
    assert len(found["seconds"]["ours"]) == len(found["seconds"]["peer"]) == 2
    assert found["ratio"] == pytest.approx(found["theirs"]["median"] / found["ours"]["median"])


def test_a_sampled_peer_is_extrapolated_and_says_so() -> None:
    found = measured(small_row(points=27), quick=False)
    assert found["share"] == pytest.approx(27 / 81)
    assert "peer extrapolated from 27 of 81 points" in found["notes"]


def test_unequal_sides_are_not_timed() -> None:
    found = measured(small_row(tolerance=-1.0), quick=True)
    assert "ratio" not in found
    assert verdict(found).startswith("not equal")


def test_a_process_answers_errors_and_lives_on(tmp_path: Path) -> None:
    problem = tmp_path / "problem.npz"
    np.savez(problem, nothing=np.ones(1))
    with Partner(sys.executable, LOOP.module) as partner:
        for _ in range(2):
            with pytest.raises(PartnerError, match="KeyError"):
                partner.prepare("landscape", problem, {"model": "univariate", "k": 0, "grid": 3, "points": None})


def test_a_process_that_ends_says_its_last_words(tmp_path: Path) -> None:
    with Partner(sys.executable, "bench.peers.missing") as partner, pytest.raises(PartnerError, match="ended with"):
        partner.prepare("landscape", tmp_path / "problem.npz", {})


def test_a_peer_that_cannot_be_installed_is_a_row_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def unavailable(_: Environment) -> str:
        raise UnavailableError("can't be installed here: no such package")

    rows = {
        "first": small_row(name="first", peer=Side("torch", "bench.peers.torch_steps", "steps")),
        "second": small_row(name="second"),
    }
    monkeypatch.setattr(bench.measure, "ready_python", unavailable)
    monkeypatch.setattr("bench.catalogue.all_rows", lambda: rows)
    monkeypatch.setattr("bench.__main__.all_rows", lambda: rows)
    monkeypatch.setattr("bench.__main__.machine", lambda: {"processor": "one"})
    assert main(["first", "second", "--quick"], tmp_path) == 0
    report: Mapping[str, Any] = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert verdict(report["rows"]["first"]) == "not measured: can't be installed here: no such package"
    assert "ratio" in report["rows"]["second"]
    assert "not measured: can't be installed here" in (tmp_path / "report.md").read_text(encoding="utf-8")
    capsys.readouterr()


def test_the_report_of_made_up_rows() -> None:
    rows = {"a": made_up(), "b": made_up(name="b", ratio=2.0, met=False, share=0.1)}
    text = as_markdown({"machine": {"processor": "one"}, "rows": rows})
    assert "- processor: one" in text
    assert "| some work — somebody | m = 1,000 | 2 ms (1.5 ms–2.5 ms) | 20 ms (20 ms–20 ms) | 10× | 5× | met |" in text
    assert "20 ms (20 ms–20 ms) *extrapolated* | 2× | 5× | missed: 40% of the target |" in text
    assert "| a | losses: 1.0e-12 (at most 1e-09) | 3 rounds of 1 | a note | ours: numpy 2.0; peer: other 1.0 |" in text


def test_the_report_of_what_drawing_takes() -> None:
    cases = [
        {"title": "a step", "median": 0.0121, "p95": 0.02, "most": 0.016, "met": True},
        {"title": "a surface", "median": 0.04, "p95": 0.05, "most": 0.033, "met": False},
        {"title": "another", "most": 0.033, "reason": "no display"},
    ]
    text = as_markdown({"machine": {}, "drawing": cases})
    assert "| a step | 12.1 ms | 20 ms | 16 ms | met |" in text
    assert "| a surface | 40 ms | 50 ms | 33 ms | missed |" in text
    assert "| another | no display |" in text


def test_a_process_of_its_own_answers_or_says_why_not() -> None:
    words = {"problem": ("axes", SMALL), "options": {"model": "univariate", "k": 0, "grid": 9}}
    assert 0.0 < alone("bench.cost", words)["seconds"] < 60.0
    assert alone("bench.cost", {"problem": ("axes", SMALL)}) == {"reason": "KeyError: 'options'"}


def test_a_limit_in_milliseconds_is_told_beside_the_factor() -> None:
    row = made_up(met=False, p95_below=0.001)
    assert verdict(row) == "missed: 95th percentile 2.9 ms instead of 1 ms"


def test_durations_have_three_digits_and_a_fitting_unit() -> None:
    told = [duration(seconds) for seconds in (2e-6, 0.01234, 3.0, 4321.0)]
    assert told == ["2 µs", "12.3 ms", "3 s", "4,321 s"]


def test_a_stored_report_comes_back_and_a_broken_one_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    assert stored(path) == {}
    path.write_text(as_json({"rows": {"a": made_up()}}), encoding="utf-8")
    assert stored(path)["rows"]["a"]["target"] == 5.0
    path.write_text("{", encoding="utf-8")
    assert stored(path) == {}


def test_peers_import_nothing_of_the_program() -> None:
    for path in (ROOT / "bench" / "peers").glob("*.py"):
        assert "landscape_app" not in path.read_text(encoding="utf-8"), path.name


def test_the_module_lists_from_a_shell() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--list", "contours"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = io.StringIO(done.stdout).readlines()
    assert [line.split()[0] for line in lines] == ["contours-isocurve", "contours-matplotlib"]
