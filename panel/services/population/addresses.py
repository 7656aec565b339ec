"""In which neighbourhood and district an address lies."""

import re
from dataclasses import dataclass

from sqlalchemy import select

from core import settings
from core.db import db
from panel.models import PostcodeArea, SetKind
from panel.queries.population_sets import chosen_sets

POSTCODE = re.compile(r"^([1-9]\d{3})\s?([A-Za-z]{2})$")
FIRST_DIGITS = re.compile(r"^\d+")


@dataclass(frozen=True)
class DistrictFound:
    """Where an address lies; `certain` is false when only most addresses of the postcode lie there."""

    district_code: str
    neighbourhood_code: str
    certain: bool


def district_of(postcode: str, house_number: str, gm_code: str | None = None) -> DistrictFound | None:
    """The district of an address by the postcodes that count now; None when they do not know the postcode.

    The house number may carry an addition ("12 A"). A number that the file lacks, in a postcode that lies in several
    neighbourhoods, gets the neighbourhood of most of its addresses, marked as uncertain: let people confirm that one,
    and let them choose their wijk from the list when the answer is None.
    """
    found, number = POSTCODE.match(postcode.strip()), FIRST_DIGITS.match(house_number.strip())
    sets = chosen_sets(gm_code or settings.municipal().gm_code, kind=SetKind.ADDRESSES)
    if found is None or not sets:
        return None
    wanted = (0, int(number[0][:9])) if number else (0,)
    rows = db.session.scalars(
        select(PostcodeArea)
        .where(
            PostcodeArea.set_id == sets[0].id,
            PostcodeArea.postcode == f"{found[1]}{found[2].upper()}",
            PostcodeArea.house_number.in_(wanted),
        )
        .order_by(PostcodeArea.house_number.desc())
    ).all()
    if not rows:
        return None
    row = rows[0]
    certain = row.house_number > 0 or not row.divided
    return DistrictFound(row.district_code, row.neighbourhood_code, certain)
