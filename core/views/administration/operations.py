"""Mails that wait for a person, and jobs with their progress."""

from collections.abc import Iterable
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import clock, trace
from core.administration import queries, services
from core.administration.labels import JOB_STATES, MAIL_STATES, kind_label, kinds_named
from core.administration.queries import PAGE, WAITING, WaitingFilter
from core.db import db
from core.models import JobState, MailState
from core.paging import Paging
from core.permissions import permitted
from core.views.administration.blueprint import blueprint, page_links, page_number
from core.web.access import Audience, allow
from core.web.download import csv_file

MAIL_HEADERS = ("soort", "gemaakt", "stand", "reden", "kenmerk")
JOB_HEADERS = ("taak", "gemaakt", "klaar", "stand", "gedaan", "van", "reden")
PROGRESS = {JobState.DONE: "done", JobState.FAILED: "failed"}


def _wanted(states: Iterable[MailState] | Iterable[JobState]) -> WaitingFilter:
    search, state = request.args.get("zoek", "").strip(), request.args.get("status", "")
    known = state if state in {one.value for one in states} else ""
    return WaitingFilter(search, tuple(kinds_named(search)) if search else (), known)


def _moment(value: datetime | None) -> str:
    return clock.to_amsterdam(value).isoformat(" ", "minutes")[:16] if value else ""


@blueprint.get("/post")
@allow(Audience.STAFF, "mail.list")
def mails() -> str:
    """How many mails stand where; the failed and unsure ones one by one."""
    page, wanted = page_number(), _wanted(WAITING)
    waiting, total = queries.waiting_mails(wanted, page)
    if waiting:
        trace.seen("mail.list", "mail", "waiting")
    return render_template(
        "core/administration/mails.html",
        counts=queries.mail_counts(),
        states=MAIL_STATES,
        choices={state: MAIL_STATES[state] for state in WAITING},
        wanted=wanted,
        total=total,
        mails=[(mail, queries.address_of(mail)) for mail in waiting],
        kind_label=kind_label,
        page=page,
        pages=Paging(total, PAGE).pages,
        page_url=page_links("administration.mails"),
    )


@blueprint.get("/post.csv")
@allow(Audience.STAFF, "mail.list")
def export_mails() -> Response:
    """The same list as a file, without addresses."""
    trace.seen("mail.export", "mail", "waiting")
    rows = [
        (kind_label(mail.kind), _moment(mail.created_at), MAIL_STATES[mail.state][0], mail.error, mail.message_id)
        for mail in queries.waiting_mail_rows(_wanted(WAITING))
    ]
    return csv_file("e-mail-die-wacht", MAIL_HEADERS, rows)


@blueprint.post("/post/opnieuw")
@allow(Audience.STAFF, "mail.decide")
def send_mail_again() -> Response:
    """Send a failed or unsure mail once more."""
    services.send_mail_again(queries.get_waiting_mail(request.form.get("mail", 0, type=int)))
    db.session.commit()
    flash("De mail gaat opnieuw de deur uit.", "success")
    return redirect(url_for("administration.mails"))


@blueprint.post("/post/laten")
@allow(Audience.STAFF, "mail.decide")
def leave_mail() -> Response:
    """Leave a failed or unsure mail as it is."""
    services.leave_mail(queries.get_waiting_mail(request.form.get("mail", 0, type=int)))
    db.session.commit()
    flash("De mail blijft zoals hij is.", "success")
    return redirect(url_for("administration.mails"))


@blueprint.get("/taken")
@allow(Audience.STAFF, "job.list")
def jobs() -> str:
    """All jobs, newest first."""
    page, wanted = page_number(), _wanted(JobState)
    found, total = queries.list_jobs(wanted, page)
    return render_template(
        "core/administration/jobs.html",
        jobs=found,
        states=JOB_STATES,
        wanted=wanted,
        total=total,
        kind_label=kind_label,
        page=page,
        pages=Paging(total, PAGE).pages,
        page_url=page_links("administration.jobs"),
    )


@blueprint.get("/taken.csv")
@allow(Audience.STAFF, "job.list")
def export_jobs() -> Response:
    """The same list as a file."""
    rows = [
        (
            kind_label(job.kind),
            _moment(job.created_at),
            _moment(job.finished_at),
            JOB_STATES[job.state][0],
            job.progress_n,
            job.progress_of,
            job.error,
        )
        for job in queries.job_rows(_wanted(JobState))
    ]
    return csv_file("taken", JOB_HEADERS, rows)


@blueprint.get("/taken/<public_id>")
@allow(Audience.STAFF, "job.view")
def show_job(public_id: str) -> str:
    """How far a job is."""
    job = queries.get_job(public_id)
    return render_template(
        "core/administration/job.html",
        job=job,
        label=kind_label(job.kind),
        state=JOB_STATES[job.state],
        progress=PROGRESS.get(job.state, "running"),
        may_retry=job.state is JobState.FAILED and permitted("job.retry"),
        may_list=permitted("job.list"),
    )


@blueprint.post("/taken/<public_id>/opnieuw")
@allow(Audience.STAFF, "job.retry")
def retry_job(public_id: str) -> Response:
    """Try a failed job again."""
    services.retry_job(queries.get_job(public_id))
    db.session.commit()
    flash("De taak staat weer in de rij.", "success")
    return redirect(url_for("administration.show_job", public_id=public_id))
