"""The HTML and the files of mails: shown where nothing can run, given as downloads."""

import re

import pytest
from django.urls import reverse

from deskpost.console.attachments import safe_name
from deskpost.desk.attachments import Attachment
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.hostile import PAYLOADS
from tests.console.pictures import png

ORIGIN = "http://testserver"


def html_of(desk: Desk, html: str, **parts: object) -> str:
    """Let a mail with this HTML come in and give what its frame shows."""
    record = builders.request_by_mail(desk.box, html=html, **parts)
    url = reverse("message_html", args=[builders.last_conversation(record).pk])
    return builders.signed_in(desk.dana).get(url).content.decode()


def test_the_frame_of_a_mail_runs_and_loads_nothing(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box, html="<p>Hello</p>")
    url = reverse("message_html", args=[builders.last_conversation(record).pk])
    client = builders.signed_in(desk.dana)
    response = client.get(url)
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    assert f"img-src data: {ORIGIN}/attachments/;" in policy
    assert "form-action 'none'" in policy
    assert "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox" in policy
    assert "allow-scripts" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    page = client.get(reverse("request", args=[record.number])).content.decode()
    frame = re.search(r"<iframe[^>]*>", page)
    assert frame is not None
    assert f'src="{url}"' in frame[0]
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in frame[0]


def test_an_image_of_the_mail_itself_is_shown_from_its_attachment(desk: Desk) -> None:
    shown = html_of(
        desk, '<p><img src="cid:dot@x"> <img src="cid:gone@x" alt="gone"></p>', images={"dot@x": png()}
    )
    file = Attachment.objects.get()
    assert f'src="/attachments/{file.pk}/"' in shown
    assert "cid:" not in shown
    response = builders.signed_in(desk.dana).get(f"/attachments/{file.pk}/")
    assert response.headers["Content-Type"] == "image/png"
    assert response.content == png()


def test_an_image_that_stands_in_the_text_is_not_listed_as_a_file(desk: Desk) -> None:
    record = builders.request_by_mail(
        desk.box,
        html='<p><img src="cid:dot@x"></p>',
        images={"dot@x": png(), "loose@x": png()},
    )
    page = builders.signed_in(desk.dana).get(reverse("request", args=[record.number])).content.decode()
    assert page.count('class="attachment"') == 1


def test_remote_images_stay_away(desk: Desk) -> None:
    shown = html_of(desk, '<img src="https://tracker.example/pixel.gif" alt="x">')
    assert ' src="https://' not in shown
    assert "data-remote-src" in shown


def test_remote_images_come_when_a_reader_asks_and_say_nothing_of_the_page(desk: Desk) -> None:
    html = '<img src="https://shop.example/a.png?b=1&amp;c=2"><img src="http://news.example:8080/b.png">'
    record = builders.request_by_mail(desk.box, html=html)
    url = reverse("message_html", args=[builders.last_conversation(record).pk])
    client = builders.signed_in(desk.dana)
    before, after = client.get(url), client.get(url, {"images": "1"})
    assert "2 images are elsewhere and not loaded" in before.content.decode()
    assert "https:" not in before.headers["Content-Security-Policy"]
    shown = after.content.decode()
    assert ' src="https://shop.example/a.png?b=1&amp;c=2"' in shown
    assert ' src="http://news.example:8080/b.png"' in shown and "elsewhere" not in shown
    policy = after.headers["Content-Security-Policy"]
    assert f"img-src data: {ORIGIN}/attachments/ https: http:;" in policy and "script-src" not in policy
    assert after.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "address",
    [
        *("http://testserver/sign-out/", "https://TESTSERVER./bell/", "http://testserver:8080/x"),
        *(
            "http://localhost/x",
            "http://printer/x",
            "http://127.0.0.1/x",
            "http://10.0.0.1/x",
            "http://[::1]/x",
        ),
        *("http://169.254.169.254/x", "http://3232235777/x", "http://0x7f.1/x", "http://192.168.257/x"),
        *("http://127.0.0.1./x", "http://[fd00::1]/x", "http://[::ffff:10.0.0.1]/x", "http://", "http://[x"),
    ],
)
def test_no_mail_lets_a_browser_ask_the_desk_or_the_reader_s_own_network(desk: Desk, address: str) -> None:
    record = builders.request_by_mail(desk.box, html=f'<p>x</p><img src="{address}">')
    url = reverse("message_html", args=[builders.last_conversation(record).pk])
    for asked in ({}, {"images": "1"}):
        shown = builders.signed_in(desk.dana).get(url, asked).content.decode()
        assert " src=" not in shown and "elsewhere" not in shown


@pytest.mark.parametrize("html", PAYLOADS)
def test_nothing_that_could_run_is_left(html: str) -> None:
    from deskpost.mime.clean_html import clean

    left = clean(html).lower()
    assert not re.search(r"<\s*(script|iframe|object|embed|form|input|meta|base|link|style|svg|math)\b", left)
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", left)
    assert not re.search(r"""(href|src)\s*=\s*["']?\s*(javascript|vbscript|data:text)""", left)
    assert "hx-get" not in left or "<p" not in left.split("hx-get")[0][-200:]


@pytest.mark.parametrize(
    ("kind", "served"),
    [
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/xhtml+xml", "application/octet-stream"),
        ("application/pdf", "application/octet-stream"),
        ("text/plain", "application/octet-stream"),
        ("image/png", "image/png"),
    ],
)
def test_an_attachment_is_a_download_and_never_a_page(desk: Desk, kind: str, served: str) -> None:
    builders.request_by_mail(desk.box, files={"evil.html": (kind, b"<script>alert(1)</script>")})
    response = builders.signed_in(desk.dana).get(f"/attachments/{Attachment.objects.get().pk}/")
    assert response.headers["Content-Type"] == served
    assert response.headers["Content-Disposition"] == 'attachment; filename="evil.html"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.content == b"<script>alert(1)</script>"


def test_a_dropped_attachment_is_not_given_out_and_says_why(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box, files={"capture.exe": ("application/x-dosexec", b"MZ")})
    assert not Attachment.objects.exists()
    page = builders.signed_in(desk.dana).get(reverse("request", args=[record.number])).content.decode()
    assert "capture.exe" in page and "Attachment files contain invalid extensions" in page


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\report.docx", "report.docx"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nX: y.txt", "aX: y.txt"),
        ("..", "attachment"),
        ("", "attachment"),
        ("Übersicht 2026.pdf", "Übersicht 2026.pdf"),
    ],
)
def test_names_of_files_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_very_long_name_keeps_its_ending() -> None:
    assert safe_name("x" * 5_000 + ".txt").endswith(".txt")
    assert len(safe_name("x" * 5_000 + ".txt")) <= 170


def test_every_page_has_a_strict_policy(desk: Desk) -> None:
    for path in ("/sign-in/", "/nothing/", "/requests/"):
        response = builders.signed_in(desk.dana).get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
