"""Start the product on this machine: settings, migration, demonstration, web and worker. Stop with Ctrl-C."""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"


def settings(port: int) -> dict[str, str]:
    """The environment of this installation; secrets are made once and kept in instance/env."""
    INSTANCE.mkdir(mode=0o700, exist_ok=True)
    file = INSTANCE / "env"
    if not file.exists():
        values = {
            "PANEL_DATABASE_URL": f"sqlite:///{INSTANCE / 'panel.db'}",
            "PANEL_SESSION_KEY": secrets.token_urlsafe(48),
            "PANEL_IDENTITY_KEYS": Fernet.generate_key().decode(),
            "PANEL_INDEX_KEY": secrets.token_urlsafe(48),
            "PANEL_KEYSTORE": str(INSTANCE / "keys"),
            "PANEL_RECOVERY_KEYSTORE": str(INSTANCE / "keys-recovery"),
            "PANEL_MAIL_URL": f"folder:{INSTANCE / 'mail'}",
            "PANEL_MAIL_FROM": "Inwonerspanel Zeist <panel@voorbeeld.example>",
            "PANEL_DEMONSTRATION": "1",
        }
        file.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
        file.chmod(0o600)
    lines = (line.partition("=") for line in file.read_text().splitlines() if "=" in line)
    stored = {name: value for name, _, value in lines}
    return {**stored, "PANEL_BASE_URL": f"http://127.0.0.1:{port}", "FLASK_APP": "app", **_given()}


def _given() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("PANEL_")}


def flask(environment: dict[str, str], *arguments: str) -> None:
    """Run one of the product's own commands; a failure ends the start."""
    subprocess.run([sys.executable, "-m", "flask", *arguments], cwd=ROOT, env=environment, check=True)


def serve(environment: dict[str, str], port: int) -> int:
    """Run the web server and the worker until one stops or the user does."""
    web = [sys.executable, "-m", "gunicorn", "app:create_app()", "-k", "gthread", "--threads", "4", "-w", "2"]
    web += ["--no-control-socket", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    started = [
        subprocess.Popen(web, cwd=ROOT, env=environment),
        subprocess.Popen([sys.executable, "-m", "flask", "worker"], cwd=ROOT, env=environment),
    ]

    def stop(_signal: int, _frame: object) -> None:
        for process in started:
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while all(process.poll() is None for process in started):
        time.sleep(0.3)
    stop(0, None)
    return max(abs(process.wait()) for process in started)


def main() -> int:
    """Prepare and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--prepare-only", action="store_true", help="settings, migration, demonstration; no server")
    options = parser.parse_args()
    environment = {**os.environ, **settings(options.port)}
    flask(environment, "demo", "start")
    return 0 if options.prepare_only else serve(environment, options.port)


if __name__ == "__main__":
    sys.exit(main())
