"""The five errors of attachments, in the words that pages, traces and notices use: what, why, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from deskpost.mime.file_checks import EMPTY, EXTENSION, NAME, SIZE, TYPE


@dataclass(frozen=True, slots=True)
class FileError:
    """One reason to drop a file."""

    error: str
    reason: str
    solution: str


FILE_ERRORS: Mapping[str, FileError] = {
    NAME: FileError(
        "Attachment file name is invalid",
        "File name of the attachment contains invalid characters.",
        "Rename the attachment file. Use letters, numbers, dots, hyphens, and underscores in file names.",
    ),
    TYPE: FileError(
        "Attachment files contain invalid content type",
        "Content type in the attachment does not match the file extension. "
        "For example, an image file with the file name 'Alter.txt' will be dropped.",
        "Ensure that the attached files have matching file content and extension.",
    ),
    EXTENSION: FileError(
        "Attachment files contain invalid extensions",
        "Deskpost enables its administrators to allow or restrict certain file types. "
        "If the email attachments include files of the restricted type, the attachments will be dropped.",
        "Ensure that the file type is allowed under Admin > General Settings > Attachments Settings.",
    ),
    EMPTY: FileError(
        "Attachment contains empty files",
        "Deskpost does not allow empty files as attachments.",
        "Ensure that the attachment file is not empty. If the file is not empty, it could have been dropped due to "
        "Antivirus/Firewall configurations. Please check with your IT administrator to check on antivirus/firewall "
        "settings.",
    ),
    SIZE: FileError(
        "Attachment size exceeds the configured limit",
        "Files that exceed the configured size will be dropped.",
        "Check and modify the maximum attachment size (MB) under Admin > General Settings > Attachment Settings.",
    ),
}
"""By file_checks.WHYS."""
