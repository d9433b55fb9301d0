"""`deskpost sandbox serve` as people start it."""

import dataclasses
import json
import subprocess
from pathlib import Path

import requests

from deskpost.sandbox.cloud import admin
from deskpost.sandbox.cloud.cloud import Habits, Limits
from tests.command_line import COMMAND, deskpost

CONTRACT = [
    "base",
    "graph",
    "ews",
    "authority",
    "authorization_url",
    "token_url",
    "proxy",
    "ca_file",
    "admin",
    "admin_token",
]


def _served_once(folder: Path) -> dict[str, str]:
    """Serve, ask what a stranger can ask, end it by SIGTERM, and give the line that it printed."""
    command = [*COMMAND, "sandbox", "serve", "--json", "--data", str(folder), "--time-scale", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        with requests.Session() as client:
            client.trust_env, client.verify = False, told["ca_file"]
            document = client.get(f"{told['authority']}/v2.0/.well-known/openid-configuration").json()
            assert document["token_endpoint"] == told["token_url"]
            assert client.get(told["admin"] + "/requests").status_code == 401
            assert client.get(f"{told['graph']}/me").status_code == 401
            assert client.post(told["ews"]).status_code == 401
            _play_a_mail(client, told)
        process.terminate()
        assert process.stdout.read() == "" and process.wait(60) == 0
    return told


def _play_a_mail(client: requests.Session, told: dict[str, str]) -> None:
    """Make a mailbox, deliver a mail, and read it as Graph's and Outlook's clients do, under the real names."""
    admin_token = {"Authorization": f"Bearer {told['admin_token']}"}

    def make(path: str, value: dict[str, str]) -> dict[str, str]:
        answer = client.post(told["admin"] + path, json=value, headers=admin_token)
        assert answer.status_code == 201, answer.text
        return answer.json()

    make("/mailboxes", {"address": "help@msp.example", "password": "p"})
    make("/clients", {"client_id": "desk", "client_secret": "s"})
    asked = {"client_id": "desk", "mailbox": "help@msp.example", "scope": "Mail.Read"}
    token = make("/tokens", asked)["access_token"]
    place = f"{told['admin']}/mailboxes/help@msp.example/messages"
    assert client.post(place, data=b"Subject: Printer\r\n\r\nBurns", headers=admin_token).status_code == 201
    client.proxies = {"https": told["proxy"]}
    listed = client.get(
        "https://graph.microsoft.com/v1.0/me/messages", headers={"Authorization": f"Bearer {token}"}
    )
    assert [one["subject"] for one in listed.json()["value"]] == ["Printer"]
    assert client.post("https://outlook.office365.com/EWS/Exchange.asmx").status_code == 401


def test_it_says_where_it_is_and_is_there_again_with_the_same_data(tmp_path: Path) -> None:
    first = _served_once(tmp_path / "kept")

    assert list(first) == CONTRACT
    assert _served_once(tmp_path / "kept") == first


def test_what_it_cannot_use_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "sandbox.json").write_text("[]")

    ended = deskpost("sandbox", "serve", "--data", tmp_path)

    assert ended.code == 1 and "To do: " in ended.err and len(ended.err.splitlines()) == 1


def test_the_handbook_tells_every_habit_limit_and_call() -> None:
    page = (Path(__file__).parents[3] / "docs/sandbox.md").read_text()

    for kind in (Habits, Limits):
        for field in dataclasses.fields(kind):
            assert f"| `{field.name}` |" in page
    for method, path in (act[:2] for act in admin.ACTS):
        assert f"{method} {path.replace('([^/]+)', '{address}', 1).replace('([^/]+)', '{id}')}" in page
