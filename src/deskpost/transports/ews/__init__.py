"""Exchange Web Services, in and out: what Exchange Server speaks, and Exchange Online until 2027-04-01.

[MS-OXWS*]. `soap.py` writes and reads envelopes, `session.py` asks as somebody and tells what went wrong,
`source.py` fetches and `sender.py` sends.
"""

from deskpost.transports.ews.sender import open_ews_sender
from deskpost.transports.ews.source import open_ews

__all__ = ["open_ews", "open_ews_sender"]
