"""Kernen: groups of neighbourhoods, and what is in none of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core import settings
from core.db import db
from core.errors import NotFoundError
from panel.models import Area, Locality
from panel.queries.population import neighbourhoods


@dataclass(frozen=True)
class LocalityOverview:
    """The localities with their neighbourhoods, the neighbourhoods left over, and codes that exist no longer."""

    localities: tuple[tuple[Locality, tuple[str, ...]], ...]
    left_over: tuple[Area, ...]
    outdated: tuple[str, ...]


def list_localities(gm_code: str | None = None) -> Sequence[Locality]:
    """The localities of the municipality by name."""
    gm = gm_code or settings.municipal().gm_code
    return db.session.scalars(select(Locality).where(Locality.gm_code == gm).order_by(Locality.name)).all()


def get_locality(public_id: str) -> Locality:
    """A locality by the name in its address; raises NotFoundError."""
    found = db.session.scalars(select(Locality).where(Locality.public_id == public_id)).first()
    if found is None:
        raise NotFoundError("locality-not-found")
    return found


def overview(gm_code: str | None = None) -> LocalityOverview:
    """Everything the page of localities tells."""
    areas, there = neighbourhoods(gm_code), list_localities(gm_code)
    names = {area.code: area.name for area in areas}
    taken = {part.neighbourhood_code for locality in there for part in locality.parts}
    return LocalityOverview(
        localities=tuple(
            (loc, tuple(names.get(p.neighbourhood_code, p.neighbourhood_code) for p in loc.parts)) for loc in there
        ),
        left_over=tuple(area for area in areas if area.code not in taken),
        outdated=tuple(sorted(taken - set(names))) if names else (),
    )
