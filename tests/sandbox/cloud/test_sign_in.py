"""The sandbox's sign-in, by Microsoft's own client as it is, and by the bodies that Microsoft documents."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import jwt
import msal
import pytest

from deskpost.sandbox.cloud import sign_in
from deskpost.sandbox.cloud.cloud import Cloud, Fault
from deskpost.sandbox.cloud.server import serving
from deskpost.transports.errors import TokenRefused
from deskpost.transports.imap import open_imap
from deskpost.transports.logins import BearerLogin
from tests.sandbox.cloud.cloud_world import (
    DESK,
    DESK_SECRET,
    HELP,
    PUBLIC,
    REDIRECT,
    ROBOT,
    SALES,
    World,
    world,
)
from tests.servers.dovecot import Dovecot
from tests.transports.builders import server

AUTHORITY = "https://login.microsoftonline.com/msp.example"
GRAPH = "https://graph.microsoft.com/"
IMAP = "https://outlook.office365.com/IMAP.AccessAsUser.All"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("sign-in"), time_scale=10) as there:
        yield there


@pytest.fixture
def here(served: World) -> Iterator[World]:
    yield served
    served.cloud.faults.clear()
    served.cloud.habits.consent = "ask"


def confidential(here: World, client_id: str = DESK, secret: str = DESK_SECRET, **more: object):
    authority = more.pop("authority", AUTHORITY)
    return msal.ConfidentialClientApplication(
        client_id, secret, authority, http_client=more.pop("http_client", here.browser), **more
    )


def tokens(here: World, scope: str, mailbox: str = HELP) -> dict[str, str]:
    """Sign in without msal, and give the answer of the token endpoint."""
    asked = {"client_id": DESK, "response_type": "code", "redirect_uri": REDIRECT, "scope": scope}
    code = here.approve(f"{AUTHORITY}/oauth2/v2.0/authorize?{urlencode(asked)}", mailbox)["code"]
    told = ask(here, grant_type="authorization_code", code=code, redirect_uri=REDIRECT)
    assert "access_token" in told, told
    return told


def ask(here: World, client_id: str = DESK, client_secret: str = DESK_SECRET, **form: str) -> dict:
    asked = {"client_id": client_id, "client_secret": client_secret, **form}
    return here.browser.post(f"{AUTHORITY}/oauth2/v2.0/token", data=asked).json()


def test_msal_signs_a_person_in_with_pkce_and_renews_by_rotation(here: World) -> None:
    client = confidential(here)
    flow = client.initiate_auth_code_flow(["Mail.ReadWrite", "Mail.Send"], REDIRECT, login_hint=SALES)
    assert "code_challenge_method=S256" in flow["auth_uri"]

    told = client.acquire_token_by_auth_code_flow(flow, here.approve(flow["auth_uri"]))

    assert told["id_token_claims"]["preferred_username"] == HELP  # not whom the application hinted at
    access = here.cloud.tokens.find(told["access_token"])
    assert access is not None and access.mailbox == HELP and access.resource == "graph"
    assert access.allows("Mail.Send") and not access.allows("Mail.ReadWrite.Shared")
    (account,) = client.get_accounts()
    renewed = client.acquire_token_silent(["Mail.Send"], account, force_refresh=True)
    assert renewed["access_token"] != told["access_token"]
    again = ask(here, grant_type="refresh_token", refresh_token=told["refresh_token"])
    assert again["error"] == "invalid_grant" and again["error_codes"] == [70000]


def test_the_published_keys_prove_the_id_token(here: World) -> None:
    asked = {"client_id": DESK, "response_type": "code", "redirect_uri": REDIRECT}
    asked |= {"scope": "openid profile Mail.Send", "nonce": "n-1"}
    code = here.approve(f"{AUTHORITY}/oauth2/v2.0/authorize?{urlencode(asked)}")["code"]
    told = ask(here, grant_type="authorization_code", code=code, redirect_uri=REDIRECT, client_info="1")
    document = here.browser.get(f"{AUTHORITY}/v2.0/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(here.browser.get(document["jwks_uri"]).json())

    head = jwt.get_unverified_header(told["id_token"])
    claims = jwt.decode(
        told["id_token"], keys[head["kid"]], ["RS256"], audience=DESK, issuer=document["issuer"]
    )

    assert claims["nonce"] == "n-1" and claims["tid"] == here.cloud.tenant and "client_info" in told
    assert "refresh_token" not in told  # offline_access was not asked for


def test_msal_signs_an_application_in_without_a_person(here: World) -> None:
    client = confidential(here, ROBOT, "robot's")

    told = client.acquire_token_for_client([f"{GRAPH}.default"])

    access = here.cloud.tokens.find(told["access_token"])
    assert access is not None and access.mailbox is None and access.allows("Mail.Send")
    narrow = ask(here, ROBOT, "robot's", grant_type="client_credentials", scope=f"{GRAPH}Mail.Send")
    assert narrow["error_codes"] == [1002012]
    scope = "https://127.0.0.1:8443/.default"
    own = ask(here, ROBOT, "robot's", grant_type="client_credentials", scope=scope)
    access = here.cloud.tokens.find(own["access_token"])
    assert access is not None and access.allows("Mail.Send"), (
        "by its own address the sandbox's Graph is meant"
    )


def test_msal_signs_a_device_in(here: World) -> None:
    client = msal.PublicClientApplication(PUBLIC, authority=AUTHORITY, http_client=here.browser)
    flow = client.initiate_device_flow(["Mail.Send"])
    pending = client.client.obtain_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert pending["error"] == "authorization_pending"
    typed = {"user_code": flow["user_code"], "mailbox": HELP, "answer": "approve"}

    here.browser.post(flow["verification_uri"], data=typed)

    told = client.acquire_token_by_device_flow(flow)
    assert told["id_token_claims"]["preferred_username"] == HELP


def test_msal_works_at_the_loopback_address_and_in_national_clouds(here: World) -> None:
    near = confidential(here, authority=here.at.authority, instance_discovery=False, http_client=here.direct)
    china = confidential(here, authority="https://login.partner.microsoftonline.cn/common")

    flow = near.initiate_auth_code_flow(["Mail.Send"], REDIRECT)
    assert flow["auth_uri"].startswith(here.at.authorization_url)
    flow = china.initiate_auth_code_flow(["Mail.Send"], REDIRECT)
    told = china.acquire_token_by_auth_code_flow(flow, here.approve(flow["auth_uri"]))

    access = here.cloud.tokens.find(told["access_token"])
    assert access is not None and "https://microsoftgraph.chinacloudapi.cn/Mail.Send" in access.scopes


def test_a_person_says_no(here: World) -> None:
    client = confidential(here)
    flow = client.initiate_auth_code_flow(["Mail.Send"], REDIRECT)

    told = here.approve(flow["auth_uri"], answer="cancel")

    assert told["error"] == "access_denied" and told["state"] == flow["state"]
    assert told["error_description"].startswith("AADSTS65004: ")


def test_the_consent_page_is_answered_without_a_person(here: World) -> None:
    asked = {"client_id": DESK, "response_type": "code", "redirect_uri": REDIRECT, "scope": "Mail.Send"}
    place = f"{AUTHORITY}/oauth2/v2.0/authorize?{urlencode(asked)}"

    by_query = here.browser.get(
        f"{place}&sandbox_answer=approve&sandbox_mailbox={SALES}", allow_redirects=False
    )
    here.cloud.habits.consent = HELP
    by_habit = here.browser.get(place, allow_redirects=False)

    assert "code=" in by_query.headers["Location"] and "code=" in by_habit.headers["Location"]


def test_tokens_of_two_resources_come_one_after_the_other(here: World) -> None:
    asked = {"client_id": DESK, "response_type": "code", "redirect_uri": REDIRECT}
    asked |= {"scope": f"{GRAPH}Mail.Send {IMAP} offline_access"}
    code = here.approve(f"{AUTHORITY}/oauth2/v2.0/authorize?{urlencode(asked)}")["code"]
    redeem = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}

    both = ask(here, **redeem, scope=asked["scope"])
    told = ask(here, **redeem, scope=IMAP)

    assert both["error_codes"] == [28000]
    access = here.cloud.tokens.find(told["access_token"])
    assert access is not None and access.resource == "outlook" and not access.allows("Mail.Send")


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (7000215, {"client_secret": "11111111-2222-4333-8444-555555555555"}),  # the secret's id
        (7000218, {"client_secret": ""}),
        (700016, {"client_id": "22222222-0000-4000-8000-000000000009"}),
        (70003, {"grant_type": "password"}),
        (900144, {"code": ""}),
        (9002313, {"code": "never issued"}),
        (500112, {"redirect_uri": "https://other.example/"}),
        (501481, {"code_verifier": "another"}),
        (65001, {"scope": f"{GRAPH}Mail.ReadWrite"}),
    ],
)
def test_what_does_not_fit_is_refused_by_number(here: World, number: int, form: dict) -> None:
    asked = {"client_id": DESK, "response_type": "code", "redirect_uri": REDIRECT, "scope": "Contacts.Read"}
    asked |= {"code_challenge": "v" * 43, "code_challenge_method": "plain"}
    code = here.approve(f"{AUTHORITY}/oauth2/v2.0/authorize?{urlencode(asked)}", SALES)["code"]
    right = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": "v" * 43,
    }

    refused = ask(here, **(right | form))
    taken = ask(here, **right)

    assert refused["error_codes"] == [number] and "Trace ID: " in refused["error_description"]
    assert refused["error_description"].startswith(f"AADSTS{number}: ")
    assert "access_token" in taken
    assert ask(here, **right)["error_codes"] == [54005]  # a code works once


def test_an_unknown_tenant_and_a_wrong_redirect_are_told_on_the_spot(here: World) -> None:
    elsewhere = here.browser.post("https://login.microsoftonline.com/nobody.example/oauth2/v2.0/token")
    asked = {
        "client_id": DESK,
        "response_type": "code",
        "redirect_uri": "https://evil.example/",
        "scope": "Mail.Send",
    }
    page = here.browser.get(f"{AUTHORITY}/oauth2/v2.0/authorize?{urlencode(asked)}", allow_redirects=False)

    assert elsewhere.json()["error_codes"] == [90002]
    assert page.status_code == 400 and "AADSTS50011" in page.text


def test_a_revoked_token_and_an_error_on_demand(here: World) -> None:
    told = tokens(here, "offline_access Mail.Send")
    here.cloud.faults.append(Fault("sign_in", "aadsts", 70000, path="/token$"))

    on_demand = ask(here, grant_type="refresh_token", refresh_token=told["refresh_token"])
    here.cloud.tokens.revoke(HELP)
    revoked = ask(here, grant_type="refresh_token", refresh_token=told["refresh_token"])

    assert on_demand["error_codes"] == [70000]
    assert revoked["error_codes"] == [50173] and revoked["suberror"] == "bad_token"


def test_servers_and_clients_learn_whose_a_token_is(here: World) -> None:
    told = tokens(here, f"{IMAP} offline_access")
    place = f"{here.at.authority}/oauth2/v2.0/introspect"

    good = here.direct.post(place, data={"token": told["access_token"]}).json()
    bad = here.direct.post(place, data={"token": "x"}).json()
    person = here.browser.get(
        f"{GRAPH}oidc/userinfo", headers={"Authorization": f"Bearer {told['access_token']}"}
    )

    assert good["active"] and good["username"] == HELP and IMAP in good["scope"]
    assert bad == {"active": False}
    assert person.json()["email"] == HELP


def test_the_consent_page_shows_no_script_of_an_application(here: World) -> None:
    asked = {"client_id": DESK, "response_type": "code", "redirect_uri": REDIRECT, "state": '"><script>x'}
    asked |= {"scope": "Mail.Send", "login_hint": '"><script>x'}
    page = here.browser.get(f"{AUTHORITY}/oauth2/v2.0/authorize?{urlencode(asked)}")

    assert not re.search("<script", page.text)


def test_a_real_mail_server_asks_the_sandbox_whose_a_token_is(dovecot_with: Callable[..., Dovecot]) -> None:
    cloud = Cloud.new()
    with serving(cloud, [sign_in.served(cloud)], tls=False) as there:
        place = f"{there.base}/{cloud.tenant}/oauth2/v2.0/introspect"
        dovecot = dovecot_with(introspection=place, extra="auth_mechanisms = plain xoauth2")
        user = dovecot.new_user()
        access, _ = cloud.tokens.grant(DESK, user, [IMAP])
        imap = server(dovecot.ports["imap"], "none", dovecot.ca_file)

        with open_imap(imap, BearerLogin(user, access.token), "INBOX") as source:
            assert source.validity
        cloud.tokens.revoke(user)
        with pytest.raises(TokenRefused), open_imap(imap, BearerLogin(user, access.token), "INBOX"):
            pass
