"""The social half of the mock world: pages, people, posts, and the feed that ranks them."""

from __future__ import annotations

from mockserver.world.social.model import Card, Media, Picture, Post, Source, Story
from mockserver.world.social.social import SocialWorld
from mockserver.world.social.viewers import FeedViewer

__all__ = ["Card", "FeedViewer", "Media", "Picture", "Post", "SocialWorld", "Source", "Story"]
