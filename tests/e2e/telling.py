"""After the answers: weights looked at, results on the promised day, an answer to every finding, feedback."""

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e import beginning
from tests.e2e.asking import MEMBER
from tests.e2e.conftest import Product
from tests.e2e.hands import complaints, fill, follow, heading, press, see
from tests.e2e.names import check_names
from tests.e2e.office import Office
from tests.e2e.people import day

ANSWER = {"outcome": "partly", "why": "De raad kiest meer bomen en een fontein.", "decision_number": "R-2027-4"}
RECORDED = (
    *("settings.save", "population.load", "round.letters", "member.active", "seats.set", "letters.download"),
    *("commission.submit", "commission.advise", "commission.decide", "wave.make_ready", "wave.sign_off", "wave.open"),
    *("wave.remind", "wave.close", "wave.key_destroyed", "publication.weighted", "publication.results_published"),
    *("finding.add", "feedback.answer", "publication.feedback_published", "obligation.fulfilled", "results.seen_early"),
)
RAW_POST = """path => {
  const token = document.querySelector('[name=csrf_token]').value;
  return fetch(path, {method: 'POST', body: new URLSearchParams({csrf_token: token})}).then(answer => answer.status);
}"""


def accept_weights(office: Office) -> str:
    """The analyst looks at the weights and accepts them; returns the slug of the public pages."""
    page = office.at_desk("onderzoeker", "/griffie/publicaties")
    follow(page, "Hoe wilt u het Slotplein?")
    see(page, "Hoe de weging uitpakt", "76")
    press(page, "Akkoord met de weging")
    see(page, "De weging is akkoord")
    return page.url.split("/")[-2]


def results_on_their_day(product: Product, visitor: Page) -> str:
    """Nothing before the promised day; results by themselves on it. Returns the public address."""
    visitor.goto(f"{product.url}/vragenlijsten")
    follow(visitor, "Hoe wilt u het Slotplein?")
    assert "Van de 76" not in visitor.locator("main").inner_text()
    product.move_clock(timedelta(days=56))
    product.work()
    visitor.reload()
    see(visitor, "Wilt u een ander plein?", "76")
    check_names(visitor, "results")
    return visitor.url


def no_way_around(office: Office, publication: str) -> Page:
    """Without an answer to each finding the feedback is not finished: not by the button, not by a raw request."""
    page = office.at_desk("griffier", f"/griffie/publicaties/{publication}/bevindingen")
    see(page, "nog geen antwoord")
    press(page, "Publiceer de terugkoppeling")
    assert complaints(page)
    see(page, "Dit ontbreekt nog voordat u kunt publiceren")
    path = f"/griffie/publicaties/{publication}/bevindingen/publiceren"
    assert page.evaluate(RAW_POST, path) == 409
    return page


def council_adds(office: Office, publication: str) -> None:
    """A council member adds a finding of their own."""
    page = office.at_desk("raadslid", f"/raad/bevindingen/{publication}")
    fill(page, {"sentence": "Winkeliers vrezen dat er te weinig parkeerplaatsen overblijven."})
    with page.expect_navigation():
        page.locator("main form").filter(has=page.locator('[name="sentence"]')).locator("button").click()
    see(page, "Uw bevinding staat erbij")


def answer_everything(office: Office, publication: str) -> None:
    """The answer of the body to each finding, then published."""
    product = office.product
    page = office.at_desk("griffier", f"/griffie/publicaties/{publication}/bevindingen")
    total = page.get_by_role("link", name="Schrijf het antwoord").count()
    assert total == 9
    for _finding in range(total):
        page.get_by_role("link", name="Schrijf het antwoord").first.click()
        fill(
            page,
            {**ANSWER, "decision_on": day(product, -1), "vote": "20 voor, 9 tegen", "next_step": "Wij planten bomen."},
        )
        fill(page, {"next_on": day(product, 30), "link": "https://raad.example/besluit"})
        press(page, "Opslaan")
        assert not page.locator(".error-summary").count(), complaints(page)
    press(page, "Publiceer de terugkoppeling")
    see(page, "De terugkoppeling is openbaar")
    product.work()


def everybody_knows(product: Product, visitor: Page, results: str, links: dict[str, str]) -> None:
    """Feedback for all who were invited, by mail and on the public pages."""
    told = {str(m["To"]) for m in product.mails() if "Lees wat er is gedaan" in _plain(m)}
    assert set(links) <= told
    visitor.goto(f"{results}/terugkoppeling")
    see(visitor, "De raad kiest meer bomen en een fontein.", "R-2027-4", "Winkeliers vrezen")
    visitor.goto(product.url)
    see(visitor, "Hoe wilt u het Slotplein?")
    visitor.goto(f"{product.url}/kalender")
    see(visitor, "Hoe wilt u het Slotplein?")


def _plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def at_home(product: Product, phone: Page) -> None:
    """The member signs in with a code by mail and sees what came of it."""
    phone.goto(f"{product.url}/inloggen")
    fill(phone, {"email": MEMBER})
    press(phone, "Stuur mij een code")
    product.work()
    fill(phone, {"code": beginning.digits_of(product.mails(MEMBER)[-1])})
    press(phone, "Log in")
    heading(phone, "Mijn panel")
    see(phone, "Hoe wilt u het Slotplein?")


def check_all_on_record(office: Office, folder: Path) -> None:
    """The log holds each step and its chain is whole."""
    page = office.at_desk("beheer", "/beheer/logboek")
    with page.expect_download() as started:
        page.locator("main a[href*='logboek.csv']").first.click()
    started.value.save_as(folder / "logboek.csv")
    log = (folder / "logboek.csv").read_text(encoding="utf-8-sig")
    for action in RECORDED:
        assert f";{action};" in log, action
    assert "intact" in office.product.flask("audit", "verify")
