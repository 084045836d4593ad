"""Does a site on this machine still answer? Asked of the site itself: its scheme, host and port.

Protects the rule that a puppet is given up only when its site is gone: a site on ``::1`` or behind
TLS lives as well as one on ``127.0.0.1``.
"""

from __future__ import annotations

import socket
import ssl

from collector.addresses import Address, numbers_of, parts_of, port_of

_TIMEOUT_S = 5.0


def answers(site: str) -> bool:
    """Something answers at ``site`` (an origin of this machine); a slow answer is one too."""
    parts = parts_of(site)
    return any(_answers(parts, number) for number in numbers_of(parts.host))


def _answers(parts: Address, number: str) -> bool:
    try:
        with socket.create_connection((number, port_of(parts)), timeout=_TIMEOUT_S) as plain:
            asked = f"HEAD / HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode()
            if parts.scheme != "https":
                plain.sendall(asked)
                return bool(plain.recv(1))
            context = ssl.create_default_context()
            context.check_hostname = False  # whether it is there, not who it is
            context.verify_mode = ssl.CERT_NONE
            with context.wrap_socket(plain, server_hostname=parts.host) as server:
                server.sendall(asked)
                return bool(server.recv(1))
    except TimeoutError:
        return True  # it is slow, not gone
    except OSError:
        return False
