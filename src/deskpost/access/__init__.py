"""How Deskpost gets to mail servers, incoming and outgoing alike: where they are, tokens, lanes, the proxy."""
