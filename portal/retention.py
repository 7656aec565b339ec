"""Per table of the database: the job that destroys its rows, or why they stay. A guard test holds it complete."""

from dataclasses import dataclass
from enum import StrEnum


class Class(StrEnum):
    """The retention classes: the dossier for good, personal data until a job destroys them, the rest by its nature."""

    DOSSIER = "dossier"  # kept for good, in open formats; holds nothing about one resident
    JOB = "job"  # a registered job or periodic task deletes or blanks the rows
    OFFICE = "office"  # about staff or the installation: as long as somebody is in office
    OWN = "own"  # ends when the member ends it, by a service


@dataclass(frozen=True)
class Rule:
    """What ends the rows of a table; `ends` names jobs or periodic tasks for JOB, and a service for OWN."""

    kind: Class
    why: str
    ends: tuple[str, ...] = ()


def _job(why: str, *ends: str) -> Rule:
    return Rule(Class.JOB, why, ends)


def _dossier(why: str) -> Rule:
    return Rule(Class.DOSSIER, why)


CLOSING = "surveys.close_wave"
LEAVING = "panel.services.membership:leave"

RULES: dict[str, Rule] = {
    # ground floor
    "body": _dossier("the bodies that commissioned and decided"),
    "account": Rule(Class.OFFICE, "closed by the administrator; name and address are encrypted"),
    "account_role": Rule(Class.OFFICE, "goes with the account"),
    "account_body": Rule(Class.OFFICE, "goes with the account"),
    "settings_version": _dossier("the rules that held, by version"),
    "server_session": _job("ends with its time", "core.end_expired_sessions"),
    "rate_event": _job("as long as a limit looks at it", "core.drop_old_rate_events"),
    "audit_event": _dossier("residents stand in it by a salted number; the salt goes when they leave"),
    "audit_seal": _dossier("the chain over the audit log"),
    "subject_salt": Rule(Class.OWN, "destroyed when the member leaves", (LEAVING,)),
    "job": _job("finished long ago", "core.drop_finished"),
    "mail": _job("who got what for a wave goes at closing, the rest later", CLOSING, "core.drop_finished"),
    "schedule_run": Rule(Class.OFFICE, "one row per periodic task"),
    "stored_file": _job("every file has an end", "core.expire_files"),
    "file_chunk": _job("goes with its file", "core.expire_files"),
    # panel
    "area": _dossier("public figures"),
    "population_figure": _dossier("public figures"),
    "population_set": _dossier("which file the figures came from"),
    "population_choice": _dossier("which figures counted from when"),
    "postcode_area": _dossier("public figures"),
    "category_merge": _dossier("which groups could be taken together, and why"),
    "locality": _dossier("names of groups of neighbourhoods"),
    "locality_part": _dossier("names of groups of neighbourhoods"),
    "recruitment_round": _dossier("dates and counts of a round"),
    "sample_person": _job("blanked on the date of the round", "panel.daily"),
    "letter_batch": _dossier("counts of letters and when they were made"),
    "printed_letter": _job("goes with the sample, on the date of the round", "panel.daily"),
    "letter_plan": _dossier("counts per stratum"),
    "planned_stratum": _dossier("counts per stratum"),
    "letter_refusal": Rule(Class.OFFICE, "an index without name, so that a refusal holds in later rounds"),
    "member": Rule(Class.OWN, "blanked at leaving; unfinished sign-ups by panel.daily", (LEAVING,)),
    "consent": Rule(Class.OWN, "goes with the member", (LEAVING,)),
    "contact": Rule(Class.OWN, "goes with the member", (LEAVING,)),
    "contact_note": Rule(Class.OWN, "goes with the member", (LEAVING,)),
    "helper": Rule(Class.OWN, "goes with the member, or when nobody helps any more", (LEAVING,)),
    "death_report": _job("blank as soon as it was looked at; deleted after half a year", "panel.upkeep"),
    "burden_exception": _dossier("for which questionnaire the cap was let go, and why"),
    "upkeep_switch": Rule(Class.OFFICE, "one row per rule"),
    "upkeep_run": _dossier("which rule ran when, and how many members it touched"),
    "upkeep_touch": Rule(Class.OWN, "goes with the member", (LEAVING,)),
    "composition_snapshot": _dossier("counts per category and day, for the trend"),
    "departure_count": _dossier("counts of who left, by group and month"),
    "fair_draw": _dossier("how a panel was drawn, with its proof; candidates are numbers"),
    "draw_candidate": _job("who a number was, is forgotten a year after the draw", "panel.forget_candidates"),
    "duplicate_ruling": Rule(Class.OWN, "goes when either of the two leaves", (LEAVING,)),
    "seat_quota": Rule(Class.OFFICE, "counts of seats"),
    "sign_in_request": _job("a day after it ended", "panel.hourly"),
    "farewell": _job("two days after leaving", "panel.hourly"),
    # surveys
    "commission": _dossier("the agreement"),
    "central_question": _dossier("the agreement"),
    "anchor_point": _dossier("the agreement"),
    "stakeholder": _dossier("the agreement; groups, not persons"),
    "commission_amendment": _dossier("the agreement"),
    "obligation": _dossier("what was owed and when it was met"),
    "wave": _dossier("the questionnaire"),
    "question": _dossier("the questionnaire"),
    "sign_off": _dossier("who signed the questionnaire, in which function"),
    "sign_off_link": _job("the address of who signs from outside goes after the link", "surveys.forget_signatories"),
    "invitation": _job("blanked at closing to the bare fact that somebody was asked", CLOSING),
    "sealed_response": _job("deleted at closing; unreadable without the key", CLOSING),
    "survey_response": _job("keeps the breakdown classes only", "surveys.drop_weighting_classes"),
    "fieldwork": _dossier("moments of the wave as a whole"),
    "wave_extension": _dossier("later closing dates with their reason"),
    "day_counter": _dossier("counts per day"),
    "page_counter": _dossier("counts per question"),
    "cell_count": _dossier("counts per group"),
    "destruction_receipt": _dossier("the public receipt of the destroyed key"),
    "key_recovery": _dossier("who recovered a lost key, by function, and why"),
    # feedback
    "publication": _dossier("results and feedback"),
    "weighting_decision": _dossier("results and feedback"),
    "result_set": _dossier("results and feedback"),
    "finding": _dossier("results and feedback"),
    "finding_answer": _dossier("results and feedback"),
    "statement": _dossier("results and feedback"),
}
