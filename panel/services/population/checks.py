"""Whether figures agree with each other, within what rounding to fives can explain."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from panel.services.population.figures import Place
from panel.services.population.reading import Faults

Key = tuple[str, str]
# figures of areas are rounded to five at random, up or down, so that each may be four off
ROUNDING = 4
INHABITANTS: Key = ("population", "total")
# what must add up to what, with the words for it
SUMS: tuple[tuple[str, Key, str], ...] = (
    ("sex", INHABITANTS, "Mannen en vrouwen samen"),
    ("age_coarse", INHABITANTS, "De leeftijden samen"),
    ("marital_status", INHABITANTS, "De burgerlijke staten samen"),
    ("household_type", ("households", "total"), "De soorten huishoudens samen"),
)
PARTS = {"sex": 2, "age_coarse": 5, "marital_status": 4, "household_type": 3}


def slack(parts: int) -> int:
    """How far a sum of so many rounded figures may lie from a rounded total."""
    return ROUNDING * (parts + 1)


def check_places(places: list[Place], gm_code: str, columns: Mapping[Key, str], faults: Faults) -> None:
    """Note every area that occurs twice, has no total, or does not add up."""
    _check_codes(places, gm_code, faults)
    for place in places:
        _check_total(place, columns, faults)
        for variable, total, words in SUMS:
            _check_sum(place, variable, total, words, columns, faults)
    for level, words in (("district", "wijken"), ("neighbourhood", "buurten")):
        _check_parts(places, level, words, columns, faults)


def _check_codes(places: list[Place], gm_code: str, faults: Faults) -> None:
    times = Counter(place.code for place in places)
    first: set[str] = set()
    for place in places:
        if times[place.code] > 1 and place.code in first:
            faults.add(place.line, "code", place.code, "Dit gebied komt twee keer voor.")
        first.add(place.code)
    there = set(times)
    for place in places:
        parent = place.parent()
        if place.level == "neighbourhood" and _has(there, "WK") and parent not in there:
            faults.add(place.line, "code", place.code, f"De wijk {parent} van deze buurt staat niet in het bestand.")


def _has(codes: set[str], prefix: str) -> bool:
    return any(code.startswith(prefix) for code in codes)


def _check_total(place: Place, columns: Mapping[Key, str], faults: Faults) -> None:
    if INHABITANTS in columns and INHABITANTS not in place.counts and place.level != "neighbourhood":
        faults.add(place.line, columns[INHABITANTS], "", f"Het aantal inwoners van {place.name} ontbreekt.")


def _check_sum(place: Place, variable: str, total: Key, words: str, columns: Mapping[Key, str], faults: Faults) -> None:
    parts = {key: count for key, count in place.counts.items() if key[0] == variable}
    if total not in place.counts or len(parts) < PARTS[variable]:
        return
    whole, together = place.counts[total], sum(parts.values())
    # a nought among the parts may stand for a figure that is kept secret
    short_of = together < whole and 0 in parts.values() and place.level == "neighbourhood"
    if abs(together - whole) > slack(len(parts)) and not short_of:
        message = f"{words} zijn {together}, maar het totaal is {whole}. Dat scheelt meer dan afronden verklaart."
        faults.add(place.line, columns[next(iter(parts))], str(together), message)


def _check_parts(places: list[Place], level: str, words: str, columns: Mapping[Key, str], faults: Faults) -> None:
    by_code = {place.code: place for place in places}
    inside: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        if place.level == level:
            inside[place.parent()].append(place)
    for parent, parts in inside.items():
        whole = by_code.get(parent)
        if whole is None:
            continue
        for key in (k for k in columns if k in whole.counts and k[0] != "education"):
            counts = [p.counts[key] for p in parts if key in p.counts]
            together, complete = sum(counts), len(counts) == len(parts)
            difference = together - whole.counts[key]
            room = slack(len(parts)) if key[0] != "dwellings" else len(parts)
            if difference > room or (complete and 0 not in counts and difference < -room):
                message = (
                    f"De {words} van {whole.name} zijn samen {together}, maar {whole.name} heeft {whole.counts[key]}."
                )
                faults.add(whole.line, columns[key], str(whole.counts[key]), message)
