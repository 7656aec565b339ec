"""The rules for a profile in this municipality, from its settings and its areas."""

from sqlalchemy import select

from core import clock, settings
from core.db import db
from panel.models import Area, AreaKind
from panel.profiles import ProfileRules
from panel.queries.population import districts


def current() -> ProfileRules:
    """What a profile is checked against now."""
    gm_code = settings.municipal().gm_code
    postcodes = select(Area.code).where(Area.gm_code == gm_code, Area.kind == AreaKind.POSTCODE4)
    return ProfileRules(
        year=clock.today().year,
        minimum_age=settings.municipal().minimum_age,
        districts=frozenset(area.code for area in districts()),
        postcodes=frozenset(db.session.scalars(postcodes)),
    )
