"""What Exchange refuses, and in which words: the whole request (a fault), or one thing that it asked for."""

from collections.abc import Mapping

TEXTS = {
    "ErrorAccessDenied": "Access is denied. Check credentials and try again.",
    "ErrorAttachmentSizeLimitExceeded": "The attachment is larger than the limit.",
    "ErrorCannotDeleteObject": "The delete action is not supported for this object.",
    "ErrorChangeKeyRequired": "The change key is required for this operation.",
    "ErrorChangeKeyRequiredForWriteOperations": "A change key is required for this operation.",
    "ErrorDeleteDistinguishedFolder": "Distinguished folders cannot be deleted.",
    "ErrorFolderExists": "A folder with the specified name already exists.",
    "ErrorFolderNotFound": "The specified folder could not be found in the store.",
    "ErrorImpersonateUserDenied": "The account does not have permission to impersonate the requested user.",
    "ErrorInvalidAttachmentId": "The specified attachment Id is invalid.",
    "ErrorInvalidChangeKey": "The change key is invalid.",
    "ErrorInvalidExchangeImpersonationHeaderData": (
        "ExchangeImpersonation SOAP header must be present for this type of OAuth token."
    ),
    "ErrorInvalidIdMalformed": "Id is malformed.",
    "ErrorInvalidOperation": "The operation is not valid.",
    "ErrorInvalidPropertySet": "Set action is invalid for property.",
    "ErrorInvalidRecipients": "At least one recipient is not valid.",
    "ErrorInvalidServerVersion": "The specified server version is invalid.",
    "ErrorInvalidSyncStateData": "Synchronization state data is corrupt or otherwise invalid.",
    "ErrorIrresolvableConflict": (
        "The send or update operation could not be performed because the change key passed in the request does "
        "not match the current change key for the item."
    ),
    "ErrorItemNotFound": "The specified object was not found in the store.",
    "ErrorMimeContentInvalid": "The MIME content was invalid.",
    "ErrorMimeContentInvalidBase64String": "The MIME content contains an invalid base 64 string.",
    "ErrorNameResolutionMultipleResults": "Multiple results were found.",
    "ErrorNameResolutionNoResults": "No results were found.",
    "ErrorNonExistentMailbox": "The SMTP address has no mailbox associated with it.",
    "ErrorSendAsDenied": (
        "The user account which was used to submit this request does not have the right to send mail on behalf "
        "of the specified sending account."
    ),
    "ErrorServerBusy": "The server cannot service this request right now. Try again later.",
    "ErrorUnsupportedPathForQuery": "The property can not be used with this type of restriction.",
}


class Fault(Exception):
    """The whole request is refused: a SOAP fault, with HTTP 500. `values` go into its MessageXml."""

    def __init__(self, code: str, text: str | None = None, values: Mapping[str, str] | None = None) -> None:
        """Refuse with a response code, in Exchange's own words where none are given."""
        self.code = code
        self.text = text or TEXTS.get(code, "An internal server error occurred. The operation failed.")
        self.values = values or {}
        super().__init__(f"{code}: {self.text}")


class Refused(Exception):
    """One thing of a request is refused: its response message has the class Error."""

    def __init__(self, code: str, text: str | None = None) -> None:
        """Refuse with a response code, in Exchange's own words where none are given."""
        self.code = code
        self.text = text or TEXTS.get(code, "An internal server error occurred. The operation failed.")
        super().__init__(f"{code}: {self.text}")
