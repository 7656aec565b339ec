"""Delivery reports as a mail server writes them."""


def report(message_id: str, *, action: str = "failed", status: str = "5.1.1", whole: bool = True) -> bytes:
    """A report of RFC 3464 about one mail; `whole` sends the mail back, otherwise its headers only."""
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    headers = f"From: panel@voorbeeld.example\r\nMessage-ID: {message_id}\r\nSubject: Uw code\r\n"
    lines = [
        "From: MAILER-DAEMON@mx.voorbeeld.example",
        "To: panel@voorbeeld.example",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="grens"',
        "",
        "--grens",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "The mail could not be delivered.",
        "",
        "--grens",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.voorbeeld.example",
        "",
        "Final-Recipient: rfc822; iemand@voorbeeld.example",
        f"Action: {action}",
        f"Status: {status}",
        "",
        "--grens",
        f"Content-Type: {kind}",
        "",
        headers,
        "",
        "--grens--",
        "",
    ]
    return "\r\n".join(lines).encode()
