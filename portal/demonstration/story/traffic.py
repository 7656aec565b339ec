"""Thirty kilometres an hour: the finished questionnaire, with its feedback."""

from portal.demonstration.story import people
from portal.demonstration.story.asking import numbered, opinion
from portal.demonstration.story.shapes import (
    AnswerStory,
    CommissionDates,
    CommissionStory,
    FeedbackStory,
    WaveDates,
    WaveStory,
)
from surveys.models import BobPhase, Effect, MunicipalityRole
from surveys.questionnaire import QuestionKind, QuestionSpec, WeightingPlan

LIMIT = "Wat vinden inwoners van 30 kilometer per uur als gewone snelheid?"
STREET = "Hoe gaan inwoners op weg, en hoe is het wonen in hun straat?"

COMMISSION = CommissionStory(
    key="traffic",
    title="30 kilometer per uur in de bebouwde kom",
    body=people.COUNCIL,
    author=people.COUNCILLOR,
    dates=CommissionDates(
        created=-312, submitted=-305, advised=-300, accepted=-290, results=-226, papers=-222, decision=-205,
        feedback=-160,
    ),
    pages={
        "waarom": {
            "goal": "Weten of inwoners 30 kilometer per uur als gewone snelheid willen, voordat de raad beslist.",
            "activity": "De raad stelt een verkeersplan vast. Daarin staat per straat hoe hard u mag rijden.",
            "municipality_position": "Het college wil op de meeste wegen 30 kilometer per uur.",
            "municipality_role": MunicipalityRole.DECIDER,
        },
        "ruimte": {
            "room_for_influence": True,
            "enough_interest": True,
            "enough_time": True,
            "why_ask": "De raad kan nog kiezen: overal 30, alleen in woonstraten, of niets veranderen.",
        },
        "hoofdvragen": {"central_questions": [LIMIT, STREET]},
        "besluit": {
            "decision_title": "Verkeersplan (voorbeeld)",
            "decision_url": "https://voorbeeld.example/raad/verkeersplan",
            "bob_phase": BobPhase.JUDGING,
        },
        "ankerpunten": {
            "anchor_points": [
                "De wegen die bussen en ambulances nodig hebben, blijven bereikbaar.",
                "Het plan mag niet meer kosten dan in de begroting staat.",
            ],
            "no_anchor_points": False,
        },
        "belanghebbenden": {
            "shared_interest": "Iedereen wil veilig en op tijd aankomen.",
            "missing_voices": "Kinderen onder 16 jaar en mensen die hier alleen werken.",
            "heard_beside": "Gesprekken op drie scholen en bij twee bedrijven.",
            "consulted_at_start": "Acht inwoners lazen de vragen vooraf.",
        },
        "omvang": {"size_scales": {"size": 6, "attention": 6, "contribution": 5, "nuisance": 4}},
        "gebied": {"area_districts": [], "other_form_reason": ""},
        "niveau": {"level": "think", "intended_use": "weighed"},
        "beloften": {"contact_name": "Anna Wolkenduin", "contact_phone": "030 000 00 01"},
        "toets": {
            "values_answer": "Iedereen kan meedoen, ook per telefoon. Wij vragen niets dat al vaststaat. Het plan past "
            "in de begroting."
        },
    },
    stakeholders=(
        {
            "name": "Fietsers en voetgangers", "interest": "Veilig oversteken en rijden.", "weight": 5,
            "effect": Effect.GAIN, "little_influence": True, "level": "think", "plan_part": "Woonstraten",
            "heard_how": "Het panel en een gesprek op drie scholen.",
        },
        {
            "name": "Ondernemers en bezorgers", "interest": "Op tijd bij de klant zijn.", "weight": 3,
            "effect": Effect.LOSS, "little_influence": False, "level": "think", "plan_part": "Doorgaande wegen",
            "heard_how": "Een gesprek bij twee bedrijven.",
        },
    ),
    advice="De vragen zijn kort en gaan over keuzes die de raad nog kan maken. Vraag ook hoe mensen nu reizen.",
    decision_number="VOORBEELD-P-2025-014",
)  # fmt: skip

QUESTIONS = (
    opinion("speed_limit", LIMIT, "Het gaat om alle wegen in de bebouwde kom, ook de doorgaande wegen."),
    QuestionSpec(
        item_key="speed_objections",
        kind=QuestionKind.SEVERAL,
        text="Waarom vindt u dat niet nodig?",
        hint="U mag meer antwoorden kiezen.",
        options=numbered(
            ("Ik ben dan langer onderweg", "Op brede wegen past het niet", "Niemand houdt zich eraan",
             "De bus wordt langzamer", "Een andere reden")
        ),
        condition={"if": "speed_limit", "is": ["1"]},
        central_question=LIMIT,
    ),
    opinion("bike_trips", STREET, "Tel heen en terug als twee ritten. Fietst u niet? Vul dan 0 in."),
    opinion("living_score", STREET),
    opinion("trust", LIMIT),
)  # fmt: skip

FEEDBACK = FeedbackStory(
    published=-168,
    decision_number="VOORBEELD-R-2026-007",
    decision_on=-205,
    vote="17 voor, 12 tegen",
    link="https://voorbeeld.example/raad/verkeersplan/besluit",
    answers={
        "speed_limit": AnswerStory(
            "partly",
            "De raad kiest 30 kilometer per uur in woonstraten en bij scholen. Op de doorgaande wegen blijft het 50, "
            "omdat bussen en ambulances daar rijden.",
            "De borden in de woonstraten worden vervangen.",
            120,
        ),
        "speed_objections": AnswerStory(
            "adopted",
            "Veel tegenstanders wezen op brede wegen. De raad laat die wegen buiten het plan.",
            "De lijst met wegen staat in het verkeersplan.",
            60,
        ),
        "bike_trips": AnswerStory(
            "adopted",
            "Er wordt veel gefietst. De raad legt eerst twee ontbrekende fietspaden aan.",
            "Het eerste fietspad komt bij het station.",
            240,
        ),
        "living_score": AnswerStory(
            "not_adopted",
            "Het cijfer is goed. De raad ziet geen reden om hiervoor het verkeersplan te wijzigen.",
            "De vraag komt volgend jaar terug, zodat u het verschil kunt zien.",
        ),
        "trust": AnswerStory(
            "undecided",
            "Wie weinig vertrouwen heeft, doet minder vaak mee. De raad wil eerst weten hoe groot dat verschil is.",
            "De griffie voert gesprekken in wijken waar weinig mensen meedoen.",
        ),
    },
    council_finding="Bijna niemand die wij spraken wil 30 kilometer per uur op de doorgaande wegen naar de snelweg.",
    council_answer=AnswerStory(
        "adopted", "De raad laat deze wegen buiten het plan.", "De wegen blijven zoals ze zijn.", 60
    ),
)

PLAN = WeightingPlan(
    variables=("sex", "age", "district", "education"),
    breakdowns=("age", "education"),
    weighting_only=("sex", "district"),
    response_related=("trust",),
)

WAVE = WaveStory(
    key="traffic",
    commission=COMMISSION,
    title="30 kilometer per uur in de bebouwde kom",
    introduction="De raad beslist binnenkort hoe hard u mag rijden. Wij vragen hoe u daarover denkt.",
    minutes=4,
    dates=WaveDates(designed=-285, signed=-278, opens=-265, closes=-251),
    questions=QUESTIONS,
    plan=PLAN,
    signed_outside=True,
    feedback=FEEDBACK,
)
