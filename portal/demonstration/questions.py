"""The questions of the demonstration on which every invented resident has an opinion."""

from dataclasses import dataclass
from enum import StrEnum


class OpinionKind(StrEnum):
    """What the answers of one question look like as an array (n residents)."""

    SINGLE = "single"  # (n,) position in options
    SCORE = "score"  # (n,) 0-10
    NUMBER = "number"  # (n,) whole number
    SEVERAL = "several"  # (n, options) 0 or 1
    MATRIX = "matrix"  # (n, items) position in options
    RANKING = "ranking"  # (n, options) place, 1 is first
    BUDGET = "budget"  # (n, options) points, together 100


@dataclass(frozen=True)
class OpinionQuestion:
    """A question with the Dutch words of its options and, for a matrix, of its items."""

    key: str
    kind: OpinionKind
    text: str
    options: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    depends_on_trust: bool = False


AGREEMENT = ("Helemaal niet eens", "Niet eens", "Niet eens, niet oneens", "Eens", "Helemaal eens")

QUESTIONS: dict[str, OpinionQuestion] = {
    question.key: question
    for question in (
        OpinionQuestion(
            "green_satisfaction",
            OpinionKind.SINGLE,
            "Hoe tevreden bent u over het groen in uw buurt?",
            ("Zeer ontevreden", "Ontevreden", "Niet tevreden, niet ontevreden", "Tevreden", "Zeer tevreden"),
        ),
        OpinionQuestion(
            "spending",
            OpinionKind.BUDGET,
            "U mag 100 punten verdelen. Hoeveel punten geeft u aan elk doel?",
            (
                "Groen en water",
                "Veilige wegen en fietspaden",
                "Betaalbare woningen",
                "Zorg en hulp in de buurt",
                "Sport en cultuur",
            ),
        ),
        OpinionQuestion(
            "plan_ranking",
            OpinionKind.RANKING,
            "Zet de vier plannen voor het plein op volgorde. Zet het beste plan op plaats 1.",
            (
                "Meer bomen en bankjes",
                "Een speelplek voor kinderen",
                "Meer plek om te parkeren",
                "Een markt en een terras",
            ),
        ),
        OpinionQuestion("living_score", OpinionKind.SCORE, "Welk cijfer geeft u voor het wonen en leven in uw buurt?"),
        OpinionQuestion("bike_trips", OpinionKind.NUMBER, "Hoeveel ritten maakt u in een gewone week met de fiets?"),
        OpinionQuestion(
            "facilities",
            OpinionKind.SEVERAL,
            "Van welke voorzieningen maakte u in het afgelopen jaar gebruik?",
            ("Bibliotheek", "Zwembad", "Sportveld of sporthal", "Buurthuis", "Theater", "Milieustraat"),
        ),
        OpinionQuestion(
            "neighbourhood_statements",
            OpinionKind.MATRIX,
            "Wat vindt u van deze uitspraken over uw buurt?",
            AGREEMENT,
            (
                "Mensen in mijn buurt helpen elkaar.",
                "Mijn buurt is schoon.",
                "Ik voel mij in mijn buurt 's avonds veilig.",
                "In mijn buurt is genoeg te doen voor jongeren.",
            ),
        ),
        OpinionQuestion(
            "speed_limit",
            OpinionKind.SINGLE,
            "Moet de snelheid op alle wegen in de bebouwde kom 30 kilometer per uur worden?",
            ("Nee", "Ja"),
        ),
        OpinionQuestion(
            "trust",
            OpinionKind.SINGLE,
            "Hoeveel vertrouwen heeft u in hoe de gemeente wordt bestuurd?",
            ("Heel weinig", "Weinig", "Niet veel en niet weinig", "Veel", "Heel veel"),
            depends_on_trust=True,
        ),
    )
}
