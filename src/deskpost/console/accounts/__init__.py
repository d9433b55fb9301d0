"""The pages of accounts: the client organisations, their domains and sites."""
