"""``rasad outlets list|check|probe``: the outlets as data."""

import typer

outlets = typer.Typer(no_args_is_help=True, help="The outlets that are read.")
