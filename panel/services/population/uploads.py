"""A file of figures that somebody uploads waits for the worker, encrypted, for a day at most."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core import clock, files, jobs
from core.actor import Actor, acting, current
from core.db import db
from core.errors import ImportRefusedError, NotFoundError
from core.models import Job
from core.permissions import require
from panel.models import SetKind
from panel.services.population.importing import Source, take_in
from panel.services.population.reading import refuse_file

KEPT = timedelta(days=1)
JOB_KIND = "panel.import_population"
OWNER = "population-upload"


def receive(*, content: bytes, file_name: str, kind: SetKind, gm_code: str, year: int) -> Job:
    """Keep the file and let the worker read it; raises ImportRefusedError for an empty one."""
    require("panel.load_population")
    if not content:
        raise refuse_file("Kies eerst een bestand.")
    kept = files.save(
        owner=OWNER, name=file_name[:200], media_type="text/csv", content=content, expires_at=clock.now() + KEPT
    )
    who = current()
    payload = {
        "file": kept.public_id, "name": file_name[:200], "kind": kind.value, "gm_code": gm_code, "year": year,
        "by": who.ref or who.kind,
    }  # fmt: skip
    return jobs.enqueue(JOB_KIND, payload, key=f"population:{kept.public_id}")


def read_upload(payload: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """Take the file in as the one who uploaded it; a refusal is a result, not a failure of the job."""
    content = files.read(files.get(payload["file"], owner=OWNER))
    with tempfile.TemporaryDirectory() as folder, acting(Actor(ref=payload["by"])):
        path = Path(folder) / "upload"
        path.write_bytes(content)
        source = Source(path, SetKind(payload["kind"]), payload["gm_code"], payload["year"], payload["name"])
        try:
            made = take_in(source, progress)
        except ImportRefusedError as refused:
            db.session.rollback()
            return {"faults": [vars(fault) for fault in refused.errors]}
        return {"set": made.public_id, "rows": made.rows}


def find_upload(public_id: str) -> Job:
    """The job of an upload by the name in its address; raises NotFoundError."""
    job = db.session.scalars(select(Job).where(Job.public_id == public_id, Job.kind == JOB_KIND)).first()
    if job is None:
        raise NotFoundError("upload-not-found")
    return job
