"""A small panel in which every address leads to something, with one person of every kind before it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from core import audit, clock, files, jobs
from core.db import db
from core.models import Account, Role, SessionKind
from core.web import visitors
from feedback.models import Publication
from feedback.services import unsubscribing
from panel.models import Member, RecruitmentRound
from surveys import signoff_links
from surveys.models import Commission, Invitation, SignOffLink, Wave
from surveys.services import paper, readiness

STAFF = {
    "council": (Role.COUNCIL_MEMBER,),
    "clerk": (Role.CLERK,),
    "analyst": (Role.ANALYST,),
    "administrator": (Role.ADMINISTRATOR,),
}
KINDS = ("anonymous", "member", "invitation", "outside", *STAFF)
Session = tuple[SessionKind, str]


@dataclass(frozen=True)
class World:
    """The things that addresses name."""

    accounts: dict[str, Account]
    member: Member
    other_member: Member
    commission: Commission
    design: Wave
    fielding: Wave
    invitation: Invitation
    publication: Publication
    round: RecruitmentRound
    link: SignOffLink
    job: str
    file: str
    token: str

    def session(self, kind: str) -> Session | None:
        """The session of a kind of visitor."""
        if kind in self.accounts:
            return SessionKind.STAFF, str(self.accounts[kind].id)
        found = {
            "member": (SessionKind.MEMBER, str(self.member.id)),
            "invitation": (SessionKind.INVITATION, str(self.invitation.id)),
            "outside": (SessionKind.OUTSIDE, self.link.public_id),
        }
        return found.get(kind)

    def values(self, rule: Rule) -> dict[str, Any]:
        """Something that exists for every part of an address."""
        url = str(rule)
        names = {
            "/beheer/accounts": self.accounts["analyst"].public_id,
            "/beheer/organen": self.commission.body.public_id,
            "/beheer/sleutels": self.fielding.public_id,
            "/beheer/taken": self.job,
            "/griffie/opdrachten": self.commission.public_id,
            "/griffie/pauzes": db.session.get_one(Wave, self.publication.wave_id).public_id,
            "/griffie/panel/lid": self.member.public_id,
            "/griffie/publicaties": self.publication.public_id,
            "/griffie/vragenlijsten": self.fielding.public_id if "/veldwerk" in url else self.design.public_id,
            "/griffie/werving/adresbrieven": self.file,
            "/griffie/werving": self.round.public_id,
            "/raad/bevindingen": self.publication.public_id,
            "/raad/opdrachten": self.commission.public_id,
        }
        start = next((names[n] for n in sorted(names, key=len, reverse=True) if url.startswith(n)), "onbekend")
        known = {
            "public_id": start,
            "number": 1,
            "issue": 1,
            "batch": 1,
            "file_id": self.file,
            "finding_id": self.publication.findings[0].public_id,
            "stakeholder_id": self.commission.stakeholders[0].public_id,
            "item_key": "speed" if url.startswith("/vragenlijsten") else "use" if "/invullen" in url else "v1",
            "direction": "omlaag",
            "rule": "wake_up",
            "batch_id": "onbekend",
            "kind_name": "single",
            "slug": self._slug(url),
            "token": self._token(url),
            "key": "sleutel",
            "code": paper.groups(self.fielding)[0].code,
            "reference": "ABCDEF",
            "recovery_id": "onbekend",
            "name": "bericht",
            "filename": "css/panel.css",
        }
        return {name: known[name] for name in rule.arguments}

    def _token(self, url: str) -> str:
        if url.startswith("/ondertekenen"):
            return signoff_links.token_of(self.link)
        if "/geen-mails" not in url:
            return self.token
        wave = db.session.get_one(Wave, self.publication.wave_id)
        asked = db.session.scalars(select(Invitation).where(Invitation.wave_id == wave.id)).first()
        assert asked is not None
        return unsubscribing.token_of(asked)

    def _slug(self, url: str) -> str:
        if url.startswith("/afspraken"):
            return self.commission.slug
        if url.startswith("/raad"):
            return "waarom"
        return db.session.get_one(Wave, self.publication.wave_id).slug


def build(make: SimpleNamespace) -> World:
    """Make one of everything through the factories."""
    people = make.surveys_design.cast()
    commission = make.surveys_design.accepted(people)
    design = make.surveys_design.complete_wave(people, commission)
    with make.surveys_design.by(people.clerk):
        link = readiness.invite_outside_signatory(design, name="Ondertekenaar Buiten", email="buiten@voorbeeld.example")
    db.session.commit()
    fielding = make.surveys_fieldwork.fielding_wave(2)
    first, second = make.surveys_fieldwork.invitations(fielding)[:2]
    publication = make.feedback.published(make.feedback.closed_wave(300))
    round_ = make.panel.recruitment_round()
    letters = files.save(
        owner=f"round:{round_.id}",
        name="brieven.pdf",
        media_type="application/pdf",
        content=b"%PDF",
        expires_at=clock.now() + timedelta(days=1),
    )
    job = jobs.enqueue(
        "surveys.close_wave", {"wave_id": fielding.id}, key="job-of-the-matrix", run_at=fielding.closes_at
    )
    accounts = {name: make.core.account(*roles) for name, roles in STAFF.items()}
    accounts["council"] = people.author
    # who joined and signed in stands in the audit log already
    for asked in (first, second):
        audit.subject_ref("member", asked.member_id)
    db.session.commit()
    return World(
        accounts,
        db.session.get_one(Member, first.member_id),
        db.session.get_one(Member, second.member_id),
        commission,
        design,
        fielding,
        first,
        publication,
        round_,
        link,
        job.public_id,
        letters.public_id,
        make.surveys_fieldwork.token(fielding, first),
    )


def enter(browser: FlaskClient, session: Session | None) -> FlaskClient:
    """Put a fresh session behind a browser, or none."""
    for kind in SessionKind:
        browser.delete_cookie(visitors.cookie_name(kind), domain="localhost")
    if session is not None:
        token = visitors.start(*session)
        db.session.commit()
        browser.set_cookie(visitors.cookie_name(session[0]), token, domain="localhost", secure=True)
    return browser


def routes(app: Flask, world: World) -> Iterator[tuple[Rule, str, str]]:
    """Every rule with each of its methods and an address that exists."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        values = world.values(rule)
        with app.test_request_context():
            url = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule, method, url


MakeClient = Callable[[], FlaskClient]
