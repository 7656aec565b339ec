"""The ladders as data and the tables of transitions."""

import pytest

import surveys.permissions  # noqa: F401  # registers the permissions that the edges name
from core.administration.forms import LADDERS
from core.errors import TransitionError
from core.permissions import registered
from surveys import ladder
from surveys.lifecycle import COMMISSION_EDGES, WAVE_EDGES, CommissionStatus, WaveStatus, commission_edge, wave_edge


@pytest.mark.parametrize("name", list(ladder.LADDERS))
def test_levels_rise_and_each_has_a_use_that_fits(name):
    levels = ladder.levels(name)
    assert [v.rank for v in levels] == sorted({v.rank for v in levels})
    assert all(ladder.fits(v.code, use.code) for v in levels for use in v.uses)
    assert [v.binding for v in levels] == [False] * (len(levels) - 1) + [True]


def test_only_the_lowest_level_asks_nothing():
    asking = [v.code for v in ladder.levels(ladder.DEFAULT) if ladder.asks_panel(v.code)]
    assert asking == ["think", "join", "decide"]


def test_unknown_names_fall_back_or_give_nothing():
    assert ladder.levels("onbekend") == ladder.levels(ladder.DEFAULT)
    assert ladder.find_level("onbekend") is None
    assert ladder.find_use("onbekend") is None
    assert not ladder.fits("think", "followed")
    assert not ladder.asks_panel("onbekend")


def test_every_edge_names_a_registered_permission():
    assert {*COMMISSION_EDGES.values(), *WAVE_EDGES.values()} <= set(registered())


def test_what_is_not_in_the_tables_is_refused():
    for start in CommissionStatus:
        for to in CommissionStatus:
            if (start, to) not in COMMISSION_EDGES:
                with pytest.raises(TransitionError):
                    commission_edge(start, to)
    for begin in WaveStatus:
        for end in WaveStatus:
            if (begin, end) not in WAVE_EDGES:
                with pytest.raises(TransitionError):
                    wave_edge(begin, end)


def test_closed_cancelled_and_voided_waves_go_nowhere():
    ended = {WaveStatus.CLOSED, WaveStatus.CANCELLED, WaveStatus.VOIDED}
    assert not [edge for edge in WAVE_EDGES if edge[0] in ended]


def test_settings_offer_exactly_the_ladders_that_exist() -> None:
    assert set(LADDERS) == set(ladder.LADDERS), "a name that is not known would silently give the default ladder"
