"""A panel of a million members on PostgreSQL: what the composition board and the draw of a wave cost.

`python -m benchmarks.large_panel [members ...]` fills a scratch server of its own by the database itself
(generate_series, outside the product's services: this is a load test, nobody in it exists) and prints seconds.
"""

import random
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from typing import TypeVar

from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import text

from app import create_app
from core import clock, jobs, settings
from core.actor import SYSTEM, acting
from core.config import Config
from core.crypto import Keys
from core.db import db
from panel import jobs_board, wave_draws
from panel.queries import Asking
from panel.queries.composition import profile_cells
from panel.queries.drawing import count_households, left_out
from panel.queries.planning import stratum_population
from panel.queries.snapshots import newest_snapshot
from panel.queries.stock import kept, stock
from panel.services.population import load_shipped
from panel.wave_draws import WaveDraw
from panel.wave_samples import SamplePlan
from surveys.services import opening
from surveys.services.fielding import INVITE_JOB
from tests import database as databases
from tests.factories import surveys_fieldwork

Result = TypeVar("Result")
SIZES = (10_000, 100_000, 1_000_000)
GM = "GM0355"
CIPHER = 140
AREA = ("WK035501", "WK035502", "WK035503")
FILL = """
INSERT INTO member (
    public_id, status, origin, round_id, stratum, base_weight, holds_seat, first_name, last_name, email, street,
    house_number, postcode, city, email_index, surname_index, household_index, birth_year, sex, district_code,
    education, tenure, language, newsletter, applied_at, confirmed_at, admitted_at, invited_n, answered_n,
    unanswered_in_row, last_active_on {extra_columns}
)
SELECT
    'm' || n, CASE WHEN n % 20 = 0 THEN 'dormant' ELSE 'active' END,
    CASE WHEN n % 5 = 0 THEN 'self_registered' ELSE 'drawn' END, CASE WHEN n % 5 = 0 THEN NULL ELSE 1 END,
    (ARRAY['16-29','30-39','40-54','55-64','65-74','75+'])[1 + (n * 7 % 6)] || '|WK03550' || (1 + n % 5),
    CASE WHEN n % 5 = 0 THEN NULL ELSE 20 + n % 40 END, false, c.x, c.x, c.x, c.x, c.x, c.x, c.x,
    md5('e' || n), md5('s' || n % 50000), md5('h' || n / 2),
    {year} - (16 + abs(hashint4(n)) % 77), CASE WHEN abs(hashint4(n + 1)) % 2 = 0 THEN 'male' ELSE 'female' END,
    'WK03550' || (1 + n % 5), (ARRAY['low','middle','high','undisclosed'])[1 + abs(hashint4(n + 2)) % 4], 'owner',
    'nl', true, t.at, t.at, t.at, 4, 2, 0, CURRENT_DATE - (n % 700) {extra_values}
FROM generate_series({first}, {last}) AS n,
    LATERAL (SELECT repeat(md5(n::text), {cipher} / 32) AS x) AS c,
    LATERAL (SELECT now() - make_interval(days => 30 + n % 2000) AS at) AS t
"""


def main() -> None:
    """Fill to each size in turn and time the board and the draw."""
    sizes = tuple(int(a) for a in sys.argv[1:]) or SIZES
    with TemporaryDirectory() as folder:
        app = _application(Path(folder))
        with app.app_context(), acting(SYSTEM):
            _prepare()
            filled = 0
            for size in sorted(sizes):
                _fill(filled + 1, size)
                filled = size
                _measure(app, size)
            db.session.remove()


def _application(folder: Path) -> Flask:
    config = Config(
        database_url=databases.postgresql("large_panel").url,
        base_url="https://localhost",
        session_key=secrets.token_urlsafe(48),
        keys=Keys((Fernet.generate_key().decode(),), secrets.token_bytes(48)),
        keystore=folder / "keys",
        recovery_keystore=folder / "recovery",
        mail_url=f"folder:{folder / 'mail'}",
        mail_from="Inwonerspanel <panel@voorbeeld.example>",
        testing=True,
    )
    app = create_app(config)
    databases.create(app, databases.TestDatabase(config.database_url, "postgresql"))
    return app


def _prepare() -> None:
    settings.save(settings.MunicipalSettings(municipality="Zeist", gm_code=GM, panel_target=1_000_000))
    load_shipped(GM)
    db.session.execute(
        text(
            "INSERT INTO recruitment_round (id, public_id, name, status, letter_on, respond_by, sample_delete_on, "
            "created_at) VALUES (1, 'r1', 'r', 'closed', CURRENT_DATE, CURRENT_DATE + 30, "
            "CURRENT_DATE + 180, now())"
        )
    )
    db.session.commit()


def _fill(first: int, last: int) -> None:
    required = _required()
    statement = FILL.format(
        first=first,
        last=last,
        year=clock.today().year,
        cipher=CIPHER,
        extra_columns="".join(f", {name}" for name in required),
        extra_values="".join(f", {value}" for value in required.values()),
    )
    db.session.execute(text(statement))
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE member"))


def _required() -> dict[str, str]:
    """Columns of later releases that must have a value: nought or no."""
    rows = db.session.execute(
        text(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'member' "
            "AND is_nullable = 'NO' AND column_default IS NULL"
        )
    )
    values = {"boolean": "false", "bigint": "0", "integer": "0"}
    return {name: values[kind] for name, kind in rows if f" {name}" not in FILL and kind in values}


def _measure(app: Flask, size: int) -> None:
    print(f"{size:,} members", flush=True)
    cells = _timed("count the cells", profile_cells)
    print(f"  {len(cells):,} cells")
    _timed("count days, activity and departures", stock)
    _timed("count who stayed", kept)
    _timed("compute and keep the snapshot", lambda: jobs_board.take_composition({}, lambda _done, _of: None))
    db.session.commit()
    _timed("read the snapshot", newest_snapshot)
    db.session.rollback()
    _timed("the public page", lambda: _page(app))
    _measure_draw("draw one person per household", None)
    _measure_draw("draw a tenth, by age and district", _sample(size))
    # the page above ended with nobody acting
    with acting(SYSTEM):
        _field(size)


def _measure_draw(what: str, plan: SamplePlan | None) -> None:
    drawn = _timed(what, lambda: _draw(plan))
    print(f"  {len(drawn.people):,} drawn; {_most():,.0f} MB at most so far")
    db.session.rollback()


def _most() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def _asking() -> Asking:
    return Asking(clock.now() + timedelta(days=1))


def _sample(size: int) -> SamplePlan:
    found = stratum_population()
    assert found is not None
    return SamplePlan(size // 10, ("age", "district"), strata=found.counts, source=found.source)


def _draw(plan: SamplePlan | None) -> WaveDraw:
    drawn = wave_draws.draw_wave(_asking(), random.Random(1).getrandbits(40), plan)
    assert drawn is not None
    return drawn


def _field(size: int) -> None:
    """Open a wave that asks everybody, and write the first thousand batches of its mails."""
    wave = surveys_fieldwork.ready_wave()
    wave.announced_at = clock.now() + timedelta(minutes=1)
    db.session.commit()
    _timed("count who is left out", lambda: left_out(_asking()))
    _timed("count the households of three districts", lambda: count_households(replace(_asking(), districts=AREA)))
    db.session.rollback()
    invited = _timed("open a wave: draw and write the invitations", lambda: opening.open_wave(wave))
    _timed("  commit", db.session.commit)
    print(f"  {invited:,} invited; {_most():,.0f} MB at most so far", flush=True)
    number, payload = wave.id, {"wave_id": wave.id}
    jobs.load()
    _timed("write their mails to the outbox", lambda: jobs.handler_of(INVITE_JOB)(payload, _every_tenth(invited)))
    print(f"  {_most():,.0f} MB at most so far", flush=True)
    _forget(number)


def _every_tenth(whole: int) -> jobs.Progress:
    """Print how far it is now and then, so that it shows whether later batches take longer."""
    start, told = time.perf_counter(), [0]

    def show(done: int, _of: int) -> None:
        if done * 4 // whole > told[0]:
            told[0] = done * 4 // whole
            print(f"    {done:,} after {time.perf_counter() - start:,.1f} s", flush=True)

    return show


def _forget(number: int) -> None:
    """Take the wave out again, so that the next size starts without."""
    for table in ("mail", "contact", "invitation", "fieldwork", "file_chunk", "stored_file"):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.execute(text("UPDATE wave SET status = 'cancelled' WHERE id = :id"), {"id": number})
    db.session.commit()


def _page(app: Flask) -> None:
    assert app.test_client().get("/panel", base_url="https://localhost").status_code == 200


def _timed(what: str, work: Callable[[], Result]) -> Result:
    start, used = time.perf_counter(), time.process_time()
    found = work()
    wall, processor = time.perf_counter() - start, time.process_time() - used
    print(f"  {what:<40}{wall:8.2f} s, of which {processor:.2f} s of processor here", flush=True)
    return found


if __name__ == "__main__":
    main()
