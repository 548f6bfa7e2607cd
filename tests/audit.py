"""`make audit`: asks pip-audit whether a pinned release has a known vulnerability.

pip-audit by itself passes over what its service does not answer for; here that is no pass.
"""

import json
import subprocess
import sys
from pathlib import Path

PINS = Path(__file__).resolve().parents[1] / "constraints.txt"
OPTIONS = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", "30")


def verdict(output: str, complaints: str) -> tuple[bool, list[str]]:
    """Whether all pins were looked up and none is vulnerable, and what to say, in lines."""
    try:
        found = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (complaints.strip().splitlines() or ["it said nothing"])[-1]
        return False, [f"the advisory service was not reached, so nothing is known: {last[:300]}"]
    passed_over = [one["name"] for one in found if "skip_reason" in one]
    said = [
        f"{one['name']} {one['version']}: {fault['id']}, mended in "
        f"{', '.join(fault['fix_versions']) or 'no release yet'}"
        for one in found
        for fault in one.get("vulns", ())
    ]
    if passed_over:
        said.append(
            f"{len(passed_over)} of {len(found)} pins were not looked up (the advisory service was "
            f"not reached or does not know them): {', '.join(passed_over[:8])} ..."
        )
    if not said and found:
        return True, [f"no known vulnerability in {len(found)} pinned releases"]
    return False, said or ["no pin was looked at"]


def main(program: str) -> int:
    """Audit; the exit status is 0 only where every pin was looked up and is clean."""
    command = [program, "--requirement", str(PINS), "--format", "json", *OPTIONS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    good, said = verdict(done.stdout, done.stderr)
    print("\n".join(said), file=sys.stdout if good else sys.stderr)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
