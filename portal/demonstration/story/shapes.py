"""The shapes of the story: everything that people decided, typed; the loader plays it through the services."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from core.clock import at_amsterdam
from core.models import BodyKind, Role
from surveys.questionnaire import QuestionSpec, WeightingPlan
from surveys.working_days import is_workday


@dataclass(frozen=True)
class Calendar:
    """Turns days before and after today into working days, so that the story is always recent."""

    today: date

    def day(self, offset: int) -> date:
        """The day so many days from today, moved on to the next working day."""
        day = self.today + timedelta(days=offset)
        while not is_workday(day):
            day += timedelta(days=1)
        return day

    def at(self, offset: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment of that day, in Amsterdam."""
        return at_amsterdam(self.day(offset), time(hour, minute))


@dataclass(frozen=True)
class BodyStory:
    """A body of the municipality."""

    key: str
    name: str
    kind: BodyKind
    may_commission: bool
    may_decide: bool


@dataclass(frozen=True)
class AccountStory:
    """Somebody who works with the product."""

    key: str
    name: str
    email: str
    what: str
    roles: tuple[Role, ...]
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecruitmentStory:
    """One round of letters and the open sign-up beside it, in days from today."""

    name: str = "Wervingsronde 1"
    n_letters: int = 9_000
    target: int = 1_500
    n_waiting: int = 40
    created: int = -392
    letter: int = -385
    respond_by: int = -350
    self_registered: int = -345
    address_letters: int = -340
    joined: int = -330
    next_name: str = "Wervingsronde 2"
    next_planned: int = -6
    next_letter: int = 21
    next_respond_by: int = 56
    cents_per_letter: int = 120


@dataclass(frozen=True)
class CommissionDates:
    """When a commission was made, decided and what it promised, in days from today."""

    created: int
    submitted: int
    advised: int
    accepted: int
    results: int
    papers: int
    decision: int
    feedback: int


@dataclass(frozen=True)
class CommissionStory:
    """A commission: the pages of the conversation by their slug, and the stakeholders."""

    key: str
    title: str
    body: str
    author: str
    dates: CommissionDates
    pages: Mapping[str, Mapping[str, Any]]
    stakeholders: tuple[Mapping[str, Any], ...]
    advice: str
    decision_number: str
    deciding_body: str = "presidium"


@dataclass(frozen=True)
class WaveDates:
    """When a wave was designed, signed, opened and closed, in days from today; None when not yet."""

    designed: int
    signed: int | None = None
    opens: int | None = None
    closes: int | None = None


@dataclass(frozen=True)
class AnswerStory:
    """What a body did with one finding."""

    outcome: str
    why: str
    next_step: str
    next_in_days: int | None = None


@dataclass(frozen=True)
class FeedbackStory:
    """The decision and the answer to each finding, by item key."""

    published: int
    decision_number: str
    decision_on: int
    vote: str
    link: str
    answers: Mapping[str, AnswerStory]
    council_finding: str = ""
    council_answer: AnswerStory | None = None


@dataclass(frozen=True)
class WaveStory:
    """A questionnaire with its plan.

    `part` is the share of usual respondents who have answered by now; `sample_share` that of the panel that is drawn
    by age and wijk, None when everybody is invited.
    """

    key: str
    commission: CommissionStory
    title: str
    introduction: str
    minutes: int
    dates: WaveDates
    questions: tuple[QuestionSpec, ...]
    plan: WeightingPlan
    tables: tuple[Mapping[str, Any], ...] = ()
    signed_outside: bool = False
    sample_share: float | None = None
    part: float = 1.0
    feedback: FeedbackStory | None = None
    opinions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """Everything that happens."""

    bodies: tuple[BodyStory, ...]
    accounts: tuple[AccountStory, ...]
    settings: Mapping[str, Any]
    recruitment: RecruitmentStory
    waves: tuple[WaveStory, ...]
    drafts: tuple[CommissionStory, ...] = ()
