"""The whole chain in a browser, from an empty installation to published feedback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import agreeing, asking, beginning, designing, telling
from tests.e2e.conftest import Product
from tests.e2e.office import Office

pytestmark = pytest.mark.browser


def test_one_wave_from_population_figures_to_published_feedback(
    new_product: Callable[..., Product], open_browser: Any, tmp_path: Path
) -> None:
    product = new_product()
    product.start()
    office = Office(product, open_browser)
    phone, visitor = open_browser(phone=True, javascript=False), open_browser()

    beginning.open_the_house(office)
    codes = beginning.recruit(office, tmp_path)
    beginning.join_by_letter(product, phone, codes[0], asking.MEMBER)
    beginning.sign_up(product, visitor, "noor@panel.example")
    beginning.type_address_code(office, visitor, tmp_path)
    beginning.crowd(product, "join", "90")

    commission = agreeing.agree(office, agreeing.commission(office), visitor)
    wave = designing.design(office, commission)
    designing.sign_and_fix(office, wave, open_browser())

    links = asking.open_questionnaire(product)
    asking.first_pages(product, phone, links[asking.MEMBER])
    asking.go_on_elsewhere(open_browser(javascript=False), links[asking.MEMBER])
    asking.replace(open_browser(phone=True, javascript=False), links[asking.MEMBER])
    asking.others_answer(product, links, tmp_path)
    asking.close(office, wave, links[asking.MEMBER], phone)

    publication = telling.accept_weights(office)
    results = telling.results_on_their_day(product, visitor)
    telling.council_adds(office, publication)
    telling.no_way_around(office, publication)
    telling.answer_everything(office, publication)
    telling.everybody_knows(product, visitor, results, links)
    telling.at_home(product, phone)
    telling.check_all_on_record(office, tmp_path)
