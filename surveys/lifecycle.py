"""States of commissions and waves and the tables of their transitions, with the reason beside each edge."""

from enum import StrEnum

from core.errors import TransitionError


class CommissionStatus(StrEnum):
    """States of a commission (opdracht)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    FORM_ADVISED = "form_advised"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    DECLINED = "declined"


class WaveStatus(StrEnum):
    """States of a wave (vragenlijst); what comes after *closed* belongs to the publication."""

    DESIGN = "design"
    READY = "ready"
    FIELDING = "fielding"
    PAPER = "paper"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    VOIDED = "voided"


C = CommissionStatus
W = WaveStatus

COMMISSION_EDGES: dict[tuple[CommissionStatus, CommissionStatus], str] = {
    (C.DRAFT, C.SUBMITTED): "commission.submit",  # the step plan is complete
    (C.RETURNED, C.SUBMITTED): "commission.submit",  # mended after it came back
    (C.SUBMITTED, C.FORM_ADVISED): "commission.advise",  # the griffie advises on form, never on content
    (C.FORM_ADVISED, C.ACCEPTED): "commission.decide",  # the deciding body takes it; the agreement is fixed
    (C.FORM_ADVISED, C.RETURNED): "commission.decide",  # the deciding body asks for more
    (C.FORM_ADVISED, C.DECLINED): "commission.decide",  # the deciding body refuses, with its reason
}

WAVE_EDGES: dict[tuple[WaveStatus, WaveStatus], str] = {
    (W.DESIGN, W.READY): "wave.make_ready",  # frozen, hashed, signed by two; the wave key exists
    (W.READY, W.DESIGN): "wave.back_to_design",  # only before the first invitation
    (W.READY, W.FIELDING): "wave.open",  # invitations leave
    (W.FIELDING, W.PAPER): "wave.close_online",  # paper forms are still on their way
    (W.PAPER, W.CLOSED): "wave.close",  # answers become plain rows, the key is destroyed
    (W.DESIGN, W.CANCELLED): "wave.cancel",  # nobody was asked yet
    (W.READY, W.CANCELLED): "wave.cancel",  # nobody was asked yet
    (W.FIELDING, W.CANCELLED): "wave.cancel",  # only while nobody has answered
    (W.FIELDING, W.VOIDED): "wave.void",  # after a published incident
    (W.PAPER, W.VOIDED): "wave.void",  # after a published incident
}

EDITABLE = frozenset({C.DRAFT, C.RETURNED})


def commission_edge(start: CommissionStatus, to: CommissionStatus) -> str:
    """The permission of an edge; raises TransitionError when the table has no such edge."""
    try:
        return COMMISSION_EDGES[start, to]
    except KeyError as error:
        raise TransitionError("no-such-transition", start=start.value, to=to.value) from error


def wave_edge(start: WaveStatus, to: WaveStatus) -> str:
    """The permission of an edge; raises TransitionError when the table has no such edge."""
    try:
        return WAVE_EDGES[start, to]
    except KeyError as error:
        raise TransitionError("no-such-transition", start=start.value, to=to.value) from error
