"""Meeting each other: the questionnaire that is in the field now."""

from dataclasses import replace

from portal.demonstration.story import people, traffic
from portal.demonstration.story.asking import opinion
from portal.demonstration.story.shapes import CommissionDates, CommissionStory, WaveDates, WaveStory
from surveys.models import BobPhase, Effect, MunicipalityRole

PLACES = "Welke plekken gebruiken inwoners om elkaar te ontmoeten?"
LIVING = "Hoe is het wonen en leven in de buurt?"

COMMISSION = CommissionStory(
    key="meeting",
    title="Elkaar ontmoeten in de buurt",
    body=people.COUNCIL,
    author=people.COUNCILLOR,
    dates=CommissionDates(
        created=-66, submitted=-62, advised=-58, accepted=-48, results=32, papers=36, decision=50, feedback=90
    ),
    pages={
        "waarom": {
            "goal": "Weten welke voorzieningen inwoners gebruiken en missen.",
            "activity": "De raad kiest welke gebouwen de gemeente de komende vier jaar onderhoudt.",
            "municipality_position": "Het college wil voorzieningen bij elkaar zetten.",
            "municipality_role": MunicipalityRole.DECIDER,
        },
        "ruimte": {
            "room_for_influence": True,
            "enough_interest": True,
            "enough_time": True,
            "why_ask": "De raad heeft nog geen gebouw gekozen.",
        },
        "hoofdvragen": {"central_questions": [PLACES, LIVING]},
        "besluit": {
            "decision_title": "Plan voor gebouwen in de buurt (voorbeeld)",
            "decision_url": "https://voorbeeld.example/raad/gebouwen",
            "bob_phase": BobPhase.JUDGING,
        },
        "ankerpunten": {"anchor_points": ["De bibliotheek in het centrum blijft open."], "no_anchor_points": False},
        "belanghebbenden": {
            "shared_interest": "Een plek dichtbij waar iedereen welkom is.",
            "missing_voices": "Jongeren onder 16 jaar en mensen die pas in Nederland zijn.",
            "heard_beside": "Gesprekken in twee buurthuizen en op het taalcafé.",
            "consulted_at_start": "De vrijwilligers van het buurthuis.",
        },
        "omvang": {"size_scales": {"size": 4, "attention": 4, "contribution": 6, "nuisance": 2}},
        "gebied": {"area_districts": [], "other_form_reason": ""},
        "niveau": {"level": "join", "intended_use": "joint_elaboration"},
        "beloften": {"contact_name": "Anna Wolkenduin", "contact_phone": "030 000 00 01"},
        "toets": {"values_answer": "Iedereen kan meedoen. Wij vragen alleen wat wij nodig hebben. Het is haalbaar."},
    },
    stakeholders=(
        {
            "name": "Verenigingen en vrijwilligers", "interest": "Een betaalbare zaal.", "weight": 4,
            "effect": Effect.BOTH, "little_influence": False, "level": "join", "plan_part": "Buurthuizen",
            "heard_how": "Gesprekken in twee buurthuizen.",
        },
    ),
    advice="Helder. Vraag ook wat mensen van hun buurt vinden, dan kan de raad het verband zien.",
    decision_number="VOORBEELD-P-2026-048",
)  # fmt: skip

QUESTIONS = (
    opinion("facilities", PLACES, "U mag meer antwoorden kiezen."),
    replace(
        opinion("living_score", PLACES),
        item_key="library_score",
        text="Welk cijfer geeft u de bibliotheek?",
        condition={"if": "facilities", "is": ["1"]},
    ),
    opinion("neighbourhood_statements", LIVING),
    opinion("living_score", LIVING),
    opinion("bike_trips", LIVING, "Tel heen en terug als twee ritten. Fietst u niet? Vul dan 0 in."),
)

WAVE = WaveStory(
    key="meeting",
    commission=COMMISSION,
    title="Elkaar ontmoeten in de buurt",
    introduction="Waar ontmoet u andere mensen? En hoe is het wonen in uw buurt? De raad gebruikt uw antwoorden.",
    minutes=5,
    dates=WaveDates(designed=-40, signed=-25, opens=-8, closes=6),
    questions=QUESTIONS,
    plan=replace(traffic.PLAN, response_related=()),
    part=0.5,
)
