"""The participation ladders as data: each level with its plain words and the uses of the outcome bound to it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Use:
    """What will be done with the outcome."""

    code: str
    label: str
    promise: str


@dataclass(frozen=True)
class Level:
    """A level of a ladder: its rank decides what is a rise; `binding` means the body follows the choice."""

    code: str
    label: str
    plain: str
    rank: int
    uses: tuple[Use, ...]
    binding: bool = False


WEIGHED = Use("weighed", "meegewogen in de oordeelsvorming", "Uw antwoorden tellen mee als wij een oordeel vormen.")
ELABORATED = Use(
    "better_elaboration", "gebruikt voor een betere uitwerking", "Met uw antwoorden maken wij het plan beter."
)
JOINT = Use(
    "joint_elaboration", "gebruikt voor een gezamenlijke uitwerking", "Met uw antwoorden werken wij het plan samen uit."
)
FOLLOWED = Use(
    "followed",
    "de keuze van de meerderheid wordt gevolgd",
    "De raad heeft afgesproken uw keuze te volgen. De raad neemt zelf het besluit.",
)
INFORMED = Use("informed", "u wordt geïnformeerd", "Wij vertellen u wat er gebeurt en waarom.")
ADVICE = Use(
    "advice",
    "een advies waarvan de raad alleen met redenen afwijkt",
    "Wij volgen uw advies, of leggen uit waarom niet.",
)

LADDERS: dict[str, tuple[Level, ...]] = {
    "meeweten-meebeslissen": (
        Level("know", "meeweten", "U hoort wat er gebeurt.", 1, (INFORMED,)),
        Level("think", "meedenken", "U denkt mee. De raad weegt uw mening mee.", 2, (WEIGHED, ELABORATED)),
        Level("join", "meedoen", "U werkt mee aan de uitwerking van het plan.", 3, (JOINT, ELABORATED)),
        Level("decide", "meebeslissen", "De raad volgt uw keuze.", 4, (FOLLOWED,), binding=True),
    ),
    "informeren-meebeslissen": (
        Level("inform", "informeren", "U hoort wat er gebeurt.", 1, (INFORMED,)),
        Level("consult", "raadplegen", "De raad vraagt uw mening en weegt die mee.", 2, (WEIGHED, ELABORATED)),
        Level("advise", "adviseren", "U geeft de raad advies.", 3, (ADVICE,)),
        Level("coproduce", "coproduceren", "U maakt het plan samen met de gemeente.", 4, (JOINT, ELABORATED)),
        Level("decide", "meebeslissen", "De raad volgt uw keuze.", 5, (FOLLOWED,), binding=True),
    ),
}
DEFAULT = "meeweten-meebeslissen"


def levels(ladder: str) -> tuple[Level, ...]:
    """The levels of the municipality's ladder, lowest first; an unknown name gives the default ladder."""
    return LADDERS.get(ladder, LADDERS[DEFAULT])


def find_level(code: str, ladder: str = "") -> Level | None:
    """A level by its code, first on the given ladder; codes of older agreements are found on any ladder."""
    candidates = (*(levels(ladder) if ladder else ()), *(v for ladder_ in LADDERS.values() for v in ladder_))
    return next((level for level in candidates if level.code == code), None)


def find_use(code: str) -> Use | None:
    """A use by its code."""
    return next((use for ladder in LADDERS.values() for v in ladder for use in v.uses if use.code == code), None)


def fits(level: str, use: str) -> bool:
    """Whether the use is bound to the level on any ladder."""
    return any(v.code == level and use in {u.code for u in v.uses} for ladder in LADDERS.values() for v in ladder)


def asks_panel(level: str) -> bool:
    """Whether the level asks anything of residents (the lowest level of a ladder only tells)."""
    found = find_level(level)
    return found is not None and found.rank > 1
