"""All tables of the desk, for Django to find."""

from deskpost.desk.accounts import Account, Domain, Site
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.assets import Asset
from deskpost.desk.attachments import Attachment
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.choices import Impact, Level, Mode, RequestType, Urgency
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Group, GroupMember, Priority, Status
from deskpost.desk.first_administrator import FirstAdministratorLink
from deskpost.desk.former_tokens import FormerToken
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Delimiter, Installation, Instance, InstanceAlert
from deskpost.desk.merges import Merge
from deskpost.desk.people import Person, PersonAddress
from deskpost.desk.records import Record, RecordSeen
from deskpost.desk.request_details import AdditionalValue, Answer, RequestAsset, RequestDetails
from deskpost.desk.roles import Grant, Role
from deskpost.desk.sent_forms import SentForm
from deskpost.desk.sign_in_attempts import SignInAttempt
from deskpost.desk.templates import Question, Resource, Template, TemplateAccount

__all__ = [
    "Account",
    "AdditionalField",
    "AdditionalValue",
    "Answer",
    "Asset",
    "Attachment",
    "Category",
    "Conversation",
    "Delimiter",
    "Domain",
    "FirstAdministratorLink",
    "FormerToken",
    "Grant",
    "Group",
    "GroupMember",
    "HistoryEntry",
    "Impact",
    "Installation",
    "Instance",
    "InstanceAlert",
    "Item",
    "Level",
    "Merge",
    "Mode",
    "Person",
    "PersonAddress",
    "Priority",
    "Question",
    "Record",
    "RecordSeen",
    "RequestAsset",
    "RequestDetails",
    "RequestType",
    "Resource",
    "Role",
    "SentForm",
    "SignInAttempt",
    "Site",
    "Status",
    "Subcategory",
    "Template",
    "TemplateAccount",
    "Urgency",
]
