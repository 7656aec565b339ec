"""What the worker does for surveys: the clock of the waves, invitations, reminders, closing."""

import logging
from typing import Any

from core import clock, jobs, keystore
from core.db import db
from core.dialect import rewrite_tables
from core.errors import DomainError
from core.jobs import Progress
from surveys import jobs_design, jobs_draws, jobs_keys, jobs_post, mails
from surveys.lifecycle import WaveStatus
from surveys.models import Wave
from surveys.services import by_post, closing, fielding, opening, wave_keys

log = logging.getLogger(__name__)
UNSEAL_ROUNDS = 3

__all__ = ["advance", "close_wave", "jobs_design", "jobs_draws", "jobs_keys", "jobs_post", "mails"]


def advance() -> list[str]:
    """Let the clock move every wave, each in a transaction of its own."""
    done = []
    for wave_id in opening.running():
        try:
            step = opening.step(db.session.get_one(Wave, wave_id), clock.now())
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            log.warning("wave %s stays as it is: %s", wave_id, error.code)
            continue
        if step:
            done.append(f"{step}:{wave_id}")
    return done


def send_invitations(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Fill the outbox in short transactions; what is there already is skipped."""
    wave = db.session.get_one(Wave, payload["wave_id"])
    last = sent = 0
    while last := fielding.send_invitations(wave, last):
        db.session.commit()
        sent += 1
        progress(min(sent * fielding.CHUNK, wave.invited_n), wave.invited_n)
    return {"chunks": sent}


def send_reminders(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Fill the outbox with one of the reminders in short transactions."""
    wave = db.session.get_one(Wave, payload["wave_id"])
    last = sent = 0
    while last := fielding.send_reminders(wave, payload["number"], last):
        db.session.commit()
        sent += 1
        progress(min(sent * fielding.CHUNK, wave.invited_n), wave.invited_n)
    return {"chunks": sent}


def render_letters(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Make the invitation letters batch by batch; each batch and who is in it stand in one transaction."""
    wave = db.session.get_one(Wave, payload["wave_id"])
    total, done = len(by_post.waiting(wave)), 0
    while number := jobs_post.make_batch(wave):
        db.session.commit()
        done += number
        progress(done, total)
    return {"letters": done}


def close_wave(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Close a wave step by step; after a crash the next run goes on where it stopped.

    Order matters: plain rows are committed and the tables rewritten before the key is destroyed, and the wave
    counts as closed only after that.
    """
    wave_id = payload["wave_id"]
    wave = db.session.get_one(Wave, wave_id)
    if wave.status is not WaveStatus.CLOSED:
        _unseal_and_destroy(wave, progress)
        jobs_draws.keep_verdict(wave)
        closing.finish(wave)
        db.session.commit()
    progress(4, 5)
    rewrite_tables(db.engine, closing.TRACE_TABLES)
    progress(5, 5)
    return {"wave_id": wave_id}


def _unseal_and_destroy(wave: Wave, progress: Progress) -> None:
    for left in range(UNSEAL_ROUNDS, 0, -1):
        if wave_keys.is_lost(wave):
            raise keystore.KeyLostError("wave-key-lost", wave=wave.public_id)
        # what was just read must not hold the tables that are rewritten below
        db.session.commit()
        if closing.key_is_there(wave):
            closing.unseal(wave)
            db.session.commit()
            progress(1, 5)
        rewrite_tables(db.engine, closing.PLAIN_TABLES)
        progress(2, 5)
        try:
            closing.destroy_key(wave)
            db.session.commit()
        except closing.StillSealedError:
            db.session.rollback()
            if left == 1:
                raise
            continue
        progress(3, 5)
        return


jobs.handler(fielding.INVITE_JOB, send_invitations)
jobs.handler(fielding.REMIND_JOB, send_reminders)
jobs.handler(by_post.LETTERS_JOB, render_letters)
jobs.handler(fielding.CLOSE_JOB, close_wave)
jobs.every(30, "surveys.advance", advance)
jobs.every(3600, "surveys.drop_weighting_classes", closing.drop_weighting_classes)
