"""``python -m consent`` is the command ``consent``."""

from consent.cli import main

main(prog_name="consent")
