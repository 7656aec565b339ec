"""The first days of an installation: accounts, rules, bodies, figures, and a panel from letters and sign-up."""

import re
import subprocess
import sys
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.conftest import ROOT, Product
from tests.e2e.hands import complaints, fill, follow, heading, press, see
from tests.e2e.office import Office
from tests.e2e.people import PROFILE, day, sample_file, settings

CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")


def open_the_house(office: Office) -> None:
    """Accounts by command and by page, rules, bodies, figures."""
    product = office.product
    for key, name, role in (
        ("beheer", "Bram Beheerder", "administrator"),
        ("griffier", "Anna Griffier", "clerk"),
        ("plaatsvervanger", "Kees Plaatsvervanger", "clerk"),
        ("onderzoeker", "Lotte Onderzoeker", "analyst"),
    ):
        office.hire(key, name, role)
    page = office.at_desk("beheer", "/beheer/instellingen")
    see(page, "Dit moet nog ingevuld zijn voor de eerste uitnodiging")
    fill(page, settings(product))
    press(page, "Bewaar als nieuwe versie")
    see(page, "Versie 1")
    assert not complaints(page)
    assert "figures" in product.flask("panel", "load-population", "--gm", "GM0355")
    _bodies(office, page)


def _bodies(office: Office, page: Page) -> None:
    for name, kind, may_decide in (("Gemeenteraad", "council", False), ("Presidium", "presidium", True)):
        page.goto(f"{office.product.url}/beheer/organen/nieuw")
        fill(page, {"name": name, "kind": kind, "may_commission": True})
        if may_decide:
            fill(page, {"may_decide": True})
        press(page, "Bewaar")
    page.goto(f"{office.product.url}/beheer/accounts/nieuw")
    fill(page, {"name": "Fatima Raadslid", "email": "raadslid@gemeente.example", "roles": "council_member"})
    page.get_by_label("Gemeenteraad").check()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    office.product.work()
    mail = office.product.mails("raadslid@gemeente.example")[-1]
    link = office.product.link(mail, r"/medewerkers/instellen/\S+")
    office.set_up("raadslid", "Fatima Raadslid", "raadslid@gemeente.example", link)


def recruit(office: Office, folder: Path) -> list[str]:
    """A round from the sample of the register; returns the codes that stand in the printed letters."""
    product = office.product
    page = office.at_desk("griffier", "/griffie/werving")
    follow(page, "Nieuwe wervingsronde")
    dates = {"letter_on": day(product, 0), "respond_by": day(product, 40), "sample_delete_on": day(product, 120)}
    fill(page, {"name": "Ronde 1", **dates})
    press(page, "Maak de ronde")
    _refused_sample(page, folder)
    sample = folder / "steekproef.csv"
    sample.write_bytes(sample_file())
    fill(page, {"file": str(sample)})
    press(page, "Lees het bestand in")
    see(page, "120 personen ingelezen")
    press(page, "De brieven gaan uit")
    page.goto(f"{page.url.split('?')[0]}/brieven")
    press(page, "Maak de 120 brieven")
    product.work()
    page.reload()
    page.locator("main summary").first.click()
    return _printed_codes(page, folder)


def _refused_sample(page: Page, folder: Path) -> None:
    damaged = folder / "fout.csv"
    damaged.write_bytes(sample_file().replace(b";man;16-29;", b";man;12-15;", 1))
    fill(page, {"file": str(damaged)})
    press(page, "Lees het bestand in")
    see(page, "Er is niets ingelezen", "12-15")


def _printed_codes(page: Page, folder: Path) -> list[str]:
    pdf = folder / "brieven.pdf"
    with page.expect_download() as started:
        page.locator("main a[href$='.pdf']").first.click()
    started.value.save_as(pdf)
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    codes = CODE.findall(text)
    assert len(codes) == 120
    return codes


def join_by_letter(product: Product, page: Page, code: str, email: str) -> None:
    """Somebody with a letter joins on the phone."""
    page.goto(f"{product.url}/meedoen")
    fill(page, {"code": code.replace("-", "").lower()})
    press(page, "Ga verder")
    heading(page, "Uw gegevens")
    fill(page, {**PROFILE, "email": email})
    press(page, "Word lid")
    confirm_mailbox(product, page, email)
    heading(page, "U bent lid van het panel")


def confirm_mailbox(product: Product, page: Page, email: str) -> None:
    """Type the digits that were mailed; wrong digits first."""
    heading(page, "Bevestig uw e-mailadres")
    product.work()
    digits = digits_of(product.mails(email)[-1])
    fill(page, {"code": "000000" if digits != "000000" else "111111"})
    press(page, "Bevestig")
    assert complaints(page)
    fill(page, {"code": digits})
    press(page, "Bevestig")


def digits_of(mail: EmailMessage) -> str:
    """The six digits of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"^\s+(\d{6})\s*$", body.get_content(), re.MULTILINE)
    assert found is not None, body.get_content()
    return found[1]


def sign_up(product: Product, page: Page, email: str) -> None:
    """Somebody without a letter signs up, and waits for the letter to the address."""
    page.goto(f"{product.url}/aanmelden")
    person = {"first_name": "Noor", "last_name": "Zonderbrief", "sex": "female", "district_code": "WK035502"}
    address = {"street": "Regenpad", "house_number": "7", "postcode": "3702 AB", "city": "Zeist"}
    fill(page, {**PROFILE, **person, **address, "email": email})
    # nobody fills this form in within a few seconds
    product.move_clock(timedelta(seconds=20))
    press(page, "Meld mij aan")
    confirm_mailbox(product, page, email)
    heading(page, "Bijna klaar: let op uw brievenbus")


def type_address_code(office: Office, page: Page, folder: Path) -> None:
    """The griffie gives seats and prints the address letter; its code makes a member."""
    product = office.product
    desk = office.at_desk("griffier", "/griffie/werving")
    fill(desk, {"total": "60"})
    press(desk, "Verdeel de plaatsen")
    press(desk, "Maak adresbrieven")
    product.work()
    desk.reload()
    pdf = folder / "adresbrieven.pdf"
    with desk.expect_download() as started:
        desk.locator("main a[href*='/adresbrieven/']").first.click()
    started.value.save_as(pdf)
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    page.goto(f"{product.url}/meedoen")
    fill(page, {"code": CODE.findall(text)[0]})
    press(page, "Ga verder")
    heading(page, "U bent lid van het panel")


def crowd(product: Product, command: str, argument: str) -> None:
    """Let the many do something, in a process of their own."""
    python = [sys.executable, "-m", "tests.e2e.crowd", command, argument]
    done = subprocess.run(python, cwd=ROOT, env=product.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
