"""Email Command: the words of a mail that say what is to be done with a request."""
