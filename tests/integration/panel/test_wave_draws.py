"""The draw of a wave is the published one: anybody repeats it from the seed and the numbers of the members."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from analysis.recruitment.draws import draw_sample
from analysis.recruitment.frames import sampling_frame
from core import clock
from panel import wave_draws
from panel.profiles import Address


@pytest.mark.parametrize("seed", [1, 7, 20261122])
def test_one_person_per_household_is_the_one_of_the_published_algorithm(make: SimpleNamespace, seed: int) -> None:
    make.core.complete_settings()
    make.panel.figures()
    homes = [Address("Voorbeeldlaan", str(n // 3 + 1), "3701 AB", "Zeist") for n in range(12)]
    members = [make.panel.member(address=home) for home in homes]
    found = wave_draws.invitable(clock.now() + timedelta(minutes=1), seed=seed)
    frame = sampling_frame([str(m.id) for m in members], households=np.repeat(np.arange(4), 3))
    drawn = draw_sample(frame, 4, str(seed), one_per_household=True)
    assert {i.member_id for i in found} == {members[row].id for row in drawn.chosen.tolist()}
