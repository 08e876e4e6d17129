"""`python -m backoffice.cli` is `backoffice`."""

from backoffice.cli.main import main

main()
