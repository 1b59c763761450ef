"""Collects the verbs of `miaopu` into one command."""

import typer

from miaopu.app.cli import (
    assess_verbs,
    engine_verbs,
    match_verbs,
    pack_verbs,
    plan_verbs,
    simulate_verb,
    system_verbs,
)

cli = typer.Typer(
    name="miaopu",
    help="苗圃：小微企业扶持计划的一体化系统 / Miaopu: run a programme for small enterprises.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for verbs in (engine_verbs, match_verbs, simulate_verb, assess_verbs, system_verbs):
    verbs.register(cli)
cli.add_typer(pack_verbs.pack, name="pack")
cli.add_typer(plan_verbs.plan, name="plan")


def main() -> None:
    """Entry point of the console script `miaopu`."""
    cli()
