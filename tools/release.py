"""What belongs to a release, in var/release/: notes, source, bill of materials, audit and digests.

The version is the one of pyproject.toml. Nothing is published: the last lines say what to do.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "release"
PROGRAMS = Path(sys.executable).parent
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def run(*command: str | Path) -> subprocess.CompletedProcess:
    return subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)


def must(*command: str | Path) -> str:
    done = run(*command)
    if done.returncode:
        raise SystemExit(f"{done.stdout}{done.stderr}\n`{' '.join(map(str, command))}` failed.")
    return done.stdout


def changes(version: str) -> str:
    """What CHANGELOG.md says of the version."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(version)}\b.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not found:
        raise SystemExit(
            f"CHANGELOG.md has no section «## {version}»: give «## Unreleased» that name, and a date."
        )
    return found[0]


def write_bill_of_materials(file: Path) -> None:
    must(
        PROGRAMS / "cyclonedx-py", "requirements", "requirements.lock", "--pyproject", "pyproject.toml",
        "--output-reproducible", "--output-format", "JSON", "--output-file", file,
    )  # fmt: skip


def audit(file: Path) -> str:
    """What is known to be vulnerable in the lock; empty where the advisories cannot be reached."""
    done = run(
        PROGRAMS / "pip-audit", "--requirement", "requirements.lock", "--disable-pip", "--require-hashes",
        "--format", "json", "--output", file,
    )  # fmt: skip
    if not file.exists() or not file.stat().st_size:
        return f"NOT AUDITED, the advisories were not reached: {done.stderr.strip().splitlines()[-1]}"
    packages = json.loads(file.read_text())["dependencies"]
    found = [package for package in packages if package.get("vulns")]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    names = ", ".join(f"{package['name']} {package['version']}" for package in found)
    if found:
        raise SystemExit(f"Vulnerable, see {file}: {names}. docs/operations/hardening.md says by when.")
    if unknown:
        return (
            f"NOT AUDITED, no advisories of {len(unknown)} of {len(packages)} packages were reached: {file}"
        )
    return "audited: nothing known to be vulnerable"


def write_digests() -> None:
    files = sorted(path for path in FOLDER.iterdir() if path.name != "SHA256SUMS")
    lines = [f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (FOLDER / "SHA256SUMS").write_text("".join(lines))


def main() -> None:
    if must("git", "status", "--porcelain", "--untracked-files=no"):
        raise SystemExit("Commit first: a release is made of what is committed.")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    notes = changes(version)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    (FOLDER / "notes.md").write_text(notes, encoding="utf-8")
    name = f"aarhuskompasset-{version}"
    must("git", "archive", "--prefix", f"{name}/", "--output", FOLDER / f"{name}.tar.gz", "HEAD")
    write_bill_of_materials(FOLDER / "sbom.cdx.json")
    audited = audit(FOLDER / "audit.json")
    write_digests()
    base = os.environ.get("BASE", "")
    print(f"{FOLDER}: {audited}")
    if not DIGEST.search(base):
        print("BASE names no digest: make release BASE=python:3.11-slim-bookworm@sha256:…")
    print(f"git tag --sign v{version}")
    given = f"--build-arg RELEASE={version} --build-arg BASE={base or '…'}"
    print(f"docker build {given} --tag aarhuskompas:{version} .")


if __name__ == "__main__":
    main()
