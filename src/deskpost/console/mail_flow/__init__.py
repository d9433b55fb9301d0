"""Mail flow: the page that an administrator keeps open."""
