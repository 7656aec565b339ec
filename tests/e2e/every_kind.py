"""Puts a questionnaire with every kind of question in the field for one member; prints the token of the link."""

from app import create_app
from core.actor import SYSTEM, acting
from panel.services import population
from tests.factories import surveys_fieldwork as factory


def main() -> None:
    """Make it and print the token."""
    with create_app().app_context(), acting(SYSTEM):
        population.load_shipped("GM0355")
        wave = factory.fielding_wave(1, questions=factory.questionnaire("every_kind"))
        print(factory.token(wave, factory.invitations(wave)[0]))


if __name__ == "__main__":
    main()
