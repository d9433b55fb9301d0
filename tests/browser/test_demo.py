"""The demo: one address to open, a customer at the left, the desk at the right, and real mail between them."""

import contextlib
import http.client
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from deskpost.supervise import require_port
from tests.browser.accessible import look_at
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE
from tests.browser.demo import Demo, free_port, mails_in, requests_in, run
from tests.holder import open_folder

PLAYED = 10  # requests of the opening


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder that demos of this file keep."""
    return tmp_path_factory.mktemp("demo") / "kept"


@pytest.fixture(scope="module")
def demo(data: Path) -> Iterator[Demo]:
    """Run a demo until its opening has been played."""
    running = Demo(data.parent, "--keep", "--data", str(data))
    try:
        running.wait_until_ready()
        until(lambda: mails_in(data)[0] >= PLAYED and "sent" in running.get("/outside/")[1], 180)
        wait_until_at_rest(data)  # the rest of the opening, so that it does not mix with what a test writes
        yield running
    finally:
        running.kill()


@pytest.fixture
def page(chromium: Browser, demo: Demo) -> Iterator[Page]:
    context = chromium.new_context(viewport=DESKTOP, base_url=demo.url)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if "Content Security" in said.text else None)
    yield page
    context.close()
    assert troubles == []


def until(holds: object, seconds: float) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.3)


def wait_until_at_rest(data: Path) -> None:
    """Wait until no mail came or left for five seconds."""
    end = time.monotonic() + 180
    before, since = mails_in(data), time.monotonic()
    while time.monotonic() - since < 5:
        assert time.monotonic() < end
        time.sleep(0.3)
        if (present := mails_in(data)) != before:
            before, since = present, time.monotonic()


def write(page: Page, subject: str, text: str) -> None:
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_label("Subject").fill(subject)
    page.get_by_label("Text").fill(text)
    page.locator(".composer-new").get_by_role("button", name="Send").click()


def sign_in(page: Page, demo: Demo) -> None:
    page.get_by_label("E-mail address").fill("priya@northgate-it.example")
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()


def token_of(page: Page) -> str:
    return page.locator("#outside-desk .tag").inner_text()


@pytest.mark.requirement("R1")
def test_a_customers_mail_becomes_a_request_whose_answers_go_to_and_fro(page: Page, demo: Demo) -> None:
    page.goto("/outside/?customer=ute@orchardpine.example")
    write(page, "The plotter smells of smoke", "It began after lunch. Shall we switch it off?")
    begun = time.monotonic()
    desk, post = page.locator("#outside-desk"), page.locator("#outside-post")
    expect(desk.get_by_role("heading", name="The plotter smells of smoke")).to_be_visible()
    seen = time.monotonic() - begun
    number = token_of(page)
    to_request = page.locator("#outside-times .num").first.inner_text()
    print(f"\n{number}: on the page {seen:.1f} s after Send, measured {to_request} to the request")

    page.locator("#outside-text").fill("Yes, switch it off at once. I am on my way.")
    page.locator("#outside-answer").get_by_role("button", name="Send").click()
    begun = time.monotonic()
    answer = post.get_by_role("link", name=re.compile(rf"Northgate IT Support.*Re: .*{number}", re.DOTALL))
    expect(answer).to_be_visible()
    print(f"{number}: the answer is with the customer {time.monotonic() - begun:.1f} s after Send")
    answer.click()
    expect(page.locator(".mail")).to_contain_text("I am on my way.")
    expect(page.locator("#outside-times .num").nth(1)).to_have_text(re.compile(r"^\d+\.\d s$"))

    page.locator("#reply-text").fill("It is off, and the smoke is gone.")
    page.locator(".customer .composer").get_by_role("button", name="Send").click()
    begun = time.monotonic()
    expect(desk.locator(".message.in").last).to_contain_text("the smoke is gone")
    print(f"{number}: the reply is on the request {time.monotonic() - begun:.1f} s after Send")
    expect(page.locator("#outside-desk .tag")).to_have_text(number)
    expect(desk.locator(".message")).to_have_count(3)
    expect(page.locator("#outside-events")).to_contain_text(number)

    page.get_by_role("link", name="Open in full").click()
    sign_in(page, demo)
    expect(page.get_by_role("heading", name="The plotter smells of smoke")).to_be_visible()
    expect(page.locator(".message").last).to_contain_text("the smoke is gone")


def test_a_note_stays_at_the_desk(page: Page) -> None:
    page.goto("/outside/?customer=f.nasser@kestrel.example&as=dana@northgate-it.example")
    mails = page.locator("#outside-post a").count()
    page.locator("#outside-answer").get_by_role("link", name="Note").click()
    page.locator("#outside-text").fill("The switch behind dock 2 is seven years old.")
    page.get_by_role("button", name="Add note").click()
    note = page.locator("#outside-desk .message.note").last
    expect(note).to_contain_text("seven years old")
    expect(note.get_by_role("heading", name="Dana Whitfield")).to_be_visible()
    page.wait_for_timeout(2000)
    assert page.locator("#outside-post a").count() == mails


def test_a_file_with_a_mail_is_sent_as_its_author_sent_it(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "old.eml"
    file.write_bytes(
        b"From: Karl Voss <karl@voss.example>\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n"
        b"Message-ID: <one@voss.example>\nDate: Mon, 2 Nov 2026 08:00:00 +0100\n\nCan I be a customer?\n.\n.ended\n"
    )
    page.goto("/outside/")
    page.locator("[data-eml] input[type=file]").set_input_files(file)
    expect(page.locator("#outside-desk").get_by_role("heading", name="Grüße")).to_be_visible()
    expect(page.locator("#outside-desk")).to_contain_text(".ended")
    receipt = page.locator("#outside-post").get_by_role("link", name="Northgate IT Support")
    expect(receipt).to_be_visible()
    expect(page).to_have_url(re.compile("karl%40voss.example"))


def test_an_empty_file_is_told_in_a_sentence(page: Page, tmp_path: Path) -> None:
    (tmp_path / "empty.eml").touch()
    page.goto("/outside/")
    page.locator("[data-eml] input[type=file]").set_input_files(tmp_path / "empty.eml")
    expect(page.get_by_role("alert")).to_contain_text("“empty.eml” is empty: there is no mail in it. To do:")


def test_a_file_of_200_megabytes_is_told_in_a_sentence(demo: Demo) -> None:
    size = 200_000_000
    connection = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=60)
    connection.request(
        "POST",
        "/outside/",
        body=(b"x" * 1_000_000 for _ in range(200)),
        headers={"Content-Length": str(size), "Content-Type": "multipart/form-data; boundary=b"},
    )
    answer = connection.getresponse()
    assert answer.status == 413
    assert "has 200 MB. The outside’s mail server takes mails of 25 MB at most" in answer.read().decode()


def test_a_hundred_mails_at_once_become_a_hundred_requests(page: Page, data: Path) -> None:
    wait_until_at_rest(data)  # else mails of the tests before would be counted too
    before = len(requests_in(data))
    page.goto("/outside/")
    page.get_by_role("button", name="Send 100 mails at once").click()
    begun = time.monotonic()
    until(lambda: mails_in(data)[0] >= before + 100, 180)
    print(f"\n100 mails became requests within {time.monotonic() - begun:.1f} s")
    assert len(requests_in(data)) == before + 100


def test_an_answer_waits_while_the_mail_server_outside_is_stopped(page: Page) -> None:
    page.goto("/outside/?customer=peter.lindqvist@orchardpine.example")
    write(page, "Door code forgotten", "I stand before the studio.")
    expect(page.locator("#outside-answer")).to_be_visible()
    page.locator(".break summary").click()
    page.get_by_role("button", name="Stop the server that takes the desk's mail").click()
    expect(page.locator("#outside-faults")).to_contain_text(
        "The server that takes the desk's mail is stopped."
    )
    page.wait_for_timeout(500)
    page.locator("#outside-text").fill("I opened it from here.")
    page.locator("#outside-answer").get_by_role("button", name="Send").click()
    state = page.locator("#outside-desk .message.out .mail-state").last
    expect(state).to_have_text(re.compile("waiting|trying again"))
    page.wait_for_timeout(3000)
    expect(state).to_have_text(re.compile("waiting|trying again"))
    page.get_by_role("button", name="Start it again").click()
    expect(page.locator("#outside-faults .banner")).to_have_count(0)
    expect(page.locator("#outside-desk .message.out .mail-state").last).to_have_text(
        "sent", timeout=2 * PATIENCE
    )
    answer = page.locator("#outside-post").get_by_role("link", name=re.compile("Re: .*Door code", re.DOTALL))
    expect(answer.first).to_be_visible()


def test_an_answer_whose_fate_is_unknown_is_found_under_sent_and_not_sent_twice(page: Page) -> None:
    page.goto("/outside/?customer=f.nasser@kestrel.example")
    write(page, "Who has the key to dock 3?", "The lorry waits.")
    expect(page.locator("#outside-answer")).to_be_visible()
    page.locator(".break summary").click()
    page.get_by_role("button", name="Lose the answers to the desk's mail").click()
    expect(page.locator("#outside-faults")).to_contain_text("none is sent twice")
    page.wait_for_timeout(500)
    page.locator("#outside-text").fill("It hangs in the office.")
    page.locator("#outside-answer").get_by_role("button", name="Send").click()
    expect(page.locator("#outside-desk .message.out .mail-state").last).to_have_text(
        "sent", timeout=2 * PATIENCE
    )
    page.get_by_role("button", name="Let answers through again").click()
    expect(page.locator("#outside-faults .banner")).to_have_count(0)
    answers = page.locator("#outside-post").get_by_role("link", name=re.compile("Re: .*dock 3", re.DOTALL))
    expect(answers).to_have_count(1)


def test_mails_of_the_mailboxes_by_ews_and_imap_become_requests_once_they_are_fetched(
    page: Page, demo: Demo
) -> None:
    page.goto("/")
    sign_in(page, demo)
    for address, protocol in (
        ("service@northgate-it.example", "EWS"),
        ("projects@northgate-it.example", "IMAP"),
    ):
        subject = f"The chair that was ordered by {protocol} sinks"
        page.goto("/outside/?customer=m.ibarra@harbourdental.example")
        page.get_by_role("link", name="Write", exact=True).click()
        page.get_by_label("To", exact=True).select_option(f"{address} ({protocol}, not fetched)")
        page.get_by_label("Subject").fill(subject)
        page.get_by_label("Text").fill("Slowly.")
        page.locator(".composer-new").get_by_role("button", name="Send").click()
        expect(page.get_by_role("article").get_by_role("heading", name=subject)).to_be_visible()
        mail = page.url
        expect(page.locator("#outside-desk")).to_contain_text(f"The mailbox {address} is not fetched")
        page.get_by_role("link", name="Start fetching it").click()
        row = page.get_by_role("row").filter(has_text=address)
        row.get_by_role("button", name="Start fetching").click()
        expect(page.get_by_text("The first fetch brings 1 of the 1 mail")).to_be_visible()
        page.get_by_role("button", name="Start fetching").click()
        expect(row.get_by_role("button", name="Stop")).to_be_visible()
        page.goto(mail)
        heading = page.locator("#outside-desk").get_by_role("heading", name=subject)
        expect(heading).to_be_visible()


def test_mail_waits_while_the_desks_mailbox_is_stopped(page: Page) -> None:
    page.goto("/outside/?customer=joao.tavares@harbourdental.example")
    page.locator(".break summary").click()
    page.get_by_role("button", name="Stop the server that holds the desk's mailbox").click()
    page.wait_for_timeout(500)
    write(page, "Key card does not open", "Since this morning.")
    page.wait_for_timeout(3000)
    expect(page.locator("#outside-desk")).to_contain_text("No request yet")
    page.get_by_role("button", name="Start it again").click()
    expect(
        page.locator("#outside-desk").get_by_role("heading", name="Key card does not open")
    ).to_be_visible()


def test_a_mail_from_the_page_wakes_a_mailbox_that_is_looked_into_every_ten_minutes(
    page: Page, data: Path
) -> None:
    with fetching_every(600, data):
        page.goto("/outside/?customer=ute@orchardpine.example")
        write(page, "The kettle on floor two is dead", "No light, no sound.")
        heading = page.locator("#outside-desk").get_by_role("heading", name="The kettle on floor two is dead")
        expect(heading).to_be_visible()


@contextlib.contextmanager
def fetching_every(seconds: int, data: Path) -> Iterator[None]:
    """Let the demo's mailbox be fetched so seldom, and the next time only then."""

    def sql(command: str) -> str:
        told = run("sql", "-c", command, "--data", str(data))
        assert told.returncode == 0, told.stderr
        return told.stdout

    graph = "id IN (SELECT id FROM mailbox WHERE protocol = 'graph')"
    far = f"SELECT 'far: ' || (next_fetch_at > now() + interval '5 min') FROM mailbox_state WHERE mailbox_{graph}"
    sql(f"UPDATE mailbox SET fetch_every = {seconds} WHERE {graph}")
    try:
        until(lambda: "far: true" in sql(far), 120)
        yield
    finally:
        sql("UPDATE mailbox SET fetch_every = 10; UPDATE mailbox_state SET next_fetch_at = now()")


def test_without_javascript_the_page_works_by_loading_it_again(chromium: Browser, demo: Demo) -> None:
    context = chromium.new_context(viewport=DESKTOP, base_url=demo.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/outside/?customer=m.ibarra@harbourdental.example")
    write(page, "No script here", "My browser runs no scripts.")
    heading = page.locator("#outside-desk").get_by_role("heading", name="No script here")
    end = time.monotonic() + PATIENCE / 1000
    while not heading.is_visible() and time.monotonic() < end:
        page.reload()
    expect(heading).to_be_visible()
    context.close()


@pytest.mark.parametrize("side", ["both", "customer", "desk"])
def test_the_page_of_the_outside_world_is_pleasant_and_open_to_everybody(
    chromium: Browser, demo: Demo, side: str
) -> None:
    size = DESKTOP if side == "both" else PHONE
    context = chromium.new_context(viewport=size, base_url=demo.url)
    page = context.new_page()
    page.goto(f"/outside/?customer=tom.achterberg@kestrel.example&side={side}")
    look_at(page, f"10-outside-world-{side}")
    context.close()


def test_the_page_answers_this_machine_alone_under_its_own_name(demo: Demo) -> None:
    assert demo.get("/outside/")[0] == 200
    assert demo.get("/outside/", "localhost")[0] == 200
    assert demo.get("/outside/", "rebound.example")[0] == 404
    assert demo.get("/outside/", f"127.0.0.1.rebound.example:{demo.port}")[0] == 404
    assert demo.get("/outside/", forwarded="203.0.113.7")[0] == 404
    with pytest.raises(OSError):
        http.client.HTTPConnection("127.0.0.2", demo.port, timeout=5).request("GET", "/outside/")


def test_a_second_demo_on_the_same_folder_is_refused(demo: Demo, data: Path) -> None:
    second = run("demo", "--keep", "--data", str(data), "--port", str(free_port()))
    assert second.returncode == 1
    assert "Deskpost is already running on the data folder" in second.stderr
    assert "To do: " in second.stderr


def test_a_port_that_is_taken_is_told_in_a_sentence(demo: Demo) -> None:
    second = run("demo", "--port", str(demo.port))
    assert second.returncode == 1
    assert f"Port {demo.port} of 127.0.0.1 cannot be used" in second.stderr
    assert "--port" in second.stderr


def test_what_is_kept_is_taken_up_again(demo: Demo, data: Path) -> None:
    before, password = requests_in(data), demo.password
    assert demo.stop() < 30
    again = Demo(data.parent, "--keep", "--data", str(data))
    try:
        again.wait_until_ready()
        time.sleep(3)  # a fetch, which finds nothing new
        assert again.password == password
        assert [one["id"] for one in requests_in(data)] == [one["id"] for one in before]
        assert "Traceback" not in again.said
        assert again.stop() < 30
    finally:
        again.kill()


def test_a_demo_that_is_not_kept_leaves_nothing(tmp_path: Path) -> None:
    with open_folder(0o777) as home:
        demo = Demo(tmp_path, more={"HOME": str(home), "TMPDIR": str(home)})
        try:
            demo.wait_until_ready()
            assert "Traceback" not in demo.said
            assert demo.get("/outside/")[0] == 200
            assert [one.name for one in home.iterdir() if one.name.startswith("deskpost-demo-")] != []
            assert demo.stop() < 30
        finally:
            demo.kill()
        assert [one.name for one in home.iterdir() if one.name.startswith("deskpost-demo-")] == []
    require_port("127.0.0.1", demo.port)
