"""Mails that wait for a person, and jobs with their progress."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core import trace
from core.administration import queries, services
from core.administration.labels import JOB_STATES, MAIL_STATES, kind_label
from core.administration.queries import PAGE
from core.db import db
from core.models import JobState, MailState
from core.permissions import permitted
from core.views.administration.blueprint import blueprint, page_links, page_number, pages_of
from core.web.access import Audience, allow

PROGRESS = {JobState.DONE: "done", JobState.FAILED: "failed"}


@blueprint.get("/post")
@allow(Audience.STAFF, "mail.list")
def mails() -> str:
    """How many mails stand where; the failed and unsure ones one by one."""
    page, counts = page_number(), queries.mail_counts()
    waiting = queries.waiting_mails(page)
    if waiting:
        trace.seen("mail.list", "mail", "waiting")
    return render_template(
        "core/administration/mails.html",
        counts=counts,
        states=MAIL_STATES,
        mails=[(mail, queries.address_of(mail)) for mail in waiting],
        kind_label=kind_label,
        page=page,
        pages=pages_of(counts[MailState.FAILED] + counts[MailState.UNSURE], PAGE),
        page_url=page_links("administration.mails"),
    )


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
    page = page_number()
    found, total = queries.list_jobs(page)
    return render_template(
        "core/administration/jobs.html",
        jobs=found,
        states=JOB_STATES,
        kind_label=kind_label,
        page=page,
        pages=pages_of(total, PAGE),
        page_url=page_links("administration.jobs"),
    )


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
