"""Kernen: the griffie groups neighbourhoods under the names that residents use."""

from collections.abc import Sequence

from sqlalchemy import select

from core import audit
from core.db import db
from core.dialect import lock_name
from core.errors import BlockedError, Blocker
from core.permissions import require
from panel.models import Locality, LocalityPart
from panel.queries.population import neighbourhoods

LONGEST_NAME = 120


def save_locality(*, gm_code: str, name: str, codes: Sequence[str], locality: Locality | None = None) -> Locality:
    """Make or change a locality; raises BlockedError with everything that is wrong: no buurt lies in two kernen."""
    require("panel.load_population")
    lock_name(db.session, f"localities:{gm_code}")
    name, wanted = " ".join(name.split()), sorted(set(codes))
    found = _faults(gm_code, name, wanted, locality)
    if found:
        raise BlockedError(found)
    if locality is None:
        locality = Locality(gm_code=gm_code, name=name)
        db.session.add(locality)
    locality.name = name
    there = {part.neighbourhood_code: part for part in locality.parts}
    locality.parts = [there.get(code) or LocalityPart(neighbourhood_code=code) for code in wanted]
    db.session.flush()
    audit.record("locality.save", "locality", locality.public_id, detail={"name": name, "areas": wanted})
    return locality


def delete_locality(locality: Locality) -> None:
    """Take a locality away; its neighbourhoods are left over again."""
    require("panel.load_population")
    lock_name(db.session, f"localities:{locality.gm_code}")
    audit.record("locality.delete", "locality", locality.public_id, detail={"name": locality.name})
    db.session.delete(locality)
    db.session.flush()


def _faults(gm_code: str, name: str, wanted: list[str], locality: Locality | None) -> list[Blocker]:
    found = []
    if not 0 < len(name) <= LONGEST_NAME:
        found.append(Blocker("name", "Vul de naam van de kern in.", anchor="name"))
    own = locality.id if locality is not None else None
    others = [
        other for other in db.session.scalars(select(Locality).where(Locality.gm_code == gm_code)) if other.id != own
    ]
    if name.casefold() in {other.name.casefold() for other in others}:
        found.append(Blocker("name-taken", "Er is al een kern met deze naam.", anchor="name"))
    known = {area.code: area.name for area in neighbourhoods(gm_code)}
    if not wanted or set(wanted) - set(known):
        found.append(Blocker("areas", "Kies één of meer buurten uit de lijst.", anchor="codes"))
    taken = {part.neighbourhood_code: other.name for other in others for part in other.parts}
    found += [
        Blocker("twice", f"De buurt {known.get(code, code)} zit al in {taken[code]}.", anchor="codes")
        for code in wanted
        if code in taken
    ]
    return found
