"""`manage.py demo`: site, worker and payment simulator with one command, on what the environment names or embedded."""

import json
import os
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from marketplace.backoffice.demo import remembered
from marketplace.backoffice.demo.load import is_loaded
from marketplace.backoffice.running import processes
from marketplace.backoffice.running.supervisor import Greeting


class Command(BaseCommand):
    """Set up the database, load the catalog once, then run everything until Ctrl-C."""

    help = "Run the site, its worker and the payment simulator, with a catalog worth browsing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port", type=int, default=8000, help="port of the site; the simulator takes the next hundred"
        )
        parser.add_argument("--no-catalog", action="store_true", help="leave the database as it is")

    def handle(self, *args: Any, port: int, no_catalog: bool, **options: Any) -> None:
        if not getattr(settings, "SIMULATOR_ALLOWED", False):
            raise CommandError(
                "The demo runs on development settings only: set DJANGO_SETTINGS_MODULE=config.settings.dev"
            )
        simulator_port = port + 100
        for number in (port, simulator_port):
            refuse_taken(number)
        began = time.time()
        var = Path(settings.STATIC_ROOT).parent
        state = var / "simulator.sqlite3"
        address = os.environ.get("SITE_URL") or f"http://localhost:{port}"
        settings.SITE_URL = address  # the mails of the catalog's past lead there too
        call_command("migrate", verbosity=0)
        if not no_catalog:
            if not is_loaded():
                forget(state)
            call_command("load_demo", verbosity=0)
        os.environ.update(
            SITE_URL=address,
            STRIPE_API_BASE=f"http://127.0.0.1:{simulator_port}/stripe",
            MPESA_BASE_URL=f"http://127.0.0.1:{simulator_port}/daraja",
        )
        past = remembered.tell(var / "simulator-past.json")
        programs = [
            processes.simulator(port=simulator_port, site_port=port, state=str(state), past=str(past)),
            processes.web(port=port, environment={}),
            processes.worker(environment={}, beat_file=str(var / "celerybeat-schedule")),
        ]
        self.stdout.write("The catalog is there. Starting the site...")
        self.stdout.flush()
        # The simulator is told of the paybill's addresses once it is up; told before, it says so and that is all.
        once = [sys.executable, str(processes.ROOT / "manage.py"), "register_paybill", "--wait", "300"]
        subprocess.Popen(once, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        watch(programs, Greeting(port=port, words=welcome(port, simulator_port), began=began))


def welcome(port: int, simulator_port: int) -> str:
    """Where everything is and how to log in."""
    from marketplace.backoffice.demo.people import LOGINS, PASSWORD

    lines = [
        f"  Shop       http://localhost:{port}/",
        f"  Admin      http://localhost:{port}/admin/",
        f"  Phone      http://localhost:{simulator_port}/phone/   (approve M-Pesa prompts here)",
        f"  Simulator  http://localhost:{simulator_port}/",
        "  Card       4242 4242 4242 4242, any future date, any CVC",
        "  M-Pesa     any Kenyan number, e.g. 0712 345 678",
        "",
        f"  Logins (password for all: {PASSWORD})",
        *(f"    {role:<8} {email}" for role, email in LOGINS.items()),
        "",
        "Mails are written to var/mail. Ctrl-C stops everything.",
    ]
    return "\n".join(lines)


def forget(state: Path) -> None:
    """What the simulator believes is about another database, which is gone."""
    for file in state.parent.glob(f"{state.name}*"):
        file.unlink()


def refuse_taken(port: int) -> None:
    """Raise `CommandError` when something else listens on the port."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise CommandError(f"Port {port} is taken. Try another one: make demo PORT={port + 1}")


def watch(programs: list[processes.Program], greeting: Greeting) -> NoReturn:
    """Become the supervisor: same process id, none of the memory that setting up took."""
    environment = processes.Program("supervisor", []).full_environment()
    told = [json.dumps([asdict(program) for program in programs]), json.dumps(asdict(greeting))]
    os.execve(sys.executable, [sys.executable, "-m", "marketplace.backoffice.running", *told], environment)  # noqa: S606
