"""The state of every agreement: agreed, in the field, results, feedback, with the dates that were promised."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload

from core import clock
from core.db import db
from feedback.models import Publication, PublicationStatus
from portal.stages import Stage
from surveys.lifecycle import CommissionStatus, WaveStatus
from surveys.models import Approach, Commission, Obligation, Wave

STOPPED = (WaveStatus.CANCELLED, WaveStatus.VOIDED)
UNSEEN = (WaveStatus.DESIGN, WaveStatus.READY, WaveStatus.CANCELLED)


def _day(instant: datetime | None) -> date | None:
    return clock.to_amsterdam(instant).date() if instant else None


@dataclass(frozen=True)
class Agreement:
    """An accepted commission with the wave, the publication and the obligation that came of it."""

    commission: Commission
    wave: Wave | None
    publication: Publication | None
    obligation: Obligation | None

    @property
    def title(self) -> str:
        """The title everybody may read: that of the questionnaire only once it is public."""
        return self.wave.title if self.wave and self.public_wave else self.commission.title

    @property
    def public_wave(self) -> bool:
        """Whether the questionnaire has a public page."""
        return self.wave is not None and self.wave.status not in UNSEEN

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        if self.commission.approach is not Approach.ASK:
            return Stage.INFORMATION
        if self.wave is None or self.wave.status in (WaveStatus.DESIGN, WaveStatus.READY):
            return Stage.PREPARING
        if self.wave.status in STOPPED:
            return Stage.STOPPED
        if self.publication is not None and self.publication.is_public:
            done = self.publication.status is PublicationStatus.FEEDBACK_PUBLISHED
            return Stage.DONE if done else Stage.FEEDBACK_DUE
        return Stage.OPEN if self.wave.status is WaveStatus.FIELDING else Stage.COUNTING

    @property
    def agreed_on(self) -> date | None:
        """The day on which the agreement was fixed."""
        return _day(self.commission.accepted_at)

    @property
    def opens_on(self) -> date | None:
        """The day on which the questionnaire opens, once that is fixed."""
        fixed = self.wave is not None and self.wave.status is not WaveStatus.DESIGN
        return _day(self.wave.opens_at) if self.wave and fixed else None

    @property
    def closes_on(self) -> date | None:
        """The last day on which members can answer, once that is fixed."""
        fixed = self.wave is not None and self.wave.status is not WaveStatus.DESIGN
        return _day(self.wave.closes_at) if self.wave and fixed else None

    @property
    def results_due_on(self) -> date | None:
        """The promised day of the results."""
        return _day(self.publication.results_due_at) if self.publication else self.commission.results_promised_on

    @property
    def results_on(self) -> date | None:
        """The day on which the results really came."""
        return _day(self.publication.results_at) if self.publication and self.publication.is_public else None

    @property
    def feedback_due_on(self) -> date | None:
        """The promised day of the feedback."""
        if self.obligation is not None:
            return self.obligation.due_on
        return self.publication.feedback_due_on if self.publication else self.commission.feedback_promised_on

    @property
    def feedback_on(self) -> date | None:
        """The day on which the feedback really came."""
        return _day(self.publication.feedback_published_at) if self.publication else None

    @property
    def due_on(self) -> date | None:
        """The next promised day, for the public clock."""
        match self.stage:
            case Stage.OPEN:
                return self.closes_on
            case Stage.COUNTING:
                return self.results_due_on
            case Stage.FEEDBACK_DUE:
                return self.feedback_due_on
            case Stage.PREPARING:
                return self.opens_on
            case _:
                return None

    @property
    def overdue(self) -> bool:
        """Whether a promise to residents was missed."""
        promised = self.stage in (Stage.COUNTING, Stage.FEEDBACK_DUE)
        return promised and self.due_on is not None and self.due_on < clock.today()


def select_agreements() -> Select[Commission, Wave, Publication, Obligation]:
    """Accepted commissions with what came of them, the newest first."""
    return (
        select(Commission, Wave, Publication, Obligation)
        .outerjoin(Wave, Wave.commission_id == Commission.id)
        .outerjoin(Publication, Publication.wave_id == Wave.id)
        .outerjoin(Obligation, Obligation.wave_ref == Wave.public_id)
        .where(Commission.status == CommissionStatus.ACCEPTED)
        .options(joinedload(Commission.body), defer(Commission.accepted_document), defer(Wave.frozen_document))
        .order_by(Commission.accepted_at.desc(), Commission.id.desc(), Wave.id.desc())
    )


def list_agreements() -> list[Agreement]:
    """Every agreement, the newest first."""
    return [Agreement(*row) for row in db.session.execute(select_agreements()).all()]


ORDER = (Stage.OPEN, Stage.FEEDBACK_DUE, Stage.COUNTING, Stage.PREPARING, Stage.INFORMATION, Stage.STOPPED, Stage.DONE)


def urgent_first(agreements: list[Agreement]) -> list[Agreement]:
    """What is late on top, then what is open, then what is on its way."""
    return sorted(agreements, key=lambda a: (not a.overdue, ORDER.index(a.stage), a.due_on or date.max))
