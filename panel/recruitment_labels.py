"""Dutch words of recruitment: why somebody gets no letter, what letters look like, the sentences of a plan."""

from core.administration.labels import name_kinds
from core.web.context import number
from panel.models import AddressWindow, Exclusion, LargeType, PlannedStratum

EXCLUSION = {
    Exclusion.MEMBER: "is al lid, heeft zich aangemeld of staat op de wachtlijst",
    Exclusion.REFUSED: "wil geen brieven meer",
    Exclusion.OPEN_ROUND: "is ook geloot in een andere ronde die nog loopt",
}
WINDOW = {AddressWindow.LEFT: "links", AddressWindow.RIGHT: "rechts"}
LARGE_TYPE = {
    LargeType.NOBODY: "alleen wie erom vraagt",
    LargeType.SENIORS: "iedereen van 75 jaar en ouder",
    LargeType.EVERYBODY: "iedereen",
}
ISSUE = {1: "Eerste brief", 2: "Tweede brief"}


def counted(n: float | None, one: str, many: str) -> str:
    """1 brief, 1.200 brieven."""
    return f"{number(n)} {one if n is not None and round(n) == 1 else many}"


def plan_sentence(stratum: PlannedStratum, label: str, level: float) -> str:
    """What to send to a stratum and what to expect of it, in one sentence."""
    if not stratum.letters:
        return f"{label}: geen brieven. {_why_none(stratum)}"
    expected = counted(stratum.expected, "lid", "leden")
    chance = f"{number(level * 100)} % kans op {stratum.low} tot {stratum.high}"
    return f"Stuur {counted(stratum.letters, 'brief', 'brieven')} naar {label}: verwacht {expected}, {chance}."


def _why_none(stratum: PlannedStratum) -> str:
    if stratum.missing <= 0:
        return "Hier zijn genoeg leden."
    return "Hier kan nu niemand een brief krijgen." if not stratum.available else "Hier is geen geld voor gekozen."


name_kinds(
    {
        "panel.print_letters": "Een groep brieven maken",
        "panel.proof_sheet": "Proefvel maken",
        "panel.plan_letters": "Brievenplan berekenen",
    }
)
