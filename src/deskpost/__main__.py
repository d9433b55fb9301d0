"""`python -m deskpost`: the command line, as children of `deskpost run` start it."""

from deskpost.cli import main

main()
