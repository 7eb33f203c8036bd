"""The program: where it listens, what it refuses, what it costs."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.simulator_process import ROOT, SimulatorProcess

PACKAGE = ROOT / "marketplace" / "payments" / "simulator"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "marketplace.payments.simulator", *options],
        cwd=ROOT, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com"])
def test_it_refuses_to_listen_beyond_loopback(host: str) -> None:
    ended = run("--host", host, "--port", "0")
    assert ended.returncode == 2
    assert "loopback" in ended.stderr


def test_options_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMULATOR_HOST", "10.0.0.1")
    assert "10.0.0.1" in run("--port", "0").stderr
    monkeypatch.setenv("SIMULATOR_HOST", "127.0.0.1")
    monkeypatch.setenv("SIMULATOR_PORT", "99999")
    assert run().returncode == 2


def test_it_ends_at_once_even_while_a_request_hangs() -> None:
    with SimulatorProcess().start() as busy:
        busy.control("fault", kind="timeout_after", seconds=900)
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{busy.stripe_base}/v1/balance", auth=("sk_test_x", ""), timeout=2)
        assert busy.process is not None
        busy.process.terminate()
        assert busy.process.wait(timeout=180) == 0


def test_help_names_the_demo_credentials() -> None:
    shown = run("--help").stdout
    assert all(word in shown for word in ("simulator-consumer-key", "simulator-passkey", "174379", "whsec_simulator"))


def test_a_taken_port_is_said_plainly(simulator: SimulatorProcess) -> None:
    ended = run("--port", str(simulator.port))
    assert ended.returncode == 2
    assert "cannot listen" in ended.stderr


def test_it_starts_small() -> None:
    with SimulatorProcess().start() as fresh:
        assert fresh.process is not None
        status = Path(f"/proc/{fresh.process.pid}/status")
        if status.exists():
            resident = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
            assert resident is not None
            assert int(resident[1]) < 70_000


def test_without_test_control_it_only_lets_itself_be_read() -> None:
    with SimulatorProcess().start(test_control=False) as closed:
        assert httpx.post(f"{closed.base_url}/_sim/reset", json={}, timeout=180).status_code == 403
        book = httpx.get(f"{closed.base_url}/_sim/ledger", timeout=180).json()
        assert not any(rows for name, rows in book.items() if name != "totals")
        assert book["totals"] == {"stripe": {}, "daraja": {}}


def test_a_foreign_host_name_is_turned_away(simulator: SimulatorProcess) -> None:
    answer = simulator.http.get(simulator.base_url + "/", headers={"Host": "evil.example"})
    assert answer.status_code == 421


def test_it_imports_nothing_of_the_marketplace_and_no_django() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in names:
                assert name.partition(".")[0] not in ("django", "config", "home", "search"), (path, name)
                assert not name.startswith("marketplace") or name.startswith("marketplace.payments.simulator"), path


def test_nothing_of_django_is_loaded_when_it_runs() -> None:
    code = "import marketplace.payments.simulator.app, sys; print('django' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"
