"""OAuth 2.0 as a client: providers and their clouds, the flow, whose mailbox it is, and refusals in words.

Usable without Django. Where tokens are kept, and who refreshes them when, is not decided here.
"""
