"""The sentences people read about a sign-in, beside what providers themselves say (refusals.py)."""


def tenant_missing(address: str) -> str:
    return (
        f"{address} still holds a placeholder where the tenant belongs. Nothing was sent. "
        "To do: write the Directory (tenant) ID of the organisation there, or common."
    )


def tenant_none(tenant: str) -> str:
    return (
        f'"{tenant}" is no tenant: one is named by an id such as 2f1f9c1e-6b0a-4c58-9d0f-5a1d2f3e4b5c, by a domain '
        "of the organisation, or by common. Nothing was sent. To do: copy Directory (tenant) ID from the application's "
        "overview into both URLs."
    )


def tenant_open(tenant: str) -> str:
    return (
        f'"{tenant}" in the token URL stands for every organisation, and an application on its own belongs to one. '
        "Nothing was sent. To do: write the Directory (tenant) ID of the organisation there."
    )


def state_strange(place: str) -> str:
    return (
        f"What came back from {place} does not belong to the sign-in that was begun here, so it was not used. "
        "To do: choose Connect once more, and finish in the same browser."
    )


def nothing_came_back(place: str) -> str:
    return (
        f"{place} sent the browser back without a code. "
        "To do: check the authorization URL, and choose Connect once more."
    )


def answer_without_token(place: str) -> str:
    return (
        f"{place} answered, but gave no token that can be used. "
        "To do: check that the token URL is the right one of this provider."
    )


def no_refresh_token(place: str) -> str:
    return (
        f"{place} gave a token that ends soon and nothing to renew it with. To do: add offline_access to Scope "
        "where the provider knows it; at Google, have the application removed under Third-party access of the "
        "account; then choose Connect once more."
    )


def whose_unknown(place: str) -> str:
    return (
        f"{place} does not say who signed in. "
        "To do: nothing, if it was the user of this mailbox; else choose Reconnect and sign in as that one."
    )


def another_mailbox(configured: str, authorised: str) -> str:
    return (
        f'"{authorised}" was authorised, but the user name here is "{configured}". The consent was not kept. '
        "To do: choose Connect once more and sign in as that user; or correct the user name; or, of a shared mailbox, "
        "write who signs in as the user name, and the mailbox in Mailbox to open."
    )


def another_organisation(place: str, tenant: str) -> str:
    return (
        f"{place} sent the browser back from another organisation ({tenant or 'unnamed'}) than the one in the token "
        "URL. Nothing was kept. To do: sign in as an administrator of the right organisation; or correct the token URL."
    )


def tokens_unreadable() -> str:
    return (
        "The tokens that are kept cannot be read with the keys of this data folder. Mail waits, none is lost. "
        "To do: put back the keys file that belongs to this database, or choose Reconnect."
    )


def not_connected(place: str) -> str:
    return (
        f"Nobody has consented at {place} yet, so there is no token to sign in with. Mail waits, none is lost. "
        "To do: save the settings, and choose Connect."
    )
