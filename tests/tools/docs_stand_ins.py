"""What answers in place of ``make``, ``pip`` and a cluster when a line of the documents is run.

Each fails as the program would on a line that is misspelt: a target or variable that the Makefile
does not have, an extra of no name, a script or an option that there is not.
"""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from docs_tools import PROGRAMS, ROOT, commands, understood

Answer = tuple[int, str]
#: What ``make mutate-*`` may be told to take, and where its names stand.
_NAMED = {"planted": ("change", "id"), "modules": ("room", "name")}
#: Options of ``sbatch`` that the documents use, and what they may be.
_SBATCH = {
    "job-name": r"[\w-]+",
    "nodes": r"\d+",
    "ntasks-per-node": r"\d+",
    "cpus-per-task": r"\d+",
    "time": r"\d+:\d\d:\d\d",
    "requeue": "",
}
#: Of the scheduler, on a cluster; here another one that is free.
DASK_PORT = "8786"
#: A cluster of one machine: every task of ``srun`` runs here, and so does the first host.
_SRUN = '#!/bin/bash\nfor task in $(seq "$SLURM_NTASKS"); do "$@" & done\nwait\n'
#: Puppets without a browser, as everywhere in the documents' tests.
_COLLECTOR = '#!/bin/bash\nexec "$COLLECTOR" "$@" --driver http\n'
_HOSTNAME = '#!/bin/bash\necho "127.0.0.1 "\n'


def free_port() -> str:
    """A port of this machine that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return str(listening.getsockname()[1])


def _said(words: Sequence[str], folder: Path) -> Answer:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def make(words: Sequence[str], _: Path) -> Answer:
    """What it would do (``make -n``), and whether all of it is there."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for word in words[1:]:
        name, is_given, _value = word.partition("=")
        if is_given and not re.search(rf"\$\((?:if )?{name}\b", makefile):
            return 2, f"the Makefile reads no {name}"
    code, printed = _said(["make", "-n", *words[1:]], ROOT)
    if code:
        return code, printed
    for program in re.findall(r"\btests/\S+\.py\b", printed):
        if "*" not in program and not (ROOT / program).is_file():
            return 2, f"there is no {program}"
    for kind, asked in re.findall(r"tests/mutations/(\w+)\.py([^\n]*)", printed):
        table, key = _NAMED[kind]
        data = tomllib.loads((ROOT / "tests" / "mutations" / f"{kind}.toml").read_text("utf-8"))
        there = {"--all", *(entry[key] for entry in data[table])}
        files = [each for entry in data[table] if kind == "modules" for each in entry["files"]]
        there |= {str(found.relative_to(ROOT)) for each in files for found in ROOT.glob(each)}
        if unknown := {*shlex.split(re.sub(r"--per-module \d+\b", "", asked))} - there:
            return 2, f"{kind}.toml has no {unknown}"
    ours = "|".join(PROGRAMS)
    for line in re.findall(rf"(?m)^\S*/((?:{ours}) .*)$", printed):
        for command in commands(line):
            understood(command)
    return 0, printed


def pip(words: Sequence[str], _: Path) -> Answer:
    """In the folder of the source, without an index: what the extras name is all installed here,
    and the package can be built (``--dry-run``); an extra that there is not is an error."""
    code, printed = _said(
        [sys.executable, "-m", "pip", *words[1:], "--dry-run", "--no-index",
         "--no-build-isolation", "--disable-pip-version-check"],
        ROOT,
    )  # fmt: skip
    missing = re.search(r"does not provide the extra \S+", printed)
    return (1 if missing else code), printed


def python3(words: Sequence[str], folder: Path) -> Answer:
    """``-m venv DIR``, with this environment's packages in place of its own."""
    if list(words[1:3]) != ["-m", "venv"] or len(words) != 4:
        return _said([sys.executable, *words[1:]], folder)
    venv.create(words[3], with_pip=False, symlinks=True)
    (Path(words[3]) / "bin" / "pip").touch(mode=0o700)
    return 0, ""


def sbatch(words: Sequence[str], folder: Path) -> Answer:
    """Run the script on this machine, its nodes as tasks here."""
    script = (folder / words[1]).read_text("utf-8")
    told = dict(re.findall(r"(?m)^#SBATCH --([\w-]+)=?(\S*)$", script))
    for line in re.findall(r"(?m)^#SBATCH.*$", script):
        name, _, value = line.removeprefix("#SBATCH --").partition("=")
        if name not in _SBATCH or not re.fullmatch(_SBATCH[name], value):
            return 1, f"sbatch: unrecognized: {line}"
    tools, work = folder / "cluster", folder / "work"
    tools.mkdir()
    shutil.copytree(folder, work, ignore=lambda *_: ["runs", "cluster", "work"])
    for name, text in {"srun": _SRUN, "hostname": _HOSTNAME, "collector": _COLLECTOR}.items():
        (tools / name).write_text(text, "utf-8")
        (tools / name).chmod(0o700)
    tasks = int(told["nodes"]) * int(told["ntasks-per-node"])
    return _batch(script.replace(DASK_PORT, free_port()), work, tools, tasks)


def _batch(script: str, folder: Path, tools: Path, tasks: int) -> Answer:
    """As a batch job is: with its own processes, which end when it ends."""
    ended = "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\nset -e\n"
    collector = f"export COLLECTOR={Path(sys.executable).parent / 'collector'}\n"
    beside = f"{tools}:{Path(sys.executable).parent}"
    text = f'export PATH="{beside}:$PATH" SLURM_NTASKS={tasks}\n{collector}{ended}{script}'
    return _said(["bash", "-c", text], folder)


STAND_INS: Mapping[str, Callable[[Sequence[str], Path], Answer]] = {
    "make": make,
    "pip": pip,
    "python3": python3,
    "sbatch": sbatch,
}


def stands_in(line: str) -> bool:
    """All of the line's programs are ones that something here answers for."""
    return all(Path(part.split()[0]).name in STAND_INS for part in line.split(" && "))


def answer(line: str, folder: Path) -> Answer:
    """What the line ends with and prints; its parts in turn, as long as they succeed."""
    printed = ""
    for part in line.split(" && "):
        words = [
            str(Path.home()) + word[1:] if word.startswith("~/") else word
            for word in shlex.split(part)
        ]
        if "/" in words[0] and not Path(words[0]).exists():
            return 127, f"{words[0]}: No such file or directory"
        code, said = STAND_INS[Path(words[0]).name](words, folder)
        printed += said
        if code:
            return code, printed
    return 0, printed
