"""Push: mailboxes that tell of new mail by themselves. It only shortens the wait; fetching at intervals goes on."""
