"""The vocabulary of the feeds: namespaces, category schemes, kinds, link relations, media types."""

from __future__ import annotations

from enum import IntEnum

ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "http://search.yahoo.com/mrss/"
YT = "http://gdata.youtube.com/schemas/2007"
GD = "http://schemas.google.com/g/2005"
GEORSS = "http://www.georss.org/georss"
GML = "http://www.opengis.net/gml"


class Version(IntEnum):
    """The dialect of an answer."""

    V1 = 1
    V2 = 2

    @property
    def label(self) -> str:
        """What the header ``GData-Version`` says."""
        return "1.0" if self is Version.V1 else "2.1"


OPEN_SEARCH = {
    Version.V1: "http://a9.com/-/spec/opensearchrss/1.0/",
    Version.V2: "http://a9.com/-/spec/opensearch/1.1/",
}
APP = {Version.V1: "http://purl.org/atom/app#", Version.V2: "http://www.w3.org/2007/app"}

KIND_SCHEME = f"{GD}#kind"
CATEGORY_SCHEME = f"{YT}/categories.cat"
KEYWORD_SCHEME = f"{YT}/keywords.cat"
TAG_SCHEME = f"{YT}/tags.cat"
SUBSCRIPTION_SCHEME = f"{YT}/subscriptiontypes.cat"
CHANNEL_SCHEME = f"{YT}/channeltypes.cat"
CONTACT_SCHEME = f"{YT}/contact.cat"

FEED_TYPE = "application/atom+xml"
PAGE_TYPE = "text/html"
FLASH_TYPE = "application/x-shockwave-flash"

SITE = "http://www.youtube.com"
LOGO = f"{SITE}/img/pic_youtubelogo_123x63.gif"

#: Labels of the categories by term.
CATEGORIES: dict[str, str] = {
    "Film": "Film & Animation",
    "Autos": "Autos & Vehicles",
    "Music": "Music",
    "Animals": "Pets & Animals",
    "Sports": "Sports",
    "Travel": "Travel & Events",
    "Shortmov": "Short Movies",
    "Videoblog": "Videoblogging",
    "Games": "Gaming",
    "Comedy": "Comedy",
    "People": "People & Blogs",
    "News": "News & Politics",
    "Entertainment": "Entertainment",
    "Education": "Education",
    "Howto": "Howto & Style",
    "Nonprofit": "Nonprofits & Activism",
    "Tech": "Science & Technology",
}


#: Documents of category schemes: name → terms and labels. Where users make the terms up, none.
SCHEMES: dict[str, dict[str, str]] = {
    "categories": CATEGORIES,
    "subscriptiontypes": {
        "channel": "Videos that a user published",
        "query": "Videos with a tag",
        "favorites": "Favorites of a user",
    },
    "channeltypes": {
        name: name for name in ("Standard", "Director", "Musician", "Comedian", "Guru")
    },
    "contact": {"Friends": "Friends", "Family": "Family"},
    "keywords": {},
    "tags": {},
}


def kind(name: str) -> str:
    """The term or relation ``name`` of the service's own schema, e.g. ``…/2007#video``."""
    return f"{YT}#{name}"


def watch_page(video_id: str) -> str:
    """Give the address of a video's page on the site that the feeds link to."""
    return f"{SITE}/watch?v={video_id}"
