"""The spam filter: its rules, trying one before it is saved, and what people say is spam or is none."""
