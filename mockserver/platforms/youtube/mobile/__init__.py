"""The mobile site: what is shown under the host ``m.youtube.localhost``.

One markup for all years: ``ytm-`` elements around the same entries, texts and player. The host
alone decides; a mobile user agent at the other host is shown the other site.
"""
