"""The mail side of a help desk for managed service providers."""
