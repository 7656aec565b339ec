"""Numbers in plain Dutch: *ongeveer 6 van de 10*, and what else it could be."""

from typing import Any

Figure = dict[str, Any]


def decimal(value: float | None, digits: int = 1) -> str:
    """7,2: a Dutch decimal; nothing for an unknown value."""
    return "" if value is None else f"{value:.{digits}f}".replace(".", ",")


def whole(value: float | None) -> str:
    """1.234: a Dutch whole number."""
    return "" if value is None else f"{round(value):,}".replace(",", ".")


def tenths(share: float) -> str:
    """A share in tenths: *ongeveer 6 van de 10*."""
    n = round(share * 10)
    if n == 0:
        return "minder dan 1 van de 10"
    return "bijna iedereen" if n == 10 else f"ongeveer {n} van de 10"


def could_be(figure: Figure) -> str:
    """What a share could also be, in tenths: *het kan ook 5 of 7 van de 10 zijn*."""
    n, low, high = (round(figure[name] * 10) for name in ("value", "low", "high"))
    others = [str(k) for k in range(low, high + 1) if k != n and 0 < k < 10]
    if not others:
        return "Het kan iets meer of iets minder zijn."
    return f"We weten het niet zeker: het kan ook {listed(others, 'of')} van de 10 zijn."


def listed(words: list[str], last: str = "en") -> str:
    """a, b en c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def percent(figure: Figure) -> str:
    """A percentage as it is printed; in a breakdown only that it is under 5 or over 95, and the rest in steps of 5."""
    band = figure.get("band", "exact")
    if band == "below":
        return "minder dan 5 %"
    if band == "above":
        return "meer dan 95 %"
    if band == "rounded":
        return f"ongeveer {figure['percent']} %"
    return "–" if figure["percent"] is None else f"{figure['percent']} %"


def interval(figure: Figure, *, share: bool, digits: int = 1) -> str:
    """From … to …, in whole percentages or with a decimal."""
    if figure["low"] is None:
        return "–"
    if share:
        return f"{round(figure['low'] * 100)} tot {round(figure['high'] * 100)}"
    return f"{decimal(figure['low'], digits)} tot {decimal(figure['high'], digits)}"


def people(n: int) -> str:
    """The base in words: *de 812 panelleden die deze vraag invulden*."""
    return "het ene panellid dat deze vraag invulde" if n == 1 else f"de {whole(n)} panelleden die deze vraag invulden"
