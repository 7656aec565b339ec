"""A whole run of letters: what 10,000 of them cost in time, memory and bytes, and whether a camera reads their codes.

`python -m benchmarks.letters [persons] [folder]` makes a round with persons of the synthetic municipality through the
services, starts `flask worker --once` on it, and samples once a second what the worker and the press beside it hold.
With a folder the PDFs and their zip stay there.
"""

import io
import os
import random
import resource
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import zxingcpp
from cryptography.fernet import Fernet
from PIL import Image
from sqlalchemy import select

from app import create_app
from core import clock, files, links, settings
from core.actor import SYSTEM, acting
from core.config import from_environment
from core.db import db
from core.models import Job, StoredFile
from core.settings import MunicipalSettings
from panel.models import LetterBatch, PrintedLetter, SamplePerson
from panel.services import recruitment, recruitment_letters
from panel.services.population import load_shipped
from panel.views.letter_files import download_all
from portal.demonstration.population import draw_population
from portal.demonstration.sampling import draw_sample, sample_file
from portal.demonstration.story.shapes import Calendar
from portal.demonstration.story.whole import whole_story
from tests import database as databases

PERSONS, SEED, LOOKED_AT = 10_000, 2021, 200
DPI = "100"


@dataclass
class Peak:
    """The most that the processes held, in kibibytes: `shared_once` counts what they share (PSS) one time."""

    together: int = 0
    shared_once: int = 0
    worker: int = 0
    press: int = 0

    def look(self, worker: int) -> None:
        """Look at the worker and what it started; who ended meanwhile holds nothing."""
        started = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
        own, others = _held(str(worker)), [_held(number) for number in started]
        self.worker = max(self.worker, own["Rss"])
        self.press = max([self.press, *(held["Rss"] for held in others)])
        self.together = max(self.together, sum(held["Rss"] for held in [own, *others]))
        self.shared_once = max(self.shared_once, sum(held["Pss"] for held in [own, *others]))


def _held(number: str) -> Counter[str]:
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()[1:]
    except (FileNotFoundError, ProcessLookupError):
        return Counter()
    return Counter({name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)})


def main() -> None:
    """Make the round, let the worker print it, and look at what came out."""
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    with TemporaryDirectory() as scratch:
        os.environ.update(_environment(Path(scratch)))
        app = create_app(from_environment())
        databases.create(app, databases.sqlite(Path(scratch)))
        with app.app_context(), acting(SYSTEM):
            _ask(persons)
            db.session.remove()
            _print()
            with app.test_request_context():
                _look(Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch))
            db.session.remove()
            db.engine.dispose()


def _environment(folder: Path) -> dict[str, str]:
    return {
        "FLASK_APP": "app",
        "PANEL_DATABASE_URL": f"sqlite:///{folder / 'panel.db'}",
        "PANEL_BASE_URL": "https://panel.voorbeeld.example",
        "PANEL_SESSION_KEY": secrets.token_urlsafe(48),
        "PANEL_IDENTITY_KEYS": Fernet.generate_key().decode(),
        "PANEL_INDEX_KEY": secrets.token_urlsafe(48),
        "PANEL_KEYSTORE": str(folder / "keys"),
        "PANEL_RECOVERY_KEYSTORE": str(folder / "recovery"),
        "PANEL_MAIL_URL": f"folder:{folder / 'mail'}",
        "PANEL_MAIL_FROM": "Panel <panel@voorbeeld.example>",
        "PANEL_DEMONSTRATION": "1",
    }


def _ask(persons: int) -> None:
    """A round of which the letters wait for the worker."""
    story = whole_story(Calendar(clock.today()))
    settings.save(MunicipalSettings(**story.settings), reason="Meting")
    load_shipped(story.settings["gm_code"])
    today = clock.today()
    made = recruitment.create_round(
        name="Grote ronde",
        letter_on=today,
        respond_by=today + timedelta(days=28),
        sample_delete_on=today + timedelta(days=80),
    )
    population = draw_population(SEED)
    draw = draw_sample(population, persons, 0, np.random.default_rng(SEED))
    recruitment.import_sample(made, sample_file(population, draw))
    recruitment.send_letters(made)
    batches = recruitment_letters.print_letters(made, recruitment_letters.FIRST)
    db.session.commit()
    print(f"{persons} persons, {len(batches)} batches of at most {recruitment_letters.BATCH}")


def _print() -> None:
    start, peak = time.monotonic(), Peak()
    with subprocess.Popen([sys.executable, "-m", "flask", "worker", "--once"]) as worker:
        while worker.poll() is None:
            with suppress(FileNotFoundError, ProcessLookupError):
                peak.look(worker.pid)
            time.sleep(1)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"wall {time.monotonic() - start:.0f} s, CPU {used.ru_utime + used.ru_stime:.0f} s")
    for name, value in vars(peak).items():
        print(f"peak {name}: {value / 1024:.0f} MiB")


def _look(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    jobs = db.session.execute(select(Job.state, db.func.count()).group_by(Job.state)).all()
    stored = db.session.scalars(select(StoredFile).order_by(StoredFile.id)).all()
    sizes = [file.size for file in stored]
    letters = db.session.scalar(select(db.func.sum(LetterBatch.letters))) or 0
    print(
        f"jobs {jobs}; {letters} letters in {len(sizes)} files of {min(sizes)}-{max(sizes)} bytes, in all {sum(sizes)}"
    )
    for file in stored:
        (folder / file.name).write_bytes(files.read(file))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, size = time.monotonic(), 0
    with (folder / "letters.zip").open("wb") as archive:
        for piece in download_all(stored, "letters.zip").iter_encoded():
            size += archive.write(piece)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"zip {size} bytes in {time.monotonic() - start:.1f} s, {grown / 1024:.0f} MiB more memory")
    _read_codes(folder)


def _read_codes(folder: Path) -> None:
    """Read the codes of pages drawn at random from the print, and hold each to the person it is for."""
    places = random.Random(SEED).sample(list(_places(folder)), LOOKED_AT)
    right = sum(_code_on(file, page) == url for file, page, url in places)
    print(f"codes read at {DPI} dpi: {right} of {len(places)} right")


def _places(folder: Path) -> Iterator[tuple[Path, int, str]]:
    for batch in db.session.scalars(select(LetterBatch).order_by(LetterBatch.number)):
        mine = select(SamplePerson).join(PrintedLetter, PrintedLetter.sample_person_id == SamplePerson.id)
        people = db.session.scalars(mine.where(PrintedLetter.batch_id == batch.id).order_by(SamplePerson.number))
        for page, person in enumerate(people, 1):
            code = recruitment_letters.letter_code(person)
            url = links.absolute("panel_public.letter_code", code=code)
            yield folder / f"brieven-{batch.issue}-groep-{batch.number}.pdf", page, url


def _code_on(file: Path, page: int) -> str:
    command = ["pdftoppm", "-r", DPI, "-png", "-f", str(page), "-l", str(page), str(file)]  # the picture goes to stdout
    picture = subprocess.run(command, check=True, capture_output=True).stdout
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return found[0].text if found else ""


if __name__ == "__main__":
    main()
