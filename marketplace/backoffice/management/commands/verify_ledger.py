"""`manage.py verify_ledger`: everything that can be proved of the money, now."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.ledger.services import Result, prove

ROW = "{check:<58} {rows:>10} {seconds:>9}  {found}"


def head(text: str) -> tuple[str, int, str]:
    """`chain:number:hash`, as this command prints them."""
    chain, number, digest = text.rsplit(":", 2) if text.count(":") >= 2 else ("", "", "")
    if not (chain and number.isdigit() and digest):
        raise ArgumentTypeError("expected chain:number:hash")
    return chain, int(number), digest


class Command(BaseCommand):
    help = "Run every check over the ledger and what must agree with it. Exit status 1 when anything is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect", metavar="HEAD", type=head, action="append", default=[],
            help="a seal noted earlier outside the database (chain:number:hash); it must still be there",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(ROW.format(check="check", rows="rows", seconds="seconds", found="result"))
        run = prove(expect=options["expect"], tell=self._tell)
        for chain, (number, digest) in run.heads.items():
            self.stdout.write(f"sealed: {chain}:{number}:{digest}")
        if not run.passed:
            failed = [result for result in run.results if result["wrong"]]
            first = failed[0]["findings"][0]
            raise CommandError(
                f"{len(failed)} of {len(run.results)} checks failed. First: {first['where']} {first['text']}"
            )
        self.stdout.write(f"All {len(run.results)} checks passed in {run.seconds:.1f} s.")

    def _tell(self, result: Result) -> None:
        rows = "-" if result.rows is None else str(result.rows)
        found = f"{result.wrong} WRONG" if result.wrong else "ok"
        self.stdout.write(ROW.format(check=result.check, rows=rows, seconds=f"{result.seconds:.2f}", found=found))
        for finding in result.findings:
            self.stdout.write(f"    {finding.where} {finding.text}")
        if result.wrong > len(result.findings):
            self.stdout.write(f"    and {result.wrong - len(result.findings)} more")
