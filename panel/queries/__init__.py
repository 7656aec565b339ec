"""Reads of the panel: members, invitees, population, composition, recruitment."""

from panel.queries.composition import panel_size, status_counts
from panel.queries.drawing import Asking, Invitee
from panel.queries.members import (
    MemberFilter,
    MemberPage,
    find_member_by_email,
    get_member,
    get_member_by_public_id,
    list_members,
    members_with_email,
    profile,
    waiting_place,
)
from panel.queries.population import (
    FigureFilter,
    PopulationMargin,
    districts,
    list_figures,
    margins,
)
from panel.queries.recruitment import StratumYield, get_round, list_rounds, round_totals, yields

__all__ = [
    "Asking",
    "FigureFilter",
    "Invitee",
    "MemberFilter",
    "MemberPage",
    "PopulationMargin",
    "StratumYield",
    "districts",
    "find_member_by_email",
    "get_member",
    "get_member_by_public_id",
    "get_round",
    "list_figures",
    "list_members",
    "list_rounds",
    "margins",
    "members_with_email",
    "panel_size",
    "profile",
    "round_totals",
    "status_counts",
    "waiting_place",
    "yields",
]
