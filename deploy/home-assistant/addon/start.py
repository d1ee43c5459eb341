"""The start of the add-on, as root: the options, a home of the daemon's own, then the daemon as nobody."""

import json
import os
import subprocess
import sys
from pathlib import Path

OPTIONS, HOME, OWNER = Path("/data/options.json"), Path("/config"), 10049
"""Where the Supervisor writes the options, where config.yaml maps the home, and who runs the daemon."""


def environment(options: dict[str, object], home: Path) -> dict[str, str]:
    """Return what the daemon is told: the options, over what config.toml says."""
    return {
        **os.environ,
        "LOTWORK_HOME": str(home),
        "LOTWORK_DAEMON__HOST": "0.0.0.0",  # noqa: S104 - the container's own network; the pages ask for the password
        "LOTWORK_DAEMON__ALLOWED_HOSTS": json.dumps(options.get("allowed_hosts", [])),
    }


def give(home: Path, owner: int) -> None:
    """Make the home *owner*'s, what an editor left in it as root too. No link is followed."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder, _, files in os.walk(home):
        for name in ("", *files):
            os.chown(Path(folder, name), owner, owner, follow_symlinks=False)
    home.chmod(0o700)


def main(options: Path = OPTIONS, home: Path = HOME, owner: int = OWNER) -> None:
    """Start the daemon. Ends with 1 where no password is set."""
    told = json.loads(options.read_text(encoding="utf-8"))
    if not told.get("password"):
        sys.exit("Set `password` in the options of the add-on: the pages can be reached from the network.")
    given = environment(told, home)
    give(home, owner)
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(owner)
        os.setuid(owner)
    line = f"{told['password']}\n"
    subprocess.run(["lotwork", "web", "password", "--stdin"], input=line, env=given, text=True, check=True)  # noqa: S607
    os.execvpe("lotwork", ["lotwork", "run"], given)  # noqa: S606, S607


if __name__ == "__main__":
    main()
