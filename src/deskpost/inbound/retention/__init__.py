"""For how long what came in is kept, and the removal of what is older."""
