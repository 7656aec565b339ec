"""Letters: printed once each, in batches that can be taken up again, readable by people, screen readers and cameras."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pdfua
import pytest
from pypdf import PdfReader

from core import clock, files, links
from core.actor import SYSTEM, acting
from core.db import db
from core.errors import BlockedError
from core.models import AuditEvent, Job, JobState, StoredFile
from panel.models import AddressWindow, LargeType, LetterBatch, PrintedLetter, RecruitmentRound
from panel.services import recruitment, recruitment_letters
from tests.conftest import CheckingClient
from tests.integration.paper import scan

FIRST, SECOND = 1, 2
WEEK = timedelta(days=7)


@pytest.fixture
def ready(ready: SimpleNamespace) -> Iterator[SimpleNamespace]:
    with acting(SYSTEM):
        yield ready


def codes_of(error: pytest.ExceptionInfo[BlockedError]) -> list[str]:
    return [blocker.code for blocker in error.value.blockers]


def pdfs() -> list[PdfReader]:
    found = db.session.scalars(db.select(StoredFile).order_by(StoredFile.id))
    return [PdfReader(io.BytesIO(files.read(file))) for file in found]


def looks(**changes: Any) -> recruitment.LetterLooks:
    values = {
        "address_window": AddressWindow.RIGHT, "address_top": 48, "large_type": LargeType.NOBODY, "second_language": "",
    }  # fmt: skip
    return recruitment.LetterLooks(**{**values, **changes})


def test_every_person_gets_one_letter_in_one_batch(ready: SimpleNamespace, small_batches: None, run_jobs: Any) -> None:
    made = ready.panel.recruitment_round(persons=5)
    batches = recruitment_letters.print_letters(made, FIRST)
    assert [b.letters for b in batches] == [2, 2, 1]
    assert run_jobs() == 3
    text = "".join(page.extract_text() for pdf in pdfs() for page in pdf.pages)
    for person in ready.panel.persons(made):
        assert text.count(recruitment.letter_code(person)) == 1
    run = recruitment_letters.print_run(made, FIRST)
    assert (run.done, run.letters, run.unprinted, run.failed) == (5, 5, 0, False)
    with pytest.raises(BlockedError) as refused:
        recruitment_letters.print_letters(made, FIRST)
    assert codes_of(refused) == ["all-printed"]


def test_printing_goes_on_where_it_stopped(ready: SimpleNamespace, small_batches: None, run_jobs: Any) -> None:
    made = ready.panel.recruitment_round(persons=4)
    one, other = recruitment_letters.print_letters(made, FIRST)
    run_jobs()
    before = {one.file_ref, other.file_ref}
    # the machine stopped after the work was done and before it was noted: the job is taken up once more
    db.session.execute(db.update(Job).values(state=JobState.QUEUED, attempts=0))
    assert run_jobs() == 2
    assert {one.file_ref, other.file_ref} == before
    assert len(pdfs()) == 2


def test_who_joined_or_refused_meanwhile_is_not_printed(ready: SimpleNamespace, run_jobs: Any) -> None:
    made = ready.panel.recruitment_round(persons=3)
    (batch,) = recruitment_letters.print_letters(made, FIRST)
    first, second, third = ready.panel.persons(made)
    ready.panel.drawn_member(first)
    recruitment.refuse_letters(made, second.number)
    run_jobs()
    assert batch.letters == 1
    assert recruitment.letter_code(third) in pdfs()[0].pages[0].extract_text()


def test_letters_wait_until_the_round_is_open(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round(sent=False)
    with pytest.raises(BlockedError) as refused:
        recruitment_letters.print_letters(made, FIRST)
    assert codes_of(refused) == ["round-not-open"]


def test_second_letter_goes_shortly_before_its_day_to_who_has_not_joined_and_not_refused(
    ready: SimpleNamespace, run_jobs: Any
) -> None:
    made = ready.panel.recruitment_round(persons=4)
    with pytest.raises(BlockedError) as refused:
        recruitment_letters.print_letters(made, SECOND)
    assert codes_of(refused) == ["no-second-letter"]
    recruitment.plan_second_letter(made, made.letter_on + timedelta(days=14))
    with pytest.raises(BlockedError) as refused:
        recruitment_letters.print_letters(made, SECOND)
    assert codes_of(refused) == ["second-too-early"]
    first, second, *rest = ready.panel.persons(made)
    ready.panel.drawn_member(first)
    recruitment.refuse_letters(made, second.number)
    with clock.travel(clock.now() + timedelta(days=12)):
        recruitment_letters.print_letters(made, SECOND)
        run_jobs()
    (pdf,) = pdfs()
    text = "".join(page.extract_text() for page in pdf.pages)
    assert text.count("Herinnering") == 2
    assert all(recruitment.letter_code(person) in text for person in rest)


@pytest.mark.parametrize(("days", "code"), [(3, "second-letter-early"), (30, "second-letter-late"), (14, "")])
def test_second_letter_has_a_day_between_the_first_and_the_last(ready: SimpleNamespace, days: int, code: str) -> None:
    made = ready.panel.recruitment_round()
    on = made.letter_on + timedelta(days=days)
    if not code:
        assert recruitment.plan_second_letter(made, on).second_letter_on == on
        return
    with pytest.raises(BlockedError) as refused:
        recruitment.plan_second_letter(made, on)
    assert codes_of(refused) == [code]


def test_reprint_needs_a_week_or_a_reason_that_is_written_down(ready: SimpleNamespace, run_jobs: Any) -> None:
    made = ready.panel.recruitment_round(persons=2)
    (batch,) = recruitment_letters.print_letters(made, FIRST)
    run_jobs()
    with pytest.raises(BlockedError) as refused:
        recruitment_letters.print_again(batch, "  ")
    assert codes_of(refused) == ["reason-needed"]
    again = recruitment_letters.print_again(batch, "De printer liep vast.")
    assert (again.number, again.printing) == (batch.number, 2)
    row = db.session.scalars(db.select(AuditEvent).filter_by(action="round.print_again")).one()
    assert row.detail["reason"] == "De printer liep vast."
    with clock.travel(clock.now() + WEEK + timedelta(minutes=1)):
        assert recruitment_letters.print_again(again, "").printing == 3
    with pytest.raises(BlockedError) as refused:
        recruitment_letters.print_again(batch, "nog eens")
    assert codes_of(refused) == ["printed-again"]


def test_destroyed_sample_leaves_no_trace_of_who_was_printed(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round()
    recruitment_letters.print_letters(made, FIRST)
    recruitment.close_round(made)
    recruitment.destroy_sample(made)
    assert db.session.scalars(db.select(PrintedLetter)).all() == []
    assert db.session.scalars(db.select(LetterBatch)).one().letters == 3


def printed(made: RecruitmentRound, run_jobs: Any) -> bytes:
    recruitment_letters.print_letters(made, FIRST)
    run_jobs()
    return files.read(db.session.scalars(db.select(StoredFile)).one())


def structure(pdf: PdfReader) -> list[Any]:
    """All structure elements of a tagged PDF, in reading order."""

    def walk(node: Any) -> Iterator[Any]:
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                yield from walk(child)
        elif isinstance(node, dict) and "/S" in node:
            yield node
            if "/K" in node:
                yield from walk(node["/K"])

    return list(walk(pdf.trailer["/Root"]["/StructTreeRoot"]["/K"]))


def test_letter_passes_the_checker_of_pdf_ua(ready: SimpleNamespace, run_jobs: Any, tmp_path: Path) -> None:
    made = ready.panel.recruitment_round(persons=2, sent=False)
    recruitment.set_looks(made, looks(second_language="en", large_type=LargeType.EVERYBODY))
    recruitment.send_letters(made)
    file = tmp_path / "letters.pdf"
    file.write_bytes(printed(made, run_jobs))
    report = pdfua.validate(file)
    assert [finding.message for finding in report.findings] == []
    passed = {outcome.rule_id for outcome in report.outcomes if outcome.skipped_reason is None}
    # structure tree, MarkInfo, no untagged content, language, alt text, title and its display, identification
    assert {
        "UA-01-005",
        "UA-01-002",
        "UA-01-003",
        "UA-06-001",
        "UA-13-004",
        "UA-07-001",
        "UA-07-002",
        "UA-28-004",
    } <= passed


def test_letter_is_tagged_with_headings_figures_and_languages(ready: SimpleNamespace, run_jobs: Any) -> None:
    made = ready.panel.recruitment_round(persons=1, sent=False)
    recruitment.set_looks(made, looks(second_language="en"))
    recruitment.send_letters(made)
    pdf = PdfReader(io.BytesIO(printed(made, run_jobs)))
    root: Any = pdf.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == (
        "nl",
        True,
        True,
    )
    assert pdf.metadata is not None
    assert pdf.metadata.title == f"Brieven: {made.name}"
    elements = structure(pdf)
    assert [e["/S"] for e in elements if e["/S"].startswith("/H")] == ["/H1", "/H1"]
    (person,) = ready.panel.persons(made)
    url = links.absolute("panel_public.letter_code", code=recruitment.letter_code(person))
    alts = [e["/Alt"] for e in elements if e["/S"] == "/Figure"]
    assert alts == [f"QR-code met het adres {url}", f"QR code with the address {url}"]


def test_camera_reads_the_address_of_the_code_from_paper(ready: SimpleNamespace, run_jobs: Any, tmp_path: Path) -> None:
    made = ready.panel.recruitment_round(persons=3)
    wanted = [
        [links.absolute("panel_public.letter_code", code=recruitment.letter_code(person))]
        for person in ready.panel.persons(made)
    ]
    assert scan(printed(made, run_jobs), tmp_path) == wanted


@pytest.mark.parametrize(("window", "left"), [(AddressWindow.LEFT, 25.0), (AddressWindow.RIGHT, 120.0)])
def test_address_stands_where_the_window_is(
    ready: SimpleNamespace, run_jobs: Any, window: AddressWindow, left: float
) -> None:
    made = ready.panel.recruitment_round(persons=1, sent=False)
    recruitment.set_looks(made, looks(address_window=window, address_top=52))
    recruitment.send_letters(made)
    pdf = PdfReader(io.BytesIO(printed(made, run_jobs)))
    places: list[tuple[float, float]] = []

    def visit(text: str, cm: Any, tm: Any, _font: Any, _size: float) -> None:
        if "Geloot1" in text:
            x = tm[4] * cm[0] + cm[4]
            y = tm[5] * cm[3] + cm[5]
            places.append((x / 72 * 25.4, 297 - y / 72 * 25.4))

    pdf.pages[0].extract_text(visitor_text=visit)
    # the greeting further down has the name too
    x, y = min(places, key=lambda place: place[1])
    assert x == pytest.approx(left, abs=1)
    assert 52 < y < 60


def test_language_and_size_follow_the_person(ready: SimpleNamespace, run_jobs: Any) -> None:
    made = ready.panel.recruitment_round(persons=0, sent=False)
    head, *rows = ready.panel.sample_csv(2).decode().split("\n")
    lines = [f"{head};taal;grote_letters", f"{rows[0]};en;", f"{rows[1]};;ja"]
    recruitment.import_sample(made, "\n".join(lines).encode())
    recruitment.send_letters(made)
    pdf = PdfReader(io.BytesIO(printed(made, run_jobs)))
    assert "You have been drawn by lot" in pdf.pages[0].extract_text()
    sizes: set[float] = set()
    pdf.pages[1].extract_text(visitor_text=lambda text, _cm, tm, _f, size: sizes.add(round(abs(tm[3]) * size)))
    assert "U bent geloot" in pdf.pages[1].extract_text()
    assert 16 in sizes


def test_proof_sheet_shows_each_kind_with_its_number_and_no_code_that_works(
    ready: SimpleNamespace, run_jobs: Any
) -> None:
    made = ready.panel.recruitment_round(persons=0, sent=False)
    head, *rows = ready.panel.sample_csv(3).decode().split("\n")
    recruitment.import_sample(made, "\n".join([f"{head};taal", f"{rows[0]};en", f"{rows[1]};", f"{rows[2]};"]).encode())
    recruitment_letters.ask_proof(made)
    run_jobs()
    (pdf,) = pdfs()
    text = "".join(page.extract_text() for page in pdf.pages)
    assert len(pdf.pages) == 3
    assert "English: 1 brief" in text
    assert "Nederlands: 2 brieven" in text
    for person in ready.panel.persons(made):
        assert recruitment.letter_code(person) not in text


def test_clerk_prints_follows_and_downloads(
    ready: SimpleNamespace, clerk: CheckingClient, run_jobs: Any, small_batches: None
) -> None:
    made, other = ready.panel.recruitment_round(), ready.panel.recruitment_round()
    url = f"/griffie/werving/{made.public_id}"
    assert "3 brieven" in clerk.get(f"{url}/brieven").get_data(as_text=True)
    assert clerk.post(f"{url}/brieven/maken/1").status_code == 302
    assert "0 van 3" in clerk.get(f"{url}/brieven").get_data(as_text=True)
    run_jobs()
    page = clerk.get(f"{url}/brieven").get_data(as_text=True)
    assert "3 van 3" in page
    assert clerk.post(f"{url}/brieven/maken/1").status_code == 409
    file = db.session.scalars(db.select(StoredFile)).first()
    assert file is not None
    assert f"/brieven/{file.public_id}.pdf" in page
    assert clerk.get(f"{url}/brieven/{file.public_id}.pdf").data.startswith(b"%PDF")
    assert clerk.get(f"/griffie/werving/{other.public_id}/brieven/{file.public_id}.pdf").status_code == 404
    archive = zipfile.ZipFile(io.BytesIO(clerk.get(f"{url}/brieven-1.zip", buffered=True).data))
    assert archive.namelist() == ["brieven-1-groep-1.pdf", "brieven-1-groep-2.pdf"]
    assert archive.testzip() is None
    assert clerk.get(f"/griffie/werving/{other.public_id}/brieven-1.zip").status_code == 404
    assert len(db.session.scalars(db.select(AuditEvent).filter_by(action="letters.download")).all()) == 3


def test_clerk_reprints_proofs_and_changes_the_looks(
    ready: SimpleNamespace, clerk: CheckingClient, run_jobs: Any
) -> None:
    made = ready.panel.recruitment_round()
    url = f"/griffie/werving/{made.public_id}/brieven"
    clerk.post(f"{url}/maken/1")
    run_jobs()
    batch = db.session.scalars(db.select(LetterBatch)).one()
    assert clerk.post(f"{url}/{batch.public_id}/opnieuw").status_code == 409
    assert clerk.post(f"{url}/{batch.public_id}/opnieuw", data={"reason": "Nat geworden"}).status_code == 302
    assert clerk.post(f"{url}/onbekend/opnieuw", data={"reason": "x"}).status_code == 404
    form = {"address_window": "right", "address_top": "50", "large_type": "seniors", "second_language": "en"}
    assert clerk.post(f"{url}/vorm", data={**form, "address_top": "99"}).status_code == 422
    assert clerk.post(f"{url}/vorm", data=form).status_code == 302
    assert clerk.post(f"{url}/proefvel").status_code == 302
    run_jobs()
    proof = db.session.scalars(db.select(StoredFile).filter_by(name="proefvel.pdf")).one()
    proof_url = f"/griffie/werving/{made.public_id}/proefvel/{proof.public_id}.pdf"
    assert proof_url in clerk.get(url).get_data(as_text=True)
    assert clerk.get(proof_url).data.startswith(b"%PDF")
    later = ready.panel.recruitment_round(persons=0, sent=False)
    assert (later.address_window, later.address_top, later.second_language) == (AddressWindow.RIGHT, 50, "en")


@pytest.mark.usefixtures("small_batches")
def test_batch_of_two_languages_has_half_the_letters_and_so_as_many_pages(ready: SimpleNamespace) -> None:
    made = ready.panel.recruitment_round(persons=4, sent=False)
    recruitment.set_looks(made, looks(second_language="en"))
    recruitment.send_letters(made)
    batches = recruitment_letters.print_letters(made, FIRST)
    assert [batch.letters for batch in batches] == [1, 1, 1, 1]
