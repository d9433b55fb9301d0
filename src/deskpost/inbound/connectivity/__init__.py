"""How mailboxes fare: outages, silence, patience and lost consent, and when people are told of them."""
