"""The form of open sign-up as somebody fills it in."""

from tests.factories.panel import DISTRICT

ADDRESS = {"street": "Dorpsstraat", "house_number": "1", "postcode": "3701ab", "city": "Zeist"}


def filled_in(**changes: str) -> dict[str, str]:
    """Everything that a letter with a code leaves to ask: all but the address."""
    return {
        "first_name": "An",
        "last_name": "Voorbeeld",
        "birth_year": "1980",
        "sex": "female",
        "district_code": DISTRICT,
        "education": "high",
        "tenure": "owner",
        "email": "an@voorbeeld.example",
        "participate": "y",
        **changes,
    }


def signing_up(**changes: str) -> dict[str, str]:
    """The same with an address, as open sign-up asks it."""
    return filled_in(**{**ADDRESS, **changes})
