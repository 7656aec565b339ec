"""A member who chose English, made in a process of its own beside the running product; prints nothing."""

from app import create_app
from core.actor import SYSTEM, acting
from tests.factories import core, panel

EMAIL = "sam@voorbeeld.example"


def main() -> None:
    """Settings, figures and the member."""
    with create_app().app_context():
        core.complete_settings()
        panel.figures()
        with acting(SYSTEM):
            panel.member(email=EMAIL, first_name="Sam", language="en")


if __name__ == "__main__":
    main()
