"""What every batch of a run needs to know: constants for the steps, the rulebook, what new requests begin with."""

from collections.abc import Iterable
from time import monotonic

from deskpost.desk import former_tokens
from deskpost.desk.accounts import Account
from deskpost.desk.fields import Status
from deskpost.desk.installation import Delimiter, Installation
from deskpost.desk.people import fold
from deskpost.domain_names import one_spelling
from deskpost.inbound import attachment_settings, deciders
from deskpost.inbound.case import MailboxFacts
from deskpost.inbound.command import settings as command_settings
from deskpost.inbound.decided import Defaults
from deskpost.inbound.mailboxes import Mailbox, own_addresses
from deskpost.inbound.spam import rules as spam_rules
from deskpost.inbound.view import Constants
from deskpost.mime.delimiters import Delimiters
from deskpost.mime.former_tokens import FormerToken, FormerTokens
from deskpost.outbound.notify import Rulebook, load_rulebook
from deskpost.outbound.tokens import Tokens
from deskpost.secret_field import keys

SETTINGS_LAST = 2.0  # seconds that settings read before a batch are used for the next ones


class Settings:
    """What the batches of one run share, read again when it is older than SETTINGS_LAST."""

    def __init__(self) -> None:
        """Read everything now."""
        self.refresh()

    def refresh(self) -> None:
        """Read the settings again."""
        self.read_at = monotonic()
        status = Status.objects.filter(kind=Status.Kind.OPEN).order_by("position", "id")[0]
        self.constants = load_constants(status.pk)
        self.rulebook: Rulebook = load_rulebook(self.constants.own_addresses)
        self.defaults = Defaults(status.pk, status.name, dict(self.constants.account_names))

    def refresh_if_old(self) -> None:
        """Read the settings again unless that was a moment ago."""
        if monotonic() - self.read_at > SETTINGS_LAST:
            self.refresh()


def load_constants(open_status_id: int) -> Constants:
    """Read what holds for every mail of a run."""
    installation, files = Installation.objects.get(), attachment_settings.load()
    default = Account.objects.get(default=True)
    return Constants(
        identity=str(installation.identity),
        who_may_join=installation.who_may_join,
        unknown_senders=installation.unknown_senders,
        reopen_within_days=installation.reopen_within_days,
        reopenings_per_day=installation.reopenings_per_day,
        auto_replies=installation.auto_replies,
        default_account_id=default.pk,
        own_addresses=own_addresses(),
        delimiters=load_delimiters(),
        former=former_of(former_tokens.present()),
        tokens=Tokens(keys()),
        open_status_id=open_status_id,
        spam_rules=spam_rules.load(),
        file_rules=attachment_settings.rules_of(files),
        command=command_settings.rules_of(command_settings.load()),
        account_names=dict(Account.objects.values_list("pk", "name")),
        settings={
            **deciders.of_installation(installation),
            **deciders.of_files(files),
            **deciders.of_delimiters(Delimiter.objects.all()),
            **deciders.of_former_tokens(former_tokens.FormerToken.objects.all()),
            "default": deciders.default_account(default),
        },
    )


def load_delimiters(more: Iterable[tuple[str, str]] = ()) -> Delimiters:
    """Read every base and code that was ever in use. `more`: further ones, each with its module, "" for a base."""
    rows = Delimiter.objects.order_by("-current", "-since").values_list("module", "text")
    texts = [*more, *rows]
    return Delimiters(
        tuple(text for module, text in texts if not module),
        {text: module for module, text in texts if module},
    )


def former_of(mapped: Iterable[former_tokens.Wanted]) -> FormerTokens:
    """Give what finds the tokens of former systems in subjects."""
    return FormerTokens(FormerToken(one.module, one.before, one.after, one.below) for one in mapped)


def facts_of(mailbox: Mailbox) -> MailboxFacts:
    """Give a mailbox as the steps need it. Of an account that is removed the mails go by their senders."""
    account = mailbox.account
    return MailboxFacts(
        id=mailbox.pk,
        name=mailbox.name,
        instance_id=mailbox.instance_id,
        account_id=account.pk if account is not None and account.deleted_at is None else None,
        max_size_mb=mailbox.max_size_mb,
        new_requests_disabled=mailbox.new_requests_disabled,
        allowed_addresses=frozenset(fold(address) for address in mailbox.allowed_addresses),
        allowed_domains=frozenset(
            one_spelling(domain.strip().lstrip("@")) for domain in mailbox.allowed_domains
        ),
        default_priority_id=mailbox.default_priority_id,
        default_group_id=mailbox.default_group_id,
        default_site_id=mailbox.default_site_id,
        default_category_id=mailbox.default_category_id,
        default_template_id=mailbox.default_template_id,
        receipts_for_old=mailbox.acknowledge_old,
        forwards_by_technicians=mailbox.forwards_by_technicians,
        error_folder=mailbox.error_folder,
        error_stop_after=mailbox.error_stop_after,
        error_notify=mailbox.error_notify,
        error_request=mailbox.error_request,
        trusted_authserv_ids=tuple(mailbox.trusted_authserv_ids),
        own_check=mailbox.own_check,
        settings=deciders.of_mailbox(mailbox),
    )
