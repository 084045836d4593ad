"""Certificate authorities of one's own, as authorities: for every host that they have signed for.

A Chromium on Linux reads the certificate database of its user (NSS, ``~/.pki/nssdb``). So it is
given a home of its own, for as long as it runs, with a database in which the authorities of a PEM
file are trusted to sign sites and nothing else; the user's own is neither read nor written. The
database is made by ``certutil``, of the Debian package libnss3-tools. The
checked key of the site itself is taken too (:mod:`collector.certificates`): where there is no
``certutil`` it is all that is trusted.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from collector.certificates import CertificateRefused, authorities_of

#: Making a database is a matter of a second; on a machine that is very busy, of some more.
_TIMEOUT_S = 120


def certutil() -> str | None:
    """Where the program is that makes a database; ``None``: it is not on this machine."""
    return shutil.which("certutil")


def home_with(ca: Path, home: Path) -> bool:
    """Make ``home`` a home whose browser trusts the authorities of the PEM file ``ca``.

    False, and nothing is written, where this machine has no ``certutil``. Raises
    CertificateRefused: the file holds none, or the database cannot be made.

    >>> home_with(Path("authority.pem"), Path("/tmp/home"))  # doctest: +SKIP
    True
    """
    program = certutil()
    if program is None:
        return False
    signers = authorities_of(ca)
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True, mode=0o700)
    secret, file = home / "password", home / "authority.der"
    secret.write_text("\n", encoding="ascii")  # the database has none: there are no keys in it
    use = (program, "-d", f"sql:{database}", "-f", str(secret))
    _run(ca, *use, "-N")
    for number, signer in enumerate(signers, 1):
        file.write_bytes(signer)
        _run(ca, *use, "-A", "-n", f"authority {number}", "-t", "C,,", "-i", str(file))
    file.unlink(missing_ok=True)
    return True


def _run(ca: Path, *command: str) -> None:
    try:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or b"").decode("utf-8", "replace").strip()
        raise CertificateRefused(
            f"certutil could not make a database of {ca}: {said or error}",
            place="--ca",
            fix="check the file; without certutil on the PATH the site's own key is taken",
        ) from error
