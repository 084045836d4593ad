"""A video site with YouTube's markup, of today or of 2022, over the mock world.

``site.bp`` owns the root of its host: pages, in-page navigation, lazy lists, actions, pictures,
player.
"""
