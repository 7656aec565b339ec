"""What invented residents write in their own words, in keeping with how content they are."""

import numpy as np

from portal.demonstration.drawing import Integers

DISSATISFIED = (
    "Er zijn hier te weinig bomen. In de zomer is het veel te warm op straat.",
    "Het gras wordt te vaak gemaaid en er blijft afval liggen.",
    "De plantsoenen zijn slecht onderhouden. Dat was vroeger beter.",
    "Er ligt veel zwerfafval in het park, vooral bij de bankjes.",
    "Bij ons is alles steen. Maak van een paar parkeerplekken een stukje groen.",
    "De speelplek is verouderd en er is geen schaduw.",
    "Hondenpoep op het grasveld. Mijn kinderen kunnen daar niet spelen.",
    "De stoeptegels liggen los door de boomwortels. Met de rollator is dat gevaarlijk.",
)
NEUTRAL = (
    "Het kan wat netter, maar ik heb geen grote klachten.",
    "Het groen is goed, de paden zijn soms slecht begaanbaar.",
    "Meer bloemen en minder gras zou mooi zijn.",
    "Laat bewoners meedenken over wat er geplant wordt.",
    "Een paar extra bankjes zou voor ouderen fijn zijn.",
    "Ik zou graag meer prullenbakken zien.",
)
SATISFIED = (
    "Heel fijn dat er zoveel oude bomen staan. Houden zo!",
    "Wij wonen graag in deze groene buurt.",
    "Het bos op loopafstand is een groot geluk.",
    "De bloemenranden van dit jaar zijn prachtig.",
    "Complimenten voor de mensen van het groenonderhoud.",
    "De nieuwe wandelroute is een aanwinst.",
    "Ik geniet elke dag van de vogels in de tuin en in het park.",
)
WRITES_BY_SATISFACTION = np.array([0.55, 0.45, 0.2, 0.25, 0.35])
TEXTS_BY_SATISFACTION = (DISSATISFIED, DISSATISFIED, NEUTRAL, SATISFIED, SATISFIED)


def open_answers(green_satisfaction: Integers, rng: np.random.Generator) -> list[str]:
    """Return one text per resident, empty for who writes nothing; satisfaction counts from 0 to 4."""
    writes = rng.random(green_satisfaction.size) < WRITES_BY_SATISFACTION[green_satisfaction]
    draws = rng.integers(0, 10_000, green_satisfaction.size)
    return [
        TEXTS_BY_SATISFACTION[level][draw % len(TEXTS_BY_SATISFACTION[level])] if writing else ""
        for level, draw, writing in zip(green_satisfaction.tolist(), draws.tolist(), writes.tolist(), strict=True)
    ]
