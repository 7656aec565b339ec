"""How it begins: the rules, the bodies, the accounts with their way in, and the population figures."""

import secrets
from dataclasses import dataclass

import pyotp

from core import clock, settings
from core.accounts import second_factor, services, setup_link
from core.models import Account
from core.settings import MunicipalSettings
from panel.queries.population import neighbourhoods
from panel.services import population
from panel.services.population import localities
from portal.demonstration.names import STREET_ENDS, STREET_STARTS
from portal.demonstration.stage import Stage
from portal.demonstration.story.people import ADMINISTRATOR
from portal.demonstration.story.shapes import AccountStory

WORDS_PER_PASSWORD = 4
START = -425
# the last four digits of a buurt: two of the wijk, two of the buurt in it
KERNEN = {
    "Zeist": ("01", "02", "03", "0401", "0402", "0403", "0404", "0405"),
    "Austerlitz": ("0406", "0407"),
    "Huis ter Heide": ("0501", "0502"),
    "Bosch en Duin": ("0503",),
    "Den Dolder": ("0505", "0506"),
}


@dataclass(frozen=True)
class StaffDoor:
    """How somebody signs in: made at load, kept in a file that only this installation can read."""

    key: str
    name: str
    what: str
    email: str
    password: str
    totp_secret: str


def begin(stage: Stage) -> list[StaffDoor]:
    """Adopt the rules, make bodies and accounts, load the figures; returns the ways in."""
    with stage.scene(stage.calendar.at(START)):
        for body in stage.story.bodies:
            made = services.save_body(
                None,
                name=body.name,
                kind=body.kind,
                may_commission=body.may_commission,
                may_decide=body.may_decide,
            )
            stage.body_ids[body.key] = made.id
        doors = [open_door(stage, account) for account in stage.story.accounts]
    with stage.scene(stage.calendar.at(START, 11), ADMINISTRATOR):
        settings.save(MunicipalSettings(**stage.story.settings), reason="Vastgesteld door de raad (voorbeeld)")
        population.load_shipped(stage.story.settings["gm_code"])
        group_neighbourhoods(stage.story.settings["gm_code"])
    stage.let_work(stage.calendar.at(START, 12))
    return doors


def group_neighbourhoods(gm_code: str) -> None:
    """The five kernen of Zeist by the numbers of their buurten; three buurten outside them stay left over."""
    codes = [area.code for area in neighbourhoods(gm_code)]
    for name, starts in KERNEN.items():
        inside = [code for code in codes if code.removeprefix("BU0355").startswith(starts)]
        if inside:
            localities.save_locality(gm_code=gm_code, name=name, codes=inside)


def open_door(stage: Stage, who: AccountStory) -> StaffDoor:
    """Make an account and set it up through its own set-up link."""
    bodies = [stage.body(key) for key in who.bodies]
    account = services.create_account(name=who.name, email=who.email, roles=who.roles, bodies=bodies)
    stage.account_ids[who.key] = account.id
    password = new_password()
    return StaffDoor(who.key, who.name, who.what, who.email, password, set_up(account, password))


def new_password() -> str:
    """A pass phrase of invented streets."""
    words = [secrets.choice(STREET_STARTS) + secrets.choice(STREET_ENDS) for _ in range(WORDS_PER_PASSWORD)]
    return "-".join(words)


def set_up(account: Account, password: str) -> str:
    """Give password and first code through the link; returns the secret of the second factor."""
    token = setup_link.token(account, clock.now() + setup_link.VALID)
    secret = second_factor.derive_secret(token)
    services.complete_setup(token, password=password, code=pyotp.TOTP(secret).at(clock.now()))
    return secret
