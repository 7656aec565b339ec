"""What a mail server says: which refusals mean that the mailbox is gone, and reports of RFC 3464."""

import pytest

from panel.bounces import BounceReport, is_hard, read_report
from tests.factories.bounces import report


@pytest.mark.parametrize("answer", ["550", "551", "553", "550 5.1.1", "550 5.1.10", "550 5.2.1", "5.1.6", "554 5.0.0"])
def test_mailbox_is_gone(answer: str) -> None:
    assert is_hard(answer)


@pytest.mark.parametrize(
    "answer", ["450 4.2.1", "552 5.2.2", "550 5.7.1", "554 5.6.0", "554", "421", "niet te maken", ""]
)
def test_full_mailboxes_and_refused_content_tell_nothing_about_the_mailbox(answer: str) -> None:
    assert not is_hard(answer)


@pytest.mark.parametrize("whole", [True, False])
def test_report_names_the_mail_that_came_back(whole: bool) -> None:
    assert read_report(report("<abc@localhost>", whole=whole)) == BounceReport("<abc@localhost>", hard=True)


@pytest.mark.parametrize(("action", "status"), [("delayed", "5.1.1"), ("failed", "4.4.1"), ("failed", "5.2.2")])
def test_delay_and_full_mailbox_are_not_hard(action: str, status: str) -> None:
    found = read_report(report("<abc@localhost>", action=action, status=status))
    assert found is not None
    assert not found.hard


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: vakantie\r\n\r\nIk ben er niet.",
        report("", whole=False),
        b"Content-Type: multipart/report\r\n\r\n--x",
    ],
)
def test_anything_else_is_no_report(raw: bytes) -> None:
    assert read_report(raw) is None
