"""Whom each rule of the upkeep touches now; the preview and the execution ask the same question."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from core import clock, settings
from core.db import db
from panel.models import Contact, DeathReport, Member, MemberStatus, UpkeepRule, UpkeepRun, UpkeepSwitch, UpkeepTouch
from panel.terms import Terms, terms_on

PAGE_SIZE = 50
# what was promised to the member needs nobody to switch it on
ALWAYS_ON = frozenset({UpkeepRule.PAUSE_OVER})
ADMITTED = (MemberStatus.ACTIVE, MemberStatus.PAUSED, MemberStatus.DORMANT)

_BY_MAIL = Member.email_index.is_not(None)
_NO_DEATH_REPORT = ~exists().where(DeathReport.member_id == Member.id, DeathReport.handled_at.is_(None))


def _asked_now(terms: Terms) -> ColumnElement[bool]:
    """Whether a questionnaire lies open: until it is closed nobody knows who answered."""
    return exists().where(
        Contact.member_id == Member.id, Contact.closed_on.is_(None), Contact.asked_on > terms.fieldwork_after
    )


def _pause_ending(terms: Terms) -> ColumnElement[bool]:
    ends = Member.paused_until.between(terms.today, terms.pause_ends_before)
    return and_(
        Member.status == MemberStatus.PAUSED, _BY_MAIL, ends, Member.pause_mailed_on.is_(None), _NO_DEATH_REPORT
    )


def _pause_over(terms: Terms) -> ColumnElement[bool]:
    return and_(Member.status == MemberStatus.PAUSED, Member.paused_until < terms.today, _NO_DEATH_REPORT)


def profile_is_old(terms: Terms) -> ColumnElement[bool]:
    """Whether the yearly check of the profile is due."""
    return or_(Member.profile_checked_on.is_(None), Member.profile_checked_on <= terms.profile_checked_before)


def _profile_check(terms: Terms) -> ColumnElement[bool]:
    asked = or_(Member.profile_asked_on.is_(None), Member.profile_asked_on <= terms.profile_checked_before)
    return and_(Member.status == MemberStatus.ACTIVE, _BY_MAIL, profile_is_old(terms), asked)


def _profile_reminder(terms: Terms) -> ColumnElement[bool]:
    asked = and_(
        Member.profile_asked_on <= terms.profile_asked_before, Member.profile_asked_on > terms.profile_checked_before
    )
    return and_(Member.status == MemberStatus.ACTIVE, _BY_MAIL, asked, Member.profile_reminded_on.is_(None))


def _bounced(terms: Terms) -> ColumnElement[bool]:
    return and_(Member.status.in_(ADMITTED), _BY_MAIL, Member.bounces_n >= terms.bounces)


def _silent(terms: Terms) -> ColumnElement[bool]:
    active = and_(Member.status == MemberStatus.ACTIVE, Member.unanswered_in_row >= terms.unanswered)
    return and_(active, ~_asked_now(terms))


def _wake_up(terms: Terms) -> ColumnElement[bool]:
    return and_(_silent(terms), _BY_MAIL, Member.woken_on.is_(None))


def _dormant(terms: Terms) -> ColumnElement[bool]:
    return and_(_silent(terms), Member.woken_on <= terms.woken_before)


def _last_call(terms: Terms) -> ColumnElement[bool]:
    long = and_(Member.status == MemberStatus.DORMANT, Member.dormant_since <= terms.dormant_before)
    return and_(long, _BY_MAIL, Member.last_call_on.is_(None), _NO_DEATH_REPORT)


def _dormant_over(terms: Terms) -> ColumnElement[bool]:
    called = Member.last_call_on <= terms.last_call_before
    return and_(Member.status == MemberStatus.DORMANT, _BY_MAIL, called, _NO_DEATH_REPORT)


_DUE: dict[UpkeepRule, Callable[[Terms], ColumnElement[bool]]] = {
    UpkeepRule.PAUSE_ENDING: _pause_ending,
    UpkeepRule.PAUSE_OVER: _pause_over,
    UpkeepRule.PROFILE_CHECK: _profile_check,
    UpkeepRule.PROFILE_REMINDER: _profile_reminder,
    UpkeepRule.BOUNCED: _bounced,
    UpkeepRule.WAKE_UP: _wake_up,
    UpkeepRule.DORMANT: _dormant,
    UpkeepRule.LAST_CALL: _last_call,
    UpkeepRule.DORMANT_OVER: _dormant_over,
}


def current_terms() -> Terms:
    """The terms of today under the settings that hold now."""
    return terms_on(clock.today(), settings.municipal())


def due(rule: UpkeepRule) -> Select[int]:
    """The numbers of the members that a rule would touch now, in their order."""
    return select(Member.id).where(_DUE[rule](current_terms())).order_by(Member.id)


def count_due(rule: UpkeepRule) -> int:
    """How many members a rule would touch now."""
    return db.session.scalar(select(func.count()).select_from(due(rule).order_by(None).subquery())) or 0


def due_page(rule: UpkeepRule, page: int) -> list[Member]:
    """One page of the members that a rule would touch."""
    statement = select(Member).where(Member.id.in_(due(rule).order_by(None))).order_by(Member.id)
    return list(db.session.scalars(statement.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)))


def switches() -> dict[UpkeepRule, UpkeepSwitch]:
    """The switches that were ever touched."""
    return {switch.rule: switch for switch in db.session.scalars(select(UpkeepSwitch))}


def is_on(rule: UpkeepRule) -> bool:
    """Whether the schedule executes a rule."""
    if rule in ALWAYS_ON:
        return True
    switch = db.session.get(UpkeepSwitch, rule)
    return switch is not None and switch.is_on


def select_runs(rule: UpkeepRule | None) -> Select[UpkeepRun]:
    """The runs, of one rule or of all, the newest first."""
    statement = select(UpkeepRun).order_by(UpkeepRun.id.desc())
    return statement if rule is None else statement.where(UpkeepRun.rule == rule)


def count_runs(rule: UpkeepRule | None) -> int:
    """How many runs there are."""
    return db.session.scalar(select(func.count()).select_from(select_runs(rule).order_by(None).subquery())) or 0


def runs(rule: UpkeepRule | None, page: int) -> list[UpkeepRun]:
    """One page of the runs, the newest first."""
    return list(db.session.scalars(select_runs(rule).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)))


def touched(run: UpkeepRun) -> Select[int]:
    """The numbers of the members that a run touched and who are still members."""
    return select(UpkeepTouch.member_id).where(UpkeepTouch.run_id == run.id).order_by(UpkeepTouch.member_id)


def run_of(public_id: str) -> UpkeepRun | None:
    """The run of a URL."""
    return db.session.scalars(select(UpkeepRun).where(UpkeepRun.public_id == public_id)).first()
