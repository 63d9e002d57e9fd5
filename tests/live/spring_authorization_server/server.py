"""Builds the Maven project beside it once, and becomes it: see Server.java for what it serves and prints.

The first argument is JSON: properties of Spring Boot beside those of application.yaml.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.live.builds import built, copied, edition, perform
from tests.live.running import UnavailableError, unavailable

HERE = Path(__file__).parent
SOURCES = [HERE / "pom.xml", *sorted(path for path in (HERE / "src").rglob("*") if path.is_file())]


def build(folder: Path) -> None:
    """Have Maven fetch Spring Boot and make one archive of everything."""
    copied([HERE / "pom.xml"], folder)
    shutil.copytree(HERE / "src", folder / "src")
    perform(["mvn", "-q", "-B", "package"], folder)


if __name__ == "__main__":
    settings = json.loads(sys.argv[1]) if sys.argv[1:] else {}
    try:
        archive = built(f"spring-authorization-server-{edition(SOURCES)}", build) / "target" / "server.jar"
    except UnavailableError as problem:
        unavailable(problem)
    else:
        options = [f"--{name}={value}" for name, value in settings.items()]
        os.execvp("java", ["java", "-jar", str(archive), *options])  # noqa: S606 - what was built above
