"""How far a role that was given to a person reaches: everywhere, in one account, or at one of its sites."""


def reaches(account: int | None, site: int | None, asked_account: int, asked_site: int | None) -> bool:
    """Tell whether a role given for `account` and `site` (None: any) counts for what somebody of another two asks.

    `asked_site` is None where nobody asks, or nobody of a site: only a role for the whole account counts there.
    In SQL the rule stands in Visible.scope, permitted.technicians_for and DeskView.may_see.
    """
    return account is None or (account == asked_account and site in (None, asked_site))
