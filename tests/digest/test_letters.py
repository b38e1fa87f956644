"""The letter itself: parts, headers, size, signature; and where it goes."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import dkim
import pytest
from lxml import html as lxml_html

from core.errors import SettingError, Unavailable
from core.settings import Settings
from digest.mail import CHART_ID, UNSUBSCRIBE, Envelope, Mail, make_message, message_id
from digest.outbox import AddressRefused, FolderOutbox, SmtpOutbox, file_name, open_outbox
from digest.run import preview
from digest.signing import sign
from store.archive import Archive
from tests.digest.post_office import open_post_office

WINDOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ENVELOPE = Envelope(
    sender="rasad@example.org",
    receiver="pr@example.org",
    unsubscribe_url="https://rasad.example/unsubscribe/abc&def",
    composed_at=WINDOW,
    message_id=message_id(3, WINDOW, "rasad@example.org"),
)


@pytest.fixture
def letter(archive: Archive, settings: Settings, now: datetime) -> EmailMessage:
    message = make_message(preview(archive, settings, None, now), ENVELOPE)
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _part(letter: EmailMessage, subtype: str) -> str:
    body = letter.get_body((subtype,))
    assert body is not None
    return str(body.get_content())


def test_the_headers_say_who_when_and_how_to_leave_with_one_click(letter: EmailMessage) -> None:
    assert letter["Message-ID"] == "<digest.3.20261124T0300@example.org>"
    assert str(letter["Subject"]).startswith("همهٔ خبرها، سه‌شنبه ۳ آذر ۱۴۰۵: ۱۵ خبر")
    assert letter["List-Unsubscribe"] == "<https://rasad.example/unsubscribe/abc&def>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Content-Language"] == "fa"
    assert (letter["To"], letter["Auto-Submitted"]) == ("pr@example.org", "auto-generated")
    assert letter["Date"] == "Tue, 24 Nov 2026 03:00:00 +0000"


def test_a_long_unsubscribe_link_stays_on_the_line_of_its_header() -> None:
    link = "https://rasad.a-long-name-of-a-municipality.example/unsubscribe/" + "a" * 40
    letter = make_message(Mail("موضوع", "<p>متن</p>", "متن"), replace(ENVELOPE, unsubscribe_url=link)).as_bytes()
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in letter


def test_the_letter_has_text_html_and_the_chart_under_its_content_id(letter: EmailMessage) -> None:
    page = lxml_html.fromstring(_part(letter, "html"))
    images = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    assert [image["Content-ID"] for image in images] == [f"<{CHART_ID}>"]
    assert images[0].get_content().startswith(b"\x89PNG")
    assert [image.get("src") for image in page.iter("img")] == [f"cid:{CHART_ID}"]
    assert all(image.get("alt", "").startswith("نمودار لحن") for image in page.iter("img"))
    assert "https://rasad.example/unsubscribe/abc&def" in _part(letter, "plain")
    assert page.xpath("//a[@href='https://rasad.example/unsubscribe/abc&def']")


def test_the_html_is_right_to_left_in_tables_with_inline_styles_and_loads_nothing(letter: EmailMessage) -> None:
    """Complaint row 18: mails right to left, mixed-direction headlines isolated."""
    source = _part(letter, "html")
    page = lxml_html.fromstring(source)
    assert page.get("dir") == "rtl"
    assert all(table.get("dir") == "rtl" or table.get("role") == "presentation" for table in page.iter("table"))
    assert not [element.tag for element in page.iter("link", "script", "form", "iframe", "svg", "video")]
    assert all(element.get("style") for element in page.xpath("//body//a"))
    assert len(page.xpath("//bdi")) > 10
    assert "url(" not in source
    assert len(source.encode()) <= 100_000


def test_a_digest_with_much_in_it_stays_under_a_hundred_kilobytes(archive: Archive, settings: Settings, now: datetime) -> None:
    """Gmail cuts what is longer."""
    subscription = archive.people.add_subscription("همهٔ هفته", "شهر*" + " OR مشهد" * 60, ["a@b.org"], days=(3,), now=now)
    mail = preview(archive, settings, subscription.id, now)
    assert len(mail.html.encode()) <= 100_000


def test_one_name_for_one_window_and_one_file_however_often(tmp_path: Path) -> None:
    message = make_message(Mail("موضوع", "<p>متن</p>", "متن"), ENVELOPE)
    outbox = FolderOutbox(tmp_path / "outbox")
    first = outbox.send(message, "pr@example.org", lambda: True)
    assert first == outbox.send(message, "pr@example.org", lambda: True)
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == [file_name(message, "pr@example.org")]
    assert file_name(message, "pr@example.org") != file_name(message, "other@example.org")
    assert outbox.send(message, "third@example.org", lambda: False) is None


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    with pytest.raises(Unavailable):
        FolderOutbox(tmp_path / "outbox").send(make_message(Mail("س", "<p>", ""), ENVELOPE), "a@b.org", lambda: True)


def test_the_page_for_the_browser_carries_its_chart_and_no_dead_link() -> None:
    page = Mail("س", f'<img src="cid:{CHART_ID}"><a href="{UNSUBSCRIBE}">', "", b"png").browser_html()
    assert page == f'<img src="data:image/png;base64,{base64.b64encode(b"png").decode()}"><a href="#">'


def test_a_set_key_signs_the_letter(tmp_path: Path) -> None:
    private, public = _keys(tmp_path)
    settings = Settings(dkim_key=private, dkim_selector="sel")
    message = sign(make_message(Mail("موضوع", "<p>متن</p>", "متن"), ENVELOPE), settings)
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:  # noqa: ARG001 (the signature that dkimpy calls)
        asked.append(name)
        return b"v=DKIM1; k=rsa; p=" + public

    assert dkim.verify(message.as_bytes(), dnsfunc=dns)
    assert asked == [b"sel._domainkey.example.org."]
    assert not dkim.verify(message.as_bytes().replace(b"pr@example.org", b"xx@example.org"), dnsfunc=dns)
    assert "DKIM-Signature" not in sign(make_message(Mail("س", "<p>", ""), ENVELOPE), Settings())
    with pytest.raises(SettingError):
        sign(make_message(Mail("س", "<p>", ""), ENVELOPE), Settings(dkim_key=tmp_path / "none.pem"))


def _keys(folder: Path) -> tuple[Path, bytes]:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = generate_private_key(public_exponent=65537, key_size=2048)
    path = folder / "dkim.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    return path, base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


@pytest.mark.parametrize(
    ("rcpt", "data", "expected"),
    [
        ("", "", None),
        ("550 no such user", "", AddressRefused),
        ("450 mailbox busy", "", Unavailable),
        ("", "554 not wanted", AddressRefused),
        ("", "451 try later", Unavailable),
        ("hang up", "", Unavailable),
        ("", "hang up", Unavailable),
        ("stall", "", Unavailable),
        ("", "stall", Unavailable),
    ],
)
def test_the_servers_answer_decides(rcpt: str, data: str, expected: type[Exception] | None) -> None:
    message = make_message(Mail("موضوع", "<p>متن</p>", "متن"), ENVELOPE)
    with open_post_office() as office:
        office.rcpt_answers["pr@example.org"], office.data_answers["pr@example.org"] = rcpt, data
        outbox = SmtpOutbox(office.url, ENVELOPE.sender, command_seconds=1, letter_seconds=1)
        if expected is None:
            outbox.send(message, "pr@example.org", lambda: True)
            outbox.send(message, "pr@example.org", lambda: False)
            assert office.names() == [(ENVELOPE.message_id, "pr@example.org")]
            return
        with pytest.raises(expected):
            outbox.send(message, "pr@example.org", lambda: True)
        assert office.names() == []


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with pytest.raises(Unavailable, match="mail server"):
        SmtpOutbox("smtp://127.0.0.1:9", "a@b.org", command_seconds=1).send(EmailMessage(), "a@b.org", lambda: True)


def test_the_settings_choose_the_outbox_and_a_wrong_address_hides_the_password(tmp_path: Path) -> None:
    assert open_outbox(Settings(data=tmp_path)) == FolderOutbox(tmp_path / "outbox")
    assert isinstance(open_outbox(Settings(smtp_url="smtp://user:secret@mail.example:587")), SmtpOutbox)
    for wrong in ("mail.example:25", "http://user:secret@mail.example", "smtp://user:secret@mail.example:99999"):
        with pytest.raises(SettingError) as caught:
            open_outbox(Settings(smtp_url=wrong))
        assert "secret" not in str(caught.value)
