"""One file a renderer: ``TAGS`` and ``KEYS`` name what ``read`` and ``read_sent`` can read.

Both return the card, or ``None`` after noting why there is none. A new file is found by
:mod:`collector.platforms.youtube.parse.registry`, which says what a file must have. ``common`` and
``sent`` are what renderers share.
"""
