"""What the griffie must do today: one list of tasks from all packages, the most urgent first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import defer, selectinload

from core import clock, settings
from core.db import db
from core.models import Job, JobState, Mail, MailState
from feedback.models import Publication, PublicationStatus
from feedback.queries import count_findings_without_answer, list_publications
from panel.models import RecruitmentRound, RoundStatus
from panel.queries.recruitment import awaiting_address_letter, list_rounds
from portal import places
from portal.queries.agreements import Agreement, list_agreements
from portal.stages import Stage
from portal.wording import countdown
from surveys.lifecycle import CommissionStatus, WaveStatus
from surveys.models import Commission, Wave
from surveys.queries_commission import pausing
from surveys.queries_fieldwork import StratumResponse, response_by_stratum
from surveys.queries_keys import lost_waves
from surveys.queries_wave import open_late_mark, valid_sign_off

SOON = 14
SMALL_GROUP = 5


@dataclass(frozen=True)
class Task:
    """Something that waits for a person; `due` sorts it, `late` colours it."""

    label: str
    url: str
    hint: str = ""
    due: date | None = None
    late: bool = False

    @property
    def state(self) -> str:
        """The clock of the task in words."""
        return countdown(self.due, clock.today()) if self.due else "Nog te doen"


def in_the_field() -> list[Wave]:
    """Waves that are open or wait for paper, what closes first on top."""
    running = (WaveStatus.FIELDING, WaveStatus.PAPER)
    statement = select(Wave).where(Wave.status.in_(running)).options(defer(Wave.frozen_document))
    return list(db.session.scalars(statement.order_by(Wave.closes_at)))


@dataclass(frozen=True)
class Running:
    """A running wave with its response, the groups with the lowest share first."""

    wave: Wave
    invited: int
    answered: int
    lowest: list[StratumResponse]


def running_waves(most: int) -> list[Running]:
    """Every wave in the field with the groups that are missed most."""
    found = []
    for wave in in_the_field():
        rows = response_by_stratum(wave)
        lowest = sorted((r for r in rows if r.invited >= SMALL_GROUP), key=lambda r: (r.share, -r.invited))
        found.append(Running(wave, sum(r.invited for r in rows), sum(r.answered for r in rows), lowest[:most]))
    return found


def all_tasks() -> list[Task]:
    """Every task, late ones first, then by date, then what has no date."""
    found = [
        *setting_tasks(),
        *commission_tasks(),
        *wave_tasks(),
        *weighing_tasks(),
        *feedback_tasks(),
        *recruitment_tasks(),
        *mail_tasks(),
    ]
    return sorted(found, key=lambda t: (not t.late, t.due or date.max))


def setting_tasks() -> Iterator[Task]:
    """Required settings that are empty."""
    missing = settings.missing(settings.municipal())
    if missing:
        words = ", ".join(list(missing.values())[:4]) + (" en meer" if len(missing) > 4 else "")
        number = len(missing)
        label = "Vul 1 verplichte instelling in" if number == 1 else f"Vul {number} verplichte instellingen in"
        yield Task(label, places.SETTINGS, f"Nodig voor de eerste uitnodiging: {words}.")


def commission_tasks() -> Iterator[Task]:
    """Bodies that are paused; commissions that wait for advice, a decision or a questionnaire."""
    for name in sorted({owed.obligation.body.name for owed in pausing()}):
        hint = "Een terugkoppeling is te laat. Het orgaan kan de pauze opheffen met een openbaar besluit."
        yield Task(f"Mag geen nieuwe opdracht indienen: {name}", places.PAUSES, hint, late=True)
    waiting = (CommissionStatus.SUBMITTED, CommissionStatus.FORM_ADVISED)
    statement = select(Commission).where(Commission.status.in_(waiting)).order_by(Commission.submitted_at)
    for commission in db.session.scalars(statement):
        submitted = commission.status is CommissionStatus.SUBMITTED
        doing = "Geef advies over de vorm" if submitted else "Leg het besluit vast"
        hint = (
            f"{commission.body.name}; de stukken gaan weg op {commission.papers_on:%d-%m-%Y}."
            if (commission.papers_on)
            else commission.body.name
        )
        yield Task(f"{doing}: {commission.title}", places.commission(commission.public_id), hint)
    for agreement in list_agreements():
        if agreement.stage is Stage.PREPARING and agreement.wave is None:
            url = places.commission(agreement.commission.public_id)
            yield Task(f"Maak de vragenlijst: {agreement.title}", url, due=agreement.results_due_on)


def wave_tasks() -> Iterator[Task]:
    """Waves without their key, in design, waiting for a signature, about to open, or waiting for paper."""
    for wave in lost_waves():
        hint = "Niemand kan nu antwoorden. Herstel vraagt twee mensen."
        yield Task(f"De sleutel ontbreekt: {wave.title}", places.key(wave.public_id), hint, late=True)
    living = (WaveStatus.DESIGN, WaveStatus.READY, WaveStatus.PAPER)
    for wave in db.session.scalars(select(Wave).where(Wave.status.in_(living)).order_by(Wave.opens_at, Wave.id)):
        yield _wave_task(wave)
    frozen = select(Wave).where(Wave.status.not_in((WaveStatus.DESIGN, WaveStatus.CANCELLED)))
    for wave in db.session.scalars(frozen.options(defer(Wave.frozen_document), selectinload(Wave.sign_offs))):
        if open_late_mark(wave) is not None:
            yield Task(f"Late handtekening ontbreekt nog: {wave.title}", places.wave(wave.public_id))


def _wave_task(wave: Wave) -> Task:
    opens = clock.to_amsterdam(wave.opens_at).date() if wave.opens_at else None
    if wave.status is WaveStatus.PAPER:
        until = clock.to_amsterdam(wave.paper_until).date() if wave.paper_until else None
        return Task(f"Voer papieren formulieren in: {wave.title}", places.fieldwork(wave.public_id), due=until)
    late = opens is not None and opens < clock.today()
    if wave.status is WaveStatus.READY:
        return Task(f"Gaat open: {wave.title}", places.wave(wave.public_id), due=opens, late=late)
    signed = valid_sign_off(wave) is not None
    doing = "Maak klaar om te versturen" if signed else "Maak af en laat tekenen"
    return Task(f"{doing}: {wave.title}", places.wave(wave.public_id), due=opens, late=late)


def weighing_tasks() -> Iterator[Task]:
    """Weightings to decide on or to look at."""
    weighing = {
        PublicationStatus.NEEDS_DECISION: "Beslis over de weging",
        PublicationStatus.PROPOSED: "Bekijk de weging en geef akkoord",
    }
    for publication, wave, _commission in list_publications():
        if publication.status in weighing:
            due = clock.to_amsterdam(publication.results_due_at).date()
            label = f"{weighing[publication.status]}: {wave.title}"
            url = f"{places.publication(publication.public_id)}/weging"
            yield Task(label, url, due=due, late=due < clock.today())


def feedback_tasks() -> Iterator[Task]:
    """Findings without an answer, feedback that is due."""
    for publication, wave, _commission in list_publications():
        if publication.status is PublicationStatus.RESULTS_PUBLISHED:
            yield _feedback_task(publication, wave)


def _feedback_task(publication: Publication, wave: Wave) -> Task:
    waiting = count_findings_without_answer(publication)
    hint = f"{waiting} van {len(publication.findings)} bevindingen hebben nog geen antwoord."
    due = publication.feedback_due_on
    url = f"{places.publication(publication.public_id)}/bevindingen"
    return Task(f"Maak de terugkoppeling: {wave.title}", url, hint, due, due < clock.today())


def recruitment_tasks() -> Iterator[Task]:
    """Rounds that run or end, address letters to print, people who wait."""
    for running in list_rounds():
        if running.status is not RoundStatus.CLOSED:
            yield _round_task(running)
        elif running.sample_destroyed_at is None and (running.sample_delete_on - clock.today()).days <= SOON:
            hint = "Daarna verdwijnen de gegevens van wie geen lid wordt vanzelf."
            yield Task(f"Laatste dagen van de steekproef: {running.name}", places.RECRUITMENT, hint)
    letters = len(awaiting_address_letter())
    if letters:
        yield Task(f"Print adresbrieven ({letters})", places.RECRUITMENT, "Voor wie zich zelf heeft aangemeld.")


def _round_task(running: RecruitmentRound) -> Task:
    if running.status is RoundStatus.DRAFT:
        return Task(f"Maak de wervingsronde af: {running.name}", places.RECRUITMENT, due=running.letter_on)
    late = running.respond_by < clock.today()
    return Task(
        f"Volg of sluit de wervingsronde: {running.name}", places.RECRUITMENT, due=running.respond_by, late=late
    )


def mail_tasks() -> Iterator[Task]:
    """Mails that failed or are unsure, and jobs that failed: a person decides."""
    trouble = (MailState.FAILED, MailState.UNSURE)
    counts = dict(
        db.session.execute(select(Mail.state, func.count()).where(Mail.state.in_(trouble)).group_by(Mail.state)).all()
    )
    if counts:
        hint = f"{counts.get(MailState.FAILED, 0)} mislukt, {counts.get(MailState.UNSURE, 0)} onzeker. U beslist."
        yield Task(f"Kijk naar de post ({sum(counts.values())})", places.MAIL, hint, late=True)
    broken = db.session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.FAILED))
    if broken:
        yield Task(f"Kijk naar mislukte taken ({broken})", places.JOBS, late=True)


def overdue_agreements() -> list[Agreement]:
    """Promises to residents that were missed."""
    return [a for a in list_agreements() if a.overdue]
