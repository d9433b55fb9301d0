"""Microsoft's errors at sign-in, by their AADSTS number.

learn.microsoft.com: "Microsoft Entra authentication and authorization error codes".
"""

from collections.abc import Mapping

from deskpost.oauth.meanings import CONNECT, LATER, RECONNECT, Meaning

_REVOKED = Meaning("consent", "person", "the consent was taken back or has ended", RECONNECT)
_EXPIRED = Meaning("consent", "person", "the consent was not used for too long and has ended", RECONNECT)
_AGAIN = Meaning("consent", "person", "the organisation asks the person to sign in anew", RECONNECT)
_PASSWORD = Meaning("consent", "person", "the person's password has changed or expired", RECONNECT)
_BLOCKED = Meaning(
    "consent",
    "provider",
    "a rule for conditional access keeps Deskpost out",
    "have an administrator at Microsoft 365 except this application from the rule, then choose Reconnect",
)
_NO_CONSENT = Meaning(
    "consent",
    "person",
    "nobody has consented yet to what Scope asks for",
    CONNECT
    + "; app-only, have an administrator at Microsoft 365 choose Grant admin consent for the application",
)
_ADMIN_CONSENT = Meaning(
    "consent",
    "provider",
    "only an administrator of the organisation may consent to what Scope asks for",
    "have an administrator at Microsoft 365 choose Grant admin consent for the application, then choose Connect",
)
_ACCOUNT = Meaning(
    "consent",
    "person",
    "the account that signed in is not one of this organisation, perhaps a personal one",
    "choose Connect and sign in as the person of this mailbox, in a private window where another is signed in",
)
_USER_CLOSED = Meaning(
    "consent",
    "provider",
    "the person's account is closed or locked",
    "have an administrator at Microsoft 365 open the account, then choose Reconnect",
)
_TENANT = Meaning(
    "setting",
    "administrator",
    "the tenant that stands in the URLs does not exist in this cloud",
    "copy Directory (tenant) ID from the application's overview into both URLs, and check the chosen cloud",
)
_CLOUD = Meaning(
    "setting",
    "administrator",
    "the tenant belongs to another of Microsoft's clouds",
    "choose the cloud of the mailbox, which sets endpoint, URLs and scopes together",
)
_APPLICATION = Meaning(
    "setting",
    "administrator",
    "this tenant knows no application with the client id",
    "copy Application (client) ID from the application's overview into Client ID, and check the tenant in both URLs",
)
_DISABLED = Meaning(
    "setting",
    "provider",
    "the application is switched off or may not do this in its organisation",
    "have an administrator at Microsoft 365 switch it on under Enterprise applications",
)
_SECRET = Meaning(
    "setting",
    "administrator",
    "the client secret is wrong",
    "make a new client secret and copy its Value, not its Secret ID, into Client secret",
)
_SECRET_ENDED = Meaning(
    "setting",
    "administrator",
    "the client secret has expired",
    "make a new client secret at Microsoft's portal and copy its Value into Client secret",
)
_SECRET_MISSING = Meaning(
    "setting",
    "administrator",
    "the application has a secret, and none was sent",
    "make a client secret at Microsoft's portal and copy its Value into Client secret",
)
_PUBLIC = Meaning(
    "setting",
    "administrator",
    "the application is registered as one without a secret",
    "register the redirect URL under the platform Web, or empty Client secret",
)
_REDIRECT = Meaning(
    "setting",
    "administrator",
    "the redirect URL is not registered for this application",
    "copy the redirect URL shown in the form into Redirect URIs of the application, platform Web",
)
_WEB = Meaning(
    "setting",
    "administrator",
    "the redirect URL is registered for another platform than Web",
    "at Microsoft's portal, remove the redirect URL from its platform and add it under Web",
)
_SCOPE = Meaning(
    "setting",
    "administrator",
    "what stands in Scope is unknown, or may not be asked for like this",
    "empty the field Scope, so that the texts for this protocol are filled in, and save",
)
_DEFAULT = Meaning(
    "setting",
    "administrator",
    "app-only takes no other scope than .default of the resource",
    "write https://graph.microsoft.com/.default for Graph, else https://outlook.office365.com/.default; "
    "in another cloud, with that cloud's host",
)
_TWO = Meaning(
    "setting",
    "administrator",
    "the scopes belong to more than one resource, and a token serves one only",
    "leave in Scope only those of the chosen protocol",
)
_RESOURCE = Meaning(
    "setting",
    "provider",
    "the organisation lacks what Scope asks for, or the application has no permission to it",
    "add the permission under API permissions of the application and have admin consent granted; check the cloud",
)
_CODE = Meaning(
    "consent",
    "person",
    "what came back from the sign-in was used already, is too old or belongs to another sign-in",
    "choose Connect once more, and do not reload the page after it",
)
_TENANT_NEEDED = Meaning(
    "setting",
    "administrator",
    "the application belongs to one tenant, and the URLs name none",
    "write the application's Directory (tenant) ID instead of common into both URLs",
)
_DECLINED = Meaning("consent", "person", "the person declined to consent", CONNECT + ", and accept there")
_CLOCK = Meaning(
    "setting", "administrator", "the clocks do not agree", "set the clock of this machine right, best by NTP"
)
_WAIT = Meaning("wait", "nobody", "it is disturbed for the moment", LATER)
_MALFORMED = Meaning(
    "consent", "person", "what Deskpost has from the last sign-in is not taken any more", RECONNECT
)

MEANINGS: Mapping[int, Meaning] = {
    16000: _ACCOUNT,
    28000: _TWO,
    50011: _REDIRECT,
    500112: _REDIRECT,
    500113: _REDIRECT,
    50020: _ACCOUNT,
    50034: _ACCOUNT,
    90072: _ACCOUNT,
    50053: _USER_CLOSED,
    50057: _USER_CLOSED,
    50055: _PASSWORD,
    50126: _PASSWORD,
    50132: _PASSWORD,
    50133: _PASSWORD,
    50058: _AGAIN,
    50074: _AGAIN,
    50076: _AGAIN,
    50078: _AGAIN,
    50079: _AGAIN,
    70043: _AGAIN,
    50059: _TENANT_NEEDED,
    50194: _TENANT_NEEDED,
    50105: Meaning(
        "consent",
        "provider",
        "the person is not assigned to the application, which its organisation asks for",
        "have an administrator at Microsoft 365 assign the person under Enterprise applications, then Reconnect",
    ),
    50148: _CODE,
    501481: _CODE,
    54005: _CODE,
    700005: _CODE,
    50173: _REVOKED,
    50196: _WAIT,
    50013: _CLOCK,
    500133: _CLOCK,
    700024: _CLOCK,
    53000: _BLOCKED,
    53001: _BLOCKED,
    53002: _BLOCKED,
    53003: _BLOCKED,
    530003: _BLOCKED,
    500011: _RESOURCE,
    500014: _RESOURCE,
    65001: _NO_CONSENT,
    65004: _DECLINED,
    65005: _RESOURCE,
    650052: _RESOURCE,
    650053: _SCOPE,
    650057: _RESOURCE,
    70000: _MALFORMED,
    700003: _AGAIN,
    70008: _EXPIRED,
    700082: _EXPIRED,
    700084: _WEB,
    70001: _APPLICATION,
    700016: _APPLICATION,
    7000229: _APPLICATION,
    7000112: _DISABLED,
    70002: _SECRET,
    70011: _SCOPE,
    1002012: _DEFAULT,
    7000215: _SECRET,
    7000222: _SECRET_ENDED,
    7000218: _SECRET_MISSING,
    700025: _PUBLIC,
    700054: _WEB,
    9002325: _WEB,
    9002326: _WEB,
    900021: _TENANT,
    900023: _TENANT,
    90002: _TENANT,
    90013: _TENANT,
    90038: _CLOUD,
    900382: _CLOUD,
    900432: _CLOUD,
    90033: _WAIT,
    90055: _WAIT,
    90093: _ADMIN_CONSENT,
    90094: _ADMIN_CONSENT,
    90095: _ADMIN_CONSENT,
    9002313: _MALFORMED,
}
