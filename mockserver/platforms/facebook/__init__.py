"""A social site with Facebook's markup of several years, over the mock world's feed.

``site.bp`` owns the root of its host: the feed, pages and profiles, log-in, consent, actions,
pictures. The markup follows the world's era, and for phones that of the mobile site (``looks``).
"""
