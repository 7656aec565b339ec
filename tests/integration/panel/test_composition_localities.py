"""The kernen on the composition board: by wijk, by the address of members, and what the page says without those."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from flask.testing import FlaskClient

from core.actor import SYSTEM, acting
from core.db import db
from core.models import Account, Role
from panel.models import PopulationSet, SetKind
from panel.queries.snapshots import newest_snapshot
from panel.services import population
from panel.services.population import localities
from panel.services.population.importing import Source, take_in
from portal.demonstration.beginnings import group_neighbourhoods
from tests.conftest import CheckingClient

SignIn = Callable[[FlaskClient, Account], FlaskClient]
GM, EAST = "GM0355", "WK035504"
BOARD = "/griffie/panel/samenstelling"
HOMES = {"3705 AA": "BU03550401", "3711 AA": "BU03550406"}


def group() -> None:
    with acting(SYSTEM):
        group_neighbourhoods(GM)
    db.session.commit()


def load_addresses(folder: Path) -> None:
    lines = [f"{postcode.replace(' ', '')};1;{code[2:]};{EAST[2:]};{GM[2:]}" for postcode, code in HOMES.items()]
    file = folder / "pc6hnr20240801_gwb.csv"
    file.write_text("\n".join(["PC6;Huisnummer;Buurt2024;Wijk2024;Gemeente2024", *lines]), encoding="utf-8")
    with acting(SYSTEM):
        taken = take_in(Source(file, SetKind.ADDRESSES, GM, 2024))
        assert isinstance(taken, PopulationSet)
        population.choose(taken)
    db.session.commit()


def living(make: SimpleNamespace, postcode: str, district: str) -> None:
    make.surveys_fieldwork.member(district_code=district, postcode=postcode, house_number="1")


def kernen() -> dict[str, int] | None:
    snapshot = newest_snapshot()
    assert snapshot is not None
    tables = {t["variable"]: t for t in snapshot.document["views"]["all"]["tables"]}
    return {r["label"]: r["count"] for r in tables["locality"]["rows"]} if "locality" in tables else None


def test_kernen_that_share_a_wijk_stand_together_while_the_buurt_is_unknown(
    ready: SimpleNamespace, client: CheckingClient, sign_in_staff: SignIn
) -> None:
    group()
    for district in ("WK035501", EAST, EAST, "WK035505"):
        living(ready, "3705 AA", district)
    ready.panel.snapshot()
    found = kernen()
    assert found is not None
    assert found["Austerlitz en Zeist"] == 3
    assert sum(found.values()) == 4
    page = sign_in_staff(client, ready.core.account(Role.CLERK)).get(BOARD).get_data(as_text=True)
    assert "Kern: " in page
    assert "In Zeist-Oost en Den Dolder e.o. liggen meer kernen." in page
    assert "Lees het bestand met postcodes en huisnummers in" in page


def test_kern_follows_from_the_address_where_the_addresses_are_known(ready: SimpleNamespace, tmp_path: Path) -> None:
    group()
    load_addresses(tmp_path)
    living(ready, "3701 ZZ", "WK035501")
    for postcode in ("3705 AA", "3711 AA", "3711 AA"):
        living(ready, postcode, EAST)
    ready.panel.snapshot()
    found = kernen()
    assert found is not None
    assert (found["Zeist"], found["Austerlitz"]) == (2, 2)


def test_inhabitants_of_the_kernen_are_those_of_the_wijken(ready: SimpleNamespace) -> None:
    group()
    living(ready, "3705 AA", "WK035501")
    ready.panel.snapshot()
    snapshot = newest_snapshot()
    assert snapshot is not None
    tables = {t["variable"]: t for t in snapshot.document["views"]["all"]["tables"]}
    assert abs(tables["locality"]["population"] - tables["district"]["population"]) <= len(tables["locality"]["rows"])


def test_municipality_without_kernen_has_no_such_table(ready: SimpleNamespace) -> None:
    living(ready, "3705 AA", "WK035501")
    ready.panel.snapshot()
    assert kernen() is None
    with acting(SYSTEM):
        localities.save_locality(gm_code=GM, name="Zeist", codes=["BU03550101"])
    db.session.commit()
    ready.panel.snapshot()
    assert kernen() is None
