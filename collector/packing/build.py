"""``collector pack``: a run as one file that a stranger can read, cite, check and repeat.

Protects two rules: everything that a published finding stands on is in one place, under one
signature; and what identifies a puppet, or the machine, is not (``profiles/``, ``artefacts/``,
``snapshots/``, tokens, keys, the mock's databases: none of them is ever opened; what may leave
``recordings/`` says :mod:`collector.packing.payloads`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from collector.analysis.placeless import public_manifest, without_places
from collector.analysis.report import report_data, write_report
from collector.drafts import drafting
from collector.environment import refusals, something_there
from collector.evidence import EvidenceStore
from collector.packing import rocrate
from collector.packing.citation import authors_of, citation
from collector.packing.container import Container
from collector.packing.errors import PackRefused
from collector.packing.gather import filed, kept_of
from collector.packing.numbers import MAY_DIFFER, comparable, report_hash
from collector.packing.payloads import payloads_of
from collector.packing.signature import SIGNATURE, SUMS, sign, sums_file
from collector.packing.tables import datapackage, table_files
from collector.packing.wacz import CHAIN, chain, write_wacz
from collector.registration.checklist import checklist
from collector.registration.deviations import Deviation
from collector.registration.facts import PREREG_JSON, PREREG_TEXT, Facts, read_facts
from collector.registration.review import review_of
from collector.store import Store

CERTIFICATE = "certificate.json"
#: Further files of a run's folder that go into a pack where they are, with what they are.
_BESIDE = {
    PREREG_JSON: "Preregistration, canonical: its SHA-256 is the registration's hash.",
    PREREG_TEXT: "Preregistration, to be read.",
    "labels.csv": "Labels of the scenario's own file, as they were when the run began.",
    "codebook.yaml": "Labels and their definitions.",
    CERTIFICATE: "Certificate of the instrument: how often this very design is wrong.",
    "certificate.html": "Certificate of the instrument, to be read.",
    "certificate.md": "Certificate of the instrument, to be read.",
}

_README = """\
# {title}

Evidence pack of the run `{run}`, made by twinwatch {version}.

| what | where |
|---|---|
| every captured page, one web archive a puppet (open in ReplayWeb.page) | `captures/` |
| what servers answered: {answers} in the same archives | `captures/` |
| all tables as CSV, every column described | `tables/`, `datapackage.json` |
| report, its numbers, its figures | `report/` |
| the instrument's certificate for this design | `certificate.json` |
| plan, scenario, manifest | `plan.json`, `scenario.json`, `manifest.json` |
| preregistration, where there is one | `prereg.json`, `prereg.md` |
| what went otherwise than planned; reporting checklist | `review.json`, `checklist.md` |
| how to cite; research object | `CITATION.cff`, `ro-crate-metadata.json` |
| checksums, chain over the captures, signature | `SHA256SUMS`, `captures.chain`, `pack.sig` |

Check it: `collector pack --verify FILE.zip`, or `sha256sum -c SHA256SUMS` in the unpacked folder.
Repeat it: `collector repeat FILE.zip --out DIR`; on the mock the report's numbers are the same:
SHA-256 {numbers}.
Pages and answers were scrubbed of what identifies their viewer. Cookies, keys and tokens of the
puppets are not in here, nor what they sent.
"""


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack that was made."""

    path: Path
    run: str
    captures: int
    answers: int
    """Of servers, as the run recorded them."""
    files: int
    size: int
    report_sha256: str
    public_key: str
    """Hex; to be published where readers look."""


def pack_run(
    root: Path,
    out: Path,
    *,
    key: SigningKey,
    licence: str | None = None,
    payloads: bool = True,
    say: Callable[[str], None] = lambda text: None,
) -> Packed:
    """Write the pack of the run in ``root`` to ``out``, whole or not at all.

    :param key: signs it.
    :param licence: of the data, one of ``citation.LICENCES``; ``None``: none is stated.
    :param payloads: what servers answered goes in too, of a run that was recorded.
    :raises UserError: this is no run, evidence is missing or damaged, or ``out`` is there already.
    """
    facts = read_facts(root)
    if something_there(out):
        raise PackRefused(
            "there is a file of this name", place=str(out), fix="choose another --out"
        )
    if facts.run["state"] != "finished":
        say(f"warning: the run's state is {facts.run['state']!r}; the pack holds what is there")
    with refusals(out, fix="name a place that can be written: --out"):
        out.parent.mkdir(parents=True, exist_ok=True)
        with drafting(out) as draft:
            work = draft.with_name(f"{draft.name}-work")
            work.mkdir()
            pack = _Pack(facts, work, key, licence, payloads)
            made = pack.write(draft)
    return Packed(
        path=out,
        run=facts.run["id"],
        captures=made[0],
        answers=pack.answers,
        files=made[1],
        size=out.stat().st_size,
        report_sha256=made[2],
        public_key=key.verify_key.encode().hex(),
    )


def _json(data: Any) -> bytes:
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"


class _Pack:
    """One pack under way. ``about``: path → what it is."""

    def __init__(
        self, facts: Facts, scratch: Path, key: SigningKey, licence: str | None, payloads: bool
    ) -> None:
        self.facts, self.scratch, self.key, self.licence = facts, scratch, key, licence
        self.payloads, self.answers = payloads, 0
        self.run = str(facts.run["id"])
        self.about: dict[str, str] = {}
        self.registration = dict(facts.plan.scenario.get("registration") or {})
        self.authors = authors_of(self.registration, self.run)
        self.title = f"{facts.plan.scenario_name}: data of the run {self.run}"
        self.description = (
            self.registration.get("question")
            or facts.plan.scenario.get("description")
            or f"An algorithm audit of {facts.plan.platform} with sock puppets."
        )

    def write(self, target: Path) -> tuple[int, int, str]:
        """Everything into ``target``; answers captures, files, and the hash of the numbers."""
        with Container(target) as self.out:
            deviations = review_of(self.facts)
            told = report_data(self.facts.there.root)
            numbers = comparable(told)
            digest = report_hash(numbers)
            self._documents(deviations)
            self._certificate(told["certificate"])
            self._report(numbers, digest)
            with Store(self.facts.there.store, create=False, readonly=True) as store:
                head, captures = self._evidence(store)
                self._tables(store)
            self._about(digest)
            sums = sums_file(self.out.sums)
            files = len(self.out.sums) + 2
            self.out.add(SUMS, sums)
            self.out.add(SIGNATURE, sign(sums, head, self.key))
        return captures, files, digest

    def _add(self, path: str, data: bytes, about: str) -> None:
        self.out.add(path, data)
        self.about[path] = about

    def _documents(self, deviations: tuple[Deviation, ...]) -> None:
        facts, root = self.facts, self.facts.there.root
        self._add("plan.json", facts.there.plan.read_bytes(), "The plan, canonical.")
        self._add("scenario.json", _json(facts.plan.scenario), "The scenario that was planned.")
        self._add("manifest.json", _json(public_manifest(facts.manifest)), "What the run was.")
        for name, about in _BESIDE.items():
            if (root / name).is_file():
                self._add(name, (root / name).read_bytes(), about)
        found = {"deviations": [each.to_dict() for each in deviations]}
        self._add("review.json", _json(found), "What went otherwise than planned.")
        text = checklist(facts, deviations).encode()
        self._add("checklist.md", text, "Reporting checklist, filled in.")

    def _certificate(self, certificate: dict[str, Any]) -> None:
        """The report's own, unless a file of this name lies in the run's folder."""
        if CERTIFICATE not in self.about:
            self._add(CERTIFICATE, _json(certificate), _BESIDE[CERTIFICATE])

    def _report(self, numbers: dict[str, Any], digest: str) -> None:
        page = write_report(self.facts.there.root, self.scratch / "report.html", public=True)
        self._add("report/report.html", page.read_bytes(), "The report.")
        figures = self.scratch / "report-figures"
        for path in sorted(figures.rglob("*")) if figures.is_dir() else ():
            if path.is_file():
                name = path.relative_to(figures).as_posix()
                self._add(
                    f"report/{figures.name}/{name}", path.read_bytes(), "A figure of the report."
                )
        told = {"sha256": digest, "may_differ": list(MAY_DIFFER), "numbers": numbers}
        self._add("report/report.json", _json(told), "The report's numbers, and their hash.")

    def _evidence(self, store: Store) -> tuple[str, int]:
        """Archives and chain; answers the chain's head and the number of captures."""
        evidence = EvidenceStore(self.facts.there.evidence)
        for row in self.facts.puppets:
            name = f"captures/{row['id']}.wacz"
            archive = self.scratch / "one.wacz"
            answers = (
                payloads_of(store, self.facts.there.recordings, row["id"]) if self.payloads else []
            )
            self.answers += len(answers)
            write_wacz(
                archive,
                kept_of(store, evidence, row["id"]),
                puppet=row["id"],
                run=self.run,
                answers=answers,
            )
            self.out.add_file(name, archive)
            self.about[name] = f"Web archive of what {row['id']} captured."
            archive.unlink()
        lines = list(chain(f"{self.run} {self.facts.plan.hash}", filed(store)))
        text = "".join(f"{line}\n" for line in lines).encode()
        self._add(
            CHAIN, text, "Hash chain over captures, posts and answers, in the order of filing."
        )
        (row,) = store.rows("SELECT count(*) AS n FROM captures")
        return (lines[-1].partition(" ")[0] if lines else ""), row["n"]

    def _no_answers(self) -> str:
        return "none (not recorded)" if self.payloads else "none (left out: --no-payloads)"

    def _tables(self, store: Store) -> None:
        command = without_places(str(self.facts.run["command"] or ""))
        for path, data in table_files(store, {("runs", "command"): command}):
            self._add(path, data, "A table of the run; see datapackage.json.")
        package = datapackage(self.run, self.title, self.out.sums, self.out.sizes)
        self._add("datapackage.json", package, "What each column of each table holds.")

    def _about(self, digest: str) -> None:
        facts = self.facts
        finished = str(facts.run["finished"] or facts.run["started"])
        cff = citation(
            title=self.title,
            abstract=str(self.description),
            authors=self.authors,
            released=finished[:10],
            plan_hash=facts.plan.hash,
            licence=self.licence,
        )
        self._add("CITATION.cff", cff, "How to cite these data.")
        readme = _README.format(
            title=self.title,
            run=self.run,
            version=facts.run["versions"].get("collector", ""),
            numbers=digest,
            answers=f"{self.answers:,}" if self.answers else self._no_answers(),
        )
        self._add("README.md", readme.encode(), "What is in here, and how to check it.")
        sums, sizes = self.out.sums, self.out.sizes
        files: dict[str, tuple[str, int | None, str | None]] = {
            path: (about, sizes[path], sums[path]) for path, about in self.about.items()
        }
        files[SUMS] = ("SHA-256 of every file.", None, None)
        files[SIGNATURE] = ("Ed25519 signature over the checksums.", None, None)
        outputs = ("captures/", "tables/", "report/")
        metadata = rocrate.crate(
            run=self.run,
            title=self.title,
            description=str(self.description),
            started=str(facts.run["started"]),
            finished=finished,
            authors=self.authors,
            licence=self.licence,
            browser=str(facts.run["versions"].get("browser", "")),
            plan_hash=facts.plan.hash,
            files=files,
            inputs=("plan.json", "scenario.json"),
            outputs=[path for path in files if path.startswith(outputs)],
        )
        self.out.add(rocrate.FILE, metadata)
