"""One file a renderer: ``TAGS`` names the elements it reads, ``read`` turns one into a card.

``read(node, reading)`` returns the card, or ``None`` after noting why there is none.
"""
