"""The invented people and texts of the chain: the sample of the register, the settings, the commission."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core import clock
from tests.e2e.conftest import Product

DISTRICTS = ("WK035501", "WK035502", "WK035503", "WK035504", "WK035505")
AGES = ("16-29", "30-39", "40-54", "55-64", "65-74", "75+")
COLUMNS = ("nummer", "voornaam", "achternaam", "straat", "huisnummer", "postcode", "woonplaats", "geslacht")


def today(product: Product) -> date:
    """The date in the installation."""
    return clock.to_amsterdam(datetime.fromtimestamp(product.now, UTC)).date()


def day(product: Product, offset: int) -> str:
    """A date so many days from the installation's today, as a date field takes it."""
    return (today(product) + timedelta(days=offset)).isoformat()


def sample_file() -> bytes:
    """A sample of 120 persons: two of each sex in each age class and district."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([*COLUMNS, "leeftijdsklasse", "wijk", "insluitkans"])
    number = 0
    for repeat in range(2):
        for district in DISTRICTS:
            for age in AGES:
                for sex in ("vrouw", "man"):
                    number += 1
                    name = [f"Voor{number}", f"Verzonnen{repeat}{number}"]
                    address = ["Dakpanlaan", number, f"3701 {'AB' if repeat else 'AC'}", "Zeist"]
                    writer.writerow([number, *name, *address, sex, age, district, "0,01"])
    return out.getvalue().encode()


def settings(product: Product) -> dict[str, Any]:
    """What the council decided."""
    return {
        "municipality": "Zeist",
        "gm_code": "GM0355",
        "panel_name": "Inwonerspanel Zeist",
        "telephone": "030 000 00 00",
        "email": "panel@gemeente.example",
        "postal_address": "Postbus 0\n3700 AA Zeist",
        "rules_decision_number": "2026-001",
        "rules_decision_url": "https://gemeente.example/spelregels",
        "rules_decision_on": day(product, -30),
        "deciding_body": "het presidium",
        "indicators": "\n".join(f"Indicator {n}" for n in range(1, 11)),
        "controller": "College van Zeist",
        "register_legal_basis": "Artikel 6, lid 1, onder e AVG",
        "dpia_on": day(product, -40),
        "privacy_contact": "privacy@gemeente.example",
        "reason": "Vastgesteld door de raad",
    }


QUESTION = "Hoe richten we het Slotplein in?"
MONEY = "Waar geven we het geld aan uit?"
PROFILE = {"birth_year": "1985", "education": "high", "tenure": "renter", "participate": True}
