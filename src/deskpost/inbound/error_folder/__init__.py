"""Error mails: moved into a folder of their server, listed with their encrypted details, and moved back."""
