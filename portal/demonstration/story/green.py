"""Green in the neighbourhood: published, and its feedback is overdue."""

from portal.demonstration.story import people, traffic
from portal.demonstration.story.asking import opinion
from portal.demonstration.story.shapes import CommissionDates, CommissionStory, WaveDates, WaveStory
from surveys.models import BobPhase, Effect, MunicipalityRole
from surveys.questionnaire import QuestionKind, QuestionSpec, WeightingPlan

SATISFIED = "Hoe tevreden zijn inwoners over het groen?"
MONEY = "Waaraan moet de gemeente het geld het eerst uitgeven?"
SQUARE = "Wat moet er op het plein komen?"

COMMISSION = CommissionStory(
    key="green",
    title="Groen en ruimte in uw buurt",
    body=people.SPACE,
    author=people.CHAIR,
    dates=CommissionDates(
        created=-205, submitted=-200, advised=-196, accepted=-188, results=-115, papers=-112, decision=-95, feedback=-41
    ),
    pages={
        "waarom": {
            "goal": "Weten waar het groen beter moet en wat inwoners op het plein willen.",
            "activity": "De commissie bereidt het groenplan voor en het ontwerp van het plein.",
            "municipality_position": "Er is geld voor extra bomen. Waar ze komen, is nog open.",
            "municipality_role": MunicipalityRole.DIRECTOR,
        },
        "ruimte": {
            "room_for_influence": True,
            "enough_interest": True,
            "enough_time": True,
            "why_ask": "De plekken, de volgorde en het ontwerp van het plein liggen nog niet vast.",
        },
        "hoofdvragen": {"central_questions": [SATISFIED, MONEY, SQUARE]},
        "besluit": {
            "decision_title": "Groenplan en ontwerp van het plein (voorbeeld)",
            "decision_url": "https://voorbeeld.example/raad/groenplan",
            "bob_phase": BobPhase.EXPLORING,
        },
        "ankerpunten": {"anchor_points": ["De markt op donderdag blijft."], "no_anchor_points": False},
        "belanghebbenden": {
            "shared_interest": "Een koele, schone buurt waar mensen elkaar ontmoeten.",
            "missing_voices": "Kinderen, en mensen die slecht Nederlands lezen.",
            "heard_beside": "Een wandeling door de buurt en een gesprek in het buurthuis.",
            "consulted_at_start": "Vijf inwoners van het plein.",
        },
        "omvang": {"size_scales": {"size": 5, "attention": 4, "contribution": 5, "nuisance": 3}},
        "gebied": {"area_districts": [], "other_form_reason": ""},
        "niveau": {"level": "think", "intended_use": "better_elaboration"},
        "beloften": {"contact_name": "Kees Honingveld", "contact_phone": "030 000 00 02"},
        "toets": {"values_answer": "Iedereen kan meedoen. De vragen zijn kort. Het geld is er."},
    },
    stakeholders=(
        {
            "name": "Bewoners rond het plein", "interest": "Minder hitte, minder lawaai.", "weight": 5,
            "effect": Effect.BOTH, "little_influence": True, "level": "think", "plan_part": "Het plein",
            "heard_how": "Een wandeling over het plein.",
        },
    ),
    advice="Goed onderwerp voor het panel. Houd de punten en de volgorde apart, dat leest rustiger.",
    decision_number="VOORBEELD-P-2026-021",
)  # fmt: skip

QUESTIONS = (
    opinion("green_satisfaction", SATISFIED),
    QuestionSpec(
        item_key="green_words",
        kind=QuestionKind.OPEN,
        text="Wat wilt u ons vertellen over het groen in uw buurt?",
        hint="Schrijf geen namen of adressen op.",
        central_question=SATISFIED,
    ),
    opinion("neighbourhood_statements", SATISFIED),
    opinion("spending", MONEY, "Geef de meeste punten aan wat u het belangrijkst vindt."),
    opinion("plan_ranking", SQUARE),
)

WAVE = WaveStory(
    key="green",
    commission=COMMISSION,
    title="Groen en ruimte in uw buurt",
    introduction="De commissie Ruimte maakt een groenplan. Vertel wat u goed vindt en wat beter kan.",
    minutes=6,
    dates=WaveDates(designed=-180, signed=-172, opens=-160, closes=-146),
    questions=QUESTIONS,
    plan=WeightingPlan(
        variables=traffic.PLAN.variables,
        breakdowns=("age", "education"),
        weighting_only=("sex", "district"),
    ),
)
