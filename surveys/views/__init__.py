"""The pages of surveys: council, griffie, signatory outside, agreements; fieldwork and answering."""

from flask import Blueprint

from surveys import mails, mails_design, permissions, permissions_fieldwork
from surveys.services import departing
from surveys.views import (
    blueprints,
    by_post,
    clerk_commissions,
    clerk_pauses,
    clerk_questions,
    clerk_sampling,
    clerk_signing,
    clerk_waves,
    conversation,
    council,
    fieldwork,
    keys,
    outside,
    public,
    respondent,
    words,
)

# loading these registers the mails, the permissions, the pages and who listens to a member leaving
REGISTERED = (
    mails,
    mails_design,
    permissions,
    permissions_fieldwork,
    by_post,
    clerk_commissions,
    clerk_pauses,
    clerk_questions,
    clerk_sampling,
    clerk_signing,
    clerk_waves,
    conversation,
    council,
    departing,
    keys,
    outside,
    public,
    words,
)
BLUEPRINTS: list[Blueprint] = [
    blueprints.council,
    blueprints.clerk,
    blueprints.keys,
    blueprints.outside,
    blueprints.public,
    fieldwork.blueprint,
    respondent.blueprint,
]
