"""Pages as people have them: saved HTML, MHTML, HAR, WARC, WACZ, answers of the site's API.

``read_saved`` turns a file's bytes into the pages in it, each with its address where the form says
it. What a form holds beside pages (scripts, pictures, pages of other sites) is left out.
"""

from __future__ import annotations

from collector.saved.files import NAMES, load, read_saved
from collector.saved.page import Saved, Unreadable

__all__ = ["NAMES", "Saved", "Unreadable", "load", "read_saved"]
