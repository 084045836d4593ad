"""What the pictures take from Matplotlib, loaded when the first of them is drawn.

Protects the start of everything that may draw: Matplotlib takes longer to load than the analysis,
and most commands that could draw a picture draw none. Nothing else in this room imports it but for
types.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib import RcParams
    from matplotlib.axis import Axis
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.text import Text


def settings() -> RcParams:
    """The settings of the style that is in force."""
    import matplotlib as mpl  # heavy

    return mpl.rcParams


@contextmanager
def styled(sheets: Sequence[str]) -> Iterator[None]:
    """Draw in the style of some sheets, each laid over the one before; a matplotlibrc does not
    count."""
    import matplotlib.style  # heavy

    with matplotlib.style.context(list(sheets), after_reset=True):
        yield


def as_hex(colour: Any) -> str:
    """A colour of any of Matplotlib's notations as ``#rrggbb``."""
    from matplotlib.colors import to_hex  # heavy

    return to_hex(colour)


def new_figure(
    width: float, height: float, *, w_pad: float | None = None, h_pad: float | None = None
) -> Figure:
    """An empty figure whose parts do not overlap. All in inches.

    :param w_pad: between parts side by side; by default Matplotlib's.
    :param h_pad: between those one below the other.
    """
    from matplotlib.figure import Figure  # heavy
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    return Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=w_pad, h_pad=h_pad))


def legend_mark(label: str, **looks: Any) -> Line2D:
    """A marker without a line, for a legend."""
    from matplotlib.lines import Line2D  # heavy

    return Line2D([], [], linestyle="none", label=label, **looks)


def in_percent(axis: Axis) -> None:
    """Let an axis of shares (0–1) say them as whole per cent."""
    from matplotlib.ticker import PercentFormatter  # heavy

    axis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def in_whole_numbers(axis: Axis) -> None:
    """Let an axis have its ticks at whole numbers alone."""
    from matplotlib.ticker import MaxNLocator  # heavy

    axis.set_major_locator(MaxNLocator("auto", integer=True))


def measured(figure: Figure) -> FigureCanvasAgg:
    """A canvas on which a figure can be drawn and its parts measured."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # heavy

    return FigureCanvasAgg(figure)


def texts_in(part: Any) -> list[Text]:
    """Every text of a figure, or of one of its axes."""
    from matplotlib.text import Text  # heavy

    found: list[Text] = part.findobj(Text)
    return found


def as_svg(figure: Figure) -> str:
    """The figure as SVG, without a date."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # heavy

    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def as_pdf(figure: Figure) -> bytes:
    """The figure as PDF, without a date."""
    from matplotlib.backends.backend_pdf import FigureCanvasPdf  # heavy

    buffer = io.BytesIO()
    FigureCanvasPdf(figure).print_pdf(buffer, metadata={"CreationDate": None})
    return buffer.getvalue()


def as_png(figure: Figure, dpi: int) -> bytes:
    """The figure as PNG of so many dots an inch, without the name of what drew it."""
    buffer = io.BytesIO()
    figure.set_dpi(dpi)
    measured(figure).print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()
