"""Returned mails as servers really write them: well formed, badly wrapped, in French, and by people; all fictitious."""

HEADERS = "Return-Path: <retours+{token}@ministere.example>\r\nFrom: ne-pas-repondre@ministere.example\r\nTo: {address}\r\nSubject: Un message vous attend\r\nMessage-ID: {internet_id}\r\n"


def standard(
    token: str = "", address: str = "aicha@example.org", internet_id: str = "<x@y>", *, status: str = "5.1.1", action: str = "failed"
) -> bytes:
    """RFC 3464, as Postfix writes it; the mark stands in the address it comes back to."""
    to = f"retours+{token}@ministere.example" if token else "retours@ministere.example"
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="AAA"

--AAA
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.
<{address}>: host mail.example.org said: 550 {status} User unknown (in reply to RCPT TO command)

--AAA
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 13 Jun 2016 12:00:00 -0400

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 {status} <{address}>: Recipient address
 rejected: User unknown <script>alert(1)</script>

--AAA
Content-Type: text/rfc822-headers

From: ne-pas-repondre@ministere.example
To: {address}
Subject: Un message vous attend
Message-ID: {internet_id}

--AAA--
""".replace("\n", "\r\n").encode()


def returned_whole(address: str, internet_id: str) -> bytes:
    """Exchange: the whole mail is enclosed, and the report goes to the bare address."""
    return f"""Return-Path: <>
From: postmaster@entreprise.example
To: retours@ministere.example
Subject: Undeliverable: Un message vous attend
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="BBB"

--BBB
Content-Type: multipart/alternative; boundary="CCC"

--CCC
Content-Type: text/plain; charset="utf-8"

Delivery has failed to these recipients: {address}
--CCC
Content-Type: text/html; charset="utf-8"

<html><body onload="steal()"><p>Delivery has failed</p></body></html>
--CCC--

--BBB
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.entreprise.example

Final-recipient: RFC822;{address}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;552 5.2.2 mailbox is full
X-Display-Name: {address}

--BBB
Content-Type: message/rfc822

From: ne-pas-repondre@ministere.example
To: {address}
Message-ID: {internet_id}
Subject: Un message vous attend

Bonjour
--BBB--
""".replace("\n", "\r\n").encode()


def badly_wrapped(token: str, address: str) -> bytes:
    """The fields in plain text, no multipart at all, lines ended by bare line feeds, an unknown charset."""
    return f"""Return-Path: <>
From: "Mail Delivery Subsystem" <MAILER-DAEMON@vieux.example>
To: RETOURS+{token.upper()}@ministere.example
Subject: Returned mail: see transcript for details
Content-Type: text/plain; charset="x-unknown-17"

The original message was received at Mon, 13 Jun 2016

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: X-Unix; 67
""".encode()


def french(token: str, address: str, words: str = "L’utilisateur est inconnu : cette adresse n’existe pas.") -> bytes:
    """A French provider, in latin-1 as it may be, without any field."""
    return (
        f"Return-Path: <>\r\nFrom: =?iso-8859-1?Q?Syst=E8me_de_messagerie?= <mailer-daemon@fournisseur.example>\r\n"
        f"To: retours+{token}@ministere.example\r\nSubject: =?iso-8859-1?Q?Courriel_non_remis_=E0_son_destinataire?=\r\n"
        'Content-Type: text/plain; charset="windows-1252"\r\n\r\n'
        f"Votre message n’a pas pu être remis à son destinataire :\r\n\r\n<{address}>:\r\n{words}\r\n"
    ).encode("windows-1252")


def delayed(token: str) -> bytes:
    """The server still tries: no bounce."""
    return standard(token, status="4.4.1", action="delayed").replace(b"Undelivered Mail Returned to Sender", b"Delayed Mail (still being retried)")


def absence(token: str) -> bytes:
    """Somebody is away: an automatic answer says nothing against the address."""
    return (
        f"Return-Path: <>\r\nFrom: Aicha <aicha@example.org>\r\nTo: retours+{token}@ministere.example\r\nSubject: Absence du bureau\r\n"
        "Auto-Submitted: auto-replied\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nJe suis absente jusqu’au 30 juin.\r\n"
    ).encode()


def person(token: str) -> bytes:
    """Somebody answered the notification by hand."""
    return (
        f"Return-Path: <aicha@example.org>\r\nFrom: Aicha <aicha@example.org>\r\nTo: retours+{token}@ministere.example\r\n"
        "Subject: Re: Un message vous attend\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBonjour, mon compte est bloqué, que faire ?\r\n"
    ).encode()


HOSTILE = {
    "empty": b"",
    "no headers": b"\x00\xff\xfe not a mail at all",
    "long line": b"Return-Path: <>\r\nFrom: MAILER-DAEMON@x\r\n\r\nStatus: " + b" " * 900_000 + b"x",
    "nested": b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
    + b"".join(b"--a\r\nContent-Type: multipart/mixed; boundary=a%d\r\n\r\n--a%d\r\n" % (i, i) for i in range(800)),
    "bad base64": b"Return-Path: <>\r\nContent-Transfer-Encoding: base64\r\nContent-Type: text/plain\r\n\r\n=====",
    "bad header": b"From: =?utf-8?B?////?=\r\nTo: \x80\x81\r\nSubject: =?x?Q?=\r\n\r\nhello",
    "address list": b"Return-Path: <>\r\nFrom: MAILER-DAEMON@x\r\n\r\n" + b"a" * 60_000 + b"@",
}
