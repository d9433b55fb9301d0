"""Collecting: mails fetched, stored with their origin, and only then marked, moved or deleted on their server."""
