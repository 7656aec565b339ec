"""Waste: the questionnaire that is still being designed, and a commission that never got further than a draft."""

from dataclasses import replace

from portal.demonstration.story import green, meeting, people, traffic
from portal.demonstration.story.asking import numbered
from portal.demonstration.story.shapes import CommissionDates, WaveDates, WaveStory
from surveys.questionnaire import QuestionKind, QuestionSpec

COLLECTING = "Hoe kan het afval beter worden opgehaald?"

COMMISSION = replace(
    meeting.COMMISSION,
    key="waste",
    title="Afval scheiden en ophalen",
    body=people.PRESIDIUM,
    deciding_body=people.COUNCIL,
    dates=CommissionDates(
        created=-32, submitted=-28, advised=-24, accepted=-14, results=75, papers=78, decision=95, feedback=140
    ),
    pages={
        **meeting.COMMISSION.pages,
        "waarom": {
            **meeting.COMMISSION.pages["waarom"],
            "goal": "Weten wat inwoners helpt om minder restafval te hebben.",
            "activity": "De raad kiest hoe vaak het afval wordt opgehaald en waar de containers staan.",
            "municipality_position": "De kosten mogen niet stijgen.",
        },
        "ruimte": {**meeting.COMMISSION.pages["ruimte"], "why_ask": "De manier van ophalen ligt nog niet vast."},
        "hoofdvragen": {"central_questions": [COLLECTING]},
        "besluit": {
            **meeting.COMMISSION.pages["besluit"],
            "decision_title": "Afvalplan (voorbeeld)",
            "decision_url": "https://voorbeeld.example/raad/afvalplan",
        },
        "ankerpunten": {"anchor_points": ["Glas en papier blijven apart."], "no_anchor_points": False},
        "belanghebbenden": {
            "shared_interest": "Schone straten en lage kosten.",
            "missing_voices": "Mensen in een instelling.",
            "heard_beside": "Een gesprek met twee instellingen.",
            "consulted_at_start": "De bewonersraad van de huurders.",
        },
    },
    stakeholders=(
        {
            **meeting.COMMISSION.stakeholders[0],
            "name": "Bewoners van flats", "interest": "Een container dichtbij.", "plan_part": "Containers",
        },
    ),
    advice="Vraag naar wat mensen nu doen, en daarna pas naar wat zij willen.",
    decision_number="VOORBEELD-R-2026-031",
)  # fmt: skip

QUESTIONS = (
    QuestionSpec(
        item_key="separating",
        kind=QuestionKind.SINGLE,
        text="Scheidt u thuis uw afval?",
        options=numbered(("Ja, bijna alles", "Ja, een deel", "Nee")),
        central_question=COLLECTING,
    ),
    QuestionSpec(
        item_key="no_separating",
        kind=QuestionKind.SEVERAL,
        text="Waarom scheidt u uw afval niet?",
        options=numbered(("Ik heb geen ruimte", "De container is te ver", "Het is mij niet duidelijk", "Iets anders")),
        condition={"if": "separating", "is": ["3"]},
        central_question=COLLECTING,
    ),
    QuestionSpec(
        item_key="collecting_score",
        kind=QuestionKind.SCORE,
        text="Welk cijfer geeft u het ophalen van het afval?",
        minimum=0,
        maximum=10,
        low_label="heel slecht",
        high_label="heel goed",
        central_question=COLLECTING,
    ),
    QuestionSpec(
        item_key="waste_words",
        kind=QuestionKind.OPEN,
        text="Wat kan er beter?",
        central_question=COLLECTING,
    ),
)

WAVE = WaveStory(
    key="waste",
    commission=COMMISSION,
    title="Afval scheiden en ophalen",
    introduction="De raad maakt een afvalplan. Wij vragen wat u helpt.",
    minutes=3,
    dates=WaveDates(designed=-6, opens=25, closes=39),
    signed_outside=True,
    sample_share=0.6,
    questions=QUESTIONS,
    plan=replace(traffic.PLAN, response_related=()),
)

DRAFT = replace(
    green.COMMISSION,
    key="trees",
    title="Bomen langs de winkelstraat",
    dates=replace(green.COMMISSION.dates, created=-5),
)
