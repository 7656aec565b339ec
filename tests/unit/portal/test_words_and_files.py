"""The public clock, the agenda file, the picture of the year and the cleaning of mails, without a database."""

from datetime import date

import pytest

from portal import mailbox, timeline, wording
from portal.agenda import fold, ics
from portal.queries.calendar import CalendarFilter, Event, coming, matches
from portal.stages import EventKind, EventState

TODAY = date(2026, 11, 22)


def event(state: EventState = EventState.COMING, on: date = TODAY, title: str = "Groen; ruimte, en meer") -> Event:
    return Event(on, EventKind.FEEDBACK, state, title, "Gemeenteraad", "/vragenlijsten/groen")


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 12, 4), "nog 12 dagen"),
        (date(2026, 11, 23), "nog 1 dag"),
        (TODAY, "vandaag"),
        (date(2026, 11, 21), "1 dag te laat"),
        (date(2026, 11, 19), "3 dagen te laat"),
    ],
)
def test_public_clock_counts_to_and_past_the_promise(due: date, words: str) -> None:
    assert wording.countdown(due, TODAY) == words


def test_every_stage_and_event_has_words() -> None:
    assert set(wording.EVENT) == set(EventKind)
    assert set(wording.EVENT_STATE) == set(EventState)


def test_missed_promises_come_before_what_is_coming() -> None:
    events = [event(EventState.DONE), event(EventState.COMING), event(EventState.OVERDUE, date(2026, 1, 1))]
    assert [e.state for e in coming(events, 2)] == [EventState.OVERDUE, EventState.COMING]


def test_filter_needs_every_part_to_fit() -> None:
    assert matches(event(), CalendarFilter(2026, "Gemeenteraad", "coming", "GROEN"))
    for wrong in (CalendarFilter(year=2025), CalendarFilter(body="College"), CalendarFilter(state="done")):
        assert not matches(event(), wrong)
    assert not matches(event(), CalendarFilter(search="afval"))


def test_agenda_file_escapes_text_and_ends_lines_as_the_format_asks() -> None:
    text = ics([event()], "https://panel.example", "Panel")
    assert "SUMMARY:Terugkoppeling: Groen\\; ruimte\\, en meer\r\n" in text
    assert "DTSTART;VALUE=DATE:20261122\r\nDTEND;VALUE=DATE:20261123\r\n" in text
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")


def test_long_agenda_lines_are_folded_within_75_octets() -> None:
    folded = fold("SUMMARY:" + "é" * 200)
    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == "SUMMARY:" + "é" * 200


def test_place_on_the_axis_runs_from_new_year_to_new_year() -> None:
    assert timeline.place(date(2026, 1, 1), 2026) == 0
    assert 99 < (timeline.place(date(2026, 12, 31), 2026) or 0) < 100
    assert timeline.place(date(2027, 1, 1), 2026) is None


def test_links_of_this_installation_become_paths_and_others_stay() -> None:
    text = "Zie <hier> http://localhost:8000/v/abc.1.ff en https://ander.example/x."
    linked = str(mailbox.linked(text, "http://localhost:8000"))
    assert 'href="/v/abc.1.ff"' in linked
    assert 'href="https://ander.example/x"' in linked
    assert "&lt;hier&gt;" in linked


def test_formatted_mail_keeps_nothing_that_could_act() -> None:
    html = (
        "<html><head><title>t</title><style>p{}</style></head><body><script>alert(1)</script>"
        '<p style="color:red" onclick="x()">Dag <a href="javascript:x()">a</a><a href="https://e.example/">b</a>'
        '<img src="https://e.example/p.gif"></p></body></html>'
    )
    cleaned = str(mailbox.cleaned(html, "http://localhost"))
    for bad in ("script", "style", "onclick", "javascript", "<img", "<title"):
        assert bad not in cleaned
    assert 'href="https://e.example/"' in cleaned
