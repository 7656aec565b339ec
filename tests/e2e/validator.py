"""The validator of the W3C (vnu) over all saved pages, where Java and npm are present."""

import shutil
import subprocess
from pathlib import Path

from tests.e2e.conftest import ROOT

VERSION = "vnu-jar@26.9.27"
FOLDER = ROOT / "build" / "vnu"
JAR = FOLDER / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def available() -> bool:
    """Whether the validator can run here; installs it once where npm can reach its packages."""
    if not (shutil.which("java") and shutil.which("npm")):
        return False
    if not JAR.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(FOLDER), VERSION]
        subprocess.run(install, check=False, capture_output=True)
    return JAR.exists()


def errors(folder: Path) -> list[str]:
    """Each error in the pages of the folder."""
    command = ["java", "-Xmx512m", "-jar", str(JAR), "--errors-only", "--format", "gnu", "--exit-zero-always"]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    return [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
