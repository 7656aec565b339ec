"""Names and addresses that nobody bears: common first names, invented surnames, streets and postcodes."""

import numpy as np

from portal.demonstration.drawing import Integers

# Men, then women; by year of birth: before 1960, 1960-1989, since 1990.
FIRST_NAMES = (
    (
        "Jan Piet Kees Hendrik Gerrit Cor Willem Johan Theo Ben Wim Joop Arie Dirk Hans Frits",
        "Mark Peter Erik Ronald Marcel Dennis Mohammed Jeroen Bas Patrick Ali Martijn Frank Edwin Rob Stefan",
        "Daan Sem Lucas Levi Milan Bram Luuk Noah Finn Mees Adam Thijs Jesse Ruben Yusuf Tim",
    ),
    (
        "Maria Anna Johanna Cornelia Riet Truus Gerda Ria Corrie Willy Joke Hennie Tineke Nel Ans Els",
        "Monique Sandra Esther Marieke Linda Fatima Ingrid Petra Karin Mirjam Astrid Saskia Wendy Bianca Naima",
        "Emma Julia Sophie Tess Zoë Evi Sara Lotte Fleur Mila Nora Yara Saar Lisa Amira Isa",
    ),
)
SURNAME_STARTS = (
    "Zilver", "Kaneel", "Papier", "Wolken", "Honing", "Lantaarn", "Kompas", "Amandel", "Theekop", "Regenboog",
    "Vlieger", "Maan", "Schelp", "Kersen", "Sneeuw", "Veer", "Knikker", "Suiker", "Fluister", "Pepermunt",
)  # fmt: skip
SURNAME_ENDS = ("duin", "stra", "mans", "veld", "sma", "brug", "dijkstra", "horst", "wijk", "beek", "berg", "boom")
PREFIXES = ("", "", "", "van ", "van der ", "de ")
STREET_STARTS = (
    "Theekop", "Vlieger", "Kaneel", "Wolken", "Knikker", "Lantaarn", "Pepermunt", "Schelp", "Papierboot",
    "Regenjas", "Stuiter", "Zeepbel", "Fluitketel", "Dakpan", "Kurken", "Wasknijper", "Tollen", "Borduur",
    "Sneeuwbol", "Luchtballon", "Kastanjehoed", "Zandkasteel", "Paraplu", "Roeispaan", "Muziekdoos",
)  # fmt: skip
STREET_ENDS = ("laan", "straat", "weg", "hof", "plein")
# Four-digit areas that lie wholly or mostly in each district, in the order of the district codes.
POSTCODES = (("3701", "3702"), ("3705", "3706"), ("3703", "3704"), ("3708", "3711"), ("3712", "3734", "3735"))
PLACES = {"3711": "Austerlitz", "3712": "Huis ter Heide", "3734": "Den Dolder", "3735": "Bosch en Duin"}
MAIN_PLACE = "Zeist"
# The letters F, I, O, Q, U and Y are kept out of Dutch postcodes, so these lead to no real address.
NEVER_ISSUED = "FIOQUY"
FIRST_LETTERS = "ABCDEGHJKLMNPRSTVWXZ"
REFERENCE_YEAR = 2025
HOUSES_PER_STREET = 100


def first_name(sex: int, age: int, draw: int) -> str:
    """Return a first name that fits sex and year of birth."""
    born = REFERENCE_YEAR - age
    names = FIRST_NAMES[sex][0 if born < 1960 else 1 if born < 1990 else 2].split()
    return names[draw % len(names)]


def surname(draw: int) -> str:
    """Return an invented surname."""
    start = SURNAME_STARTS[draw % len(SURNAME_STARTS)]
    end = SURNAME_ENDS[draw // len(SURNAME_STARTS) % len(SURNAME_ENDS)]
    prefix = PREFIXES[draw // 7 % len(PREFIXES)]
    return f"{prefix}{start}{end}"


def address(district: int, dwelling: int) -> tuple[str, int, str]:
    """Return street, house number and postcode of the n-th dwelling of a district.

    As everywhere in the country, postcode and house number together are one dwelling: each street has its own postcode.
    """
    street, house = divmod(dwelling, HOUSES_PER_STREET)
    start, end = divmod(street, len(STREET_ENDS))
    name = f"{STREET_STARTS[(start + 3 * district) % len(STREET_STARTS)]}{STREET_ENDS[end]}"
    area = POSTCODES[district]
    turn, which = divmod(street, len(area))
    first, second = divmod(turn, len(NEVER_ISSUED))
    return name, house + 1, f"{area[which]} {FIRST_LETTERS[first]}{NEVER_ISSUED[second]}"


def place(postcode: str) -> str:
    """Return the village or town of a postcode."""
    return PLACES.get(postcode[:4], MAIN_PLACE)


def rank_within(groups: Integers) -> Integers:
    """Return for each entry how many earlier entries have the same group."""
    order = np.argsort(groups, kind="stable")
    ranked = groups[order]
    starts = np.searchsorted(ranked, ranked)
    result = np.empty_like(order)
    result[order] = np.arange(groups.size) - starts
    return result
