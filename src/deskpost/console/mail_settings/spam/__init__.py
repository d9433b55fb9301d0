"""The tab Spam filter: the rules in their order, one to define or edit, and what it would have dropped."""
