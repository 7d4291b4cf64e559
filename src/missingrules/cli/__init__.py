"""The command line."""

from missingrules.cli.commands import main

__all__ = ["main"]
