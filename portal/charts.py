"""The panel beside the population, in the form the chart macros take."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from core.db import db
from core.web.context import long_date, number
from panel.labels import FIGURE_STATUS, VARIABLE, category_label
from panel.models import MemberOrigin
from panel.queries.composition import CompositionRow, CompositionTable, composition, panel_size
from panel.queries.recruitment import list_rounds, yields
from surveys.models import CellCount


@dataclass(frozen=True)
class Chart:
    """One variable as paired bars with its table and the source of the population figures."""

    title: str
    word: str
    rows: list[dict[str, Any]]
    base: str
    table: dict[str, Any]
    note: str
    derivation: str


@dataclass(frozen=True)
class Recruitment:
    """What all rounds brought: letters, people who joined, and the cumulative response of drawn members."""

    letters: int
    joined: int
    invited: int
    answered: int

    @property
    def share(self) -> str:
        """Joined per hundred letters."""
        return f"{number(100 * self.joined / self.letters, 1)}\u00a0%" if self.letters else ""

    @property
    def cumulative(self) -> str:
        """Of everybody who got a letter: the part that joined and answered, on average over the closed waves."""
        if not self.letters or not self.invited:
            return ""
        return f"{number(100 * self.joined / self.letters * self.answered / self.invited, 1)}\u00a0%"


@dataclass(frozen=True)
class PanelPage:
    """Everything of the page about the panel."""

    size: int
    drawn: int
    self_registered: int
    recruitment: Recruitment
    charts: list[Chart]


def panel_page() -> PanelPage:
    """Gather the page; without members there is nothing to compare."""
    drawn, own = panel_size(MemberOrigin.DRAWN), panel_size(MemberOrigin.SELF_REGISTERED)
    made = [_chart(table, drawn + own) for table in composition()] if drawn + own else []
    return PanelPage(drawn + own, drawn, own, _recruitment(), made)


def _recruitment() -> Recruitment:
    rows = [row for recruitment_round in list_rounds() for row in yields(recruitment_round)]
    drawn = select(func.sum(CellCount.invited), func.sum(CellCount.answered))
    invited, answered = db.session.execute(drawn.where(CellCount.origin == MemberOrigin.DRAWN.value)).one()
    letters, joined = sum(r.letters for r in rows), sum(r.joined for r in rows)
    return Recruitment(letters, joined, int(invited or 0), int(answered or 0))


def percent(share: float | None) -> str:
    """A share (0 to 1) as a whole percentage."""
    return "–" if share is None else f"{number(100 * share)}\u00a0%"


def _label(variable: str, row: CompositionRow) -> str:
    words = row.label or category_label(variable, row.category)
    return words[:1].upper() + words[1:]


def _chart(table: CompositionTable, size: int) -> Chart:
    margin = table.margin
    word = VARIABLE.get(margin.variable, margin.variable)
    ages = f" van {margin.age_min} jaar en ouder" if margin.age_min and margin.age_max is None else ""
    source = f"Bron: CBS, tabel {margin.source}, {long_date(margin.reference)}, {margin.licence}"
    derived = f" ({FIGURE_STATUS[margin.status]}, zie onderaan)" if margin.derivation else ""
    return Chart(
        title=f"Het panel naast alle inwoners: {word}",
        word=word,
        rows=[
            {
                "label": _label(margin.variable, row),
                "first": 100 * row.panel_share,
                "second": 100 * (row.population_share or 0),
                "first_text": percent(row.panel_share),
                "second_text": percent(row.population_share),
            }
            for row in table.rows
        ],
        base=f"{number(size)} panelleden naast {number(margin.total)} inwoners{ages}.",
        table=_table(table, word),
        note=f"{source}{derived}.",
        derivation=margin.derivation,
    )


def _table(table: CompositionTable, word: str) -> dict[str, Any]:
    return {
        "caption": f"Panel en inwoners naar {word}",
        "headers": [word.capitalize(), "Geloot", "Zelf aangemeld", "Deel van het panel", "Deel van de inwoners"],
        "rows": [
            [
                _label(table.margin.variable, row),
                number(row.drawn),
                number(row.self_registered),
                percent(row.panel_share),
                percent(row.population_share),
            ]
            for row in table.rows
        ],
        "numeric": [1, 2, 3, 4],
    }
