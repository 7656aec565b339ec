"""The demonstration at its real size (long lane): 1,500 members, and the truth inside the margins it promises."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from benchmarks import data
from core import clock, jobs, keystore
from core.db import db
from portal.demonstration import comparing, playing
from portal.demonstration.comparing import Comparison
from portal.demonstration.population import draw_population
from tests.database import TestDatabase
from tests.integration.portal.test_demonstration import TODAY, config_of

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def comparisons(
    whole_app: tuple[Flask, TestDatabase], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Comparison]]:
    """Truth, unweighted and weighted of every figure after the whole load."""
    app, database = whole_app
    own = app.config["PANEL"]
    config = config_of(app, tmp_path_factory.mktemp("whole"))
    app.config["PANEL"] = config
    keystore.configure(config.keystore, config.recovery_keystore)
    with app.app_context(), clock.travel(TODAY):
        database.reset()
        jobs.load()
        played = playing.play(None)
        assert played.tally.members == 1500
        yield comparing.compare(draw_population(played.seed))
        db.session.remove()
    app.config["PANEL"] = own


def test_weighting_mends_most_of_the_gap_on_speed(comparisons: list[Comparison]) -> None:
    yes = next(c for c in comparisons if c.question_key == "speed_limit" and c.label == "Ja")
    assert yes.gap_unweighted > 0.06
    assert yes.gap_weighted < yes.gap_unweighted / 2


def test_nearly_all_margins_hold_the_truth_where_weighting_can_mend(comparisons: list[Comparison]) -> None:
    others = [c for c in comparisons if not c.depends_on_trust]
    assert len(others) > 30
    assert sum(c.holds_truth for c in others) / len(others) >= 0.85


def test_trust_misses_the_truth_in_most_answers(comparisons: list[Comparison]) -> None:
    trust = [c for c in comparisons if c.depends_on_trust]
    assert sum(c.holds_truth for c in trust) <= 1


def test_raking_benchmark_runs_and_reaches_the_margins(tmp_path: Path) -> None:
    data.write(tmp_path)
    command = [sys.executable, "-m", "benchmarks.peers.ours", "raking", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    timings = [json.loads(line) for line in done.stdout.splitlines() if "task" in line]
    assert {timing["n"] for timing in timings if timing["task"] == "raking rows"} == set(data.RAKING_SIZES)
    assert max(timing["error"] for timing in timings) <= data.TARGET
