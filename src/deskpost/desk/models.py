"""All tables of the desk, for Django to find."""

from deskpost.desk.accounts import Account, Domain, Site
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Group, GroupMember, Priority, Status
from deskpost.desk.first_administrator import FirstAdministratorLink
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Delimiter, Installation, Instance, InstanceAlert
from deskpost.desk.merges import Merge
from deskpost.desk.people import Person, PersonAddress
from deskpost.desk.records import Record, RecordSeen
from deskpost.desk.roles import Grant, Role
from deskpost.desk.sent_forms import SentForm
from deskpost.desk.sign_in_attempts import SignInAttempt

__all__ = [
    "Account",
    "Attachment",
    "Conversation",
    "Delimiter",
    "Domain",
    "FirstAdministratorLink",
    "Grant",
    "Group",
    "GroupMember",
    "HistoryEntry",
    "Installation",
    "Instance",
    "InstanceAlert",
    "Merge",
    "Person",
    "PersonAddress",
    "Priority",
    "Record",
    "RecordSeen",
    "Role",
    "SentForm",
    "SignInAttempt",
    "Site",
    "Status",
]
