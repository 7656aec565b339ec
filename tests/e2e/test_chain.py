"""The whole chain in a browser, from an empty installation to published feedback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import beginning
from tests.e2e.conftest import Product
from tests.e2e.office import Office

pytestmark = pytest.mark.browser


def test_one_wave_from_population_figures_to_published_feedback(
    new_product: Callable[..., Product], open_browser: Any, tmp_path: Path
) -> None:
    product = new_product()
    product.start()
    office = Office(product, open_browser)
    beginning.open_the_house(office)
    codes = beginning.recruit(office, tmp_path)
    phone = open_browser(phone=True, javascript=False)
    beginning.join_by_letter(product, phone, codes[0], "bellende@panel.example")
    visitor = open_browser()
    beginning.sign_up(product, visitor, "noor@panel.example")
    beginning.type_address_code(office, visitor, tmp_path)
    beginning.crowd(product, "join", "90")
