"""The requests whose time is measured: every kind of list, search, feed and entry of the APIs.

Paths are those of the root of a mock with the world ``medium`` and seed 1. Common words, rare ones,
the largest categories and the last page that there is are among them, because an average request
says little about the slow ones.
"""

from __future__ import annotations

GDATA: tuple[str, ...] = (
    # Searches by text: one common word, several, phrases, exclusions, other scripts, nothing found.
    "/feeds/videos?vq=cat&max-results=50",
    "/feeds/videos?vq=de&max-results=50",
    "/feeds/videos?vq=the+daily+jazz+channel+about+de+la+on&max-results=50",
    "/feeds/videos?vq=%22Elizabeth+Bennet%22&max-results=50",
    "/feeds/videos?vq=%22the+full+story%22&max-results=50",
    "/feeds/videos?vq=%22live+concert%22+jazz+-speedrun&max-results=50&orderby=viewCount",
    "/feeds/videos?vq=%E7%99%BB%E6%9C%88%E9%A8%99%E5%B1%80&max-results=50",
    "/feeds/videos?vq=zzzznothing",
    "/feeds/api/videos?q=speedrun&v=2&max-results=50",
    "/feeds/api/videos?q=speedrun&v=2&max-results=50&alt=jsonc",
    "/feeds/videos?vq=retro&start-index=951&max-results=50",
    "/feeds/videos?format=1&vq=cat&start-index=10&max-results=20&orderby=viewCount&alt=rss",
    "/feeds/videos?vq=piano&alt=json&max-results=50",
    "/feeds/videos?vq=piano&alt=json-in-script&callback=show&max-results=50",
    "/feeds/videos?vq=guitar&fields=entry(id,title)&max-results=50",
    # Every order, period, language and filter over the whole catalogue.
    "/feeds/videos?max-results=50",
    "/feeds/videos?start-index=951&max-results=50",
    "/feeds/videos?orderby=published&max-results=50",
    "/feeds/videos?orderby=viewCount&max-results=50",
    "/feeds/videos?orderby=rating&max-results=50",
    "/feeds/videos?time=today&max-results=50&v=2",
    "/feeds/videos?lr=fr&vq=jazz&max-results=50",
    "/feeds/videos?format=5&orderby=viewCount&max-results=50",
    "/feeds/videos?published-min=2020-01-01&published-max=2021-01-01&max-results=50",
    "/feeds/videos?author=liz&max-results=50",
    # Categories and keywords, joined by and, or, not.
    "/feeds/videos/-/Music?max-results=50",
    "/feeds/videos/-/Comedy/dog?max-results=50",
    "/feeds/videos/-/Comedy%7CMusic/-News?max-results=50&orderby=rating",
    "/feeds/videos/-/-Music/-Games?max-results=50&orderby=published",
    "/feeds/videos/-/%7Bhttp%3A%2F%2Fgdata.youtube.com%2Fschemas%2F2007%2Fkeywords.cat%7Dspeedrun"
    "?max-results=50&vq=speedrun",
    # The lists of the whole site.
    "/feeds/standardfeeds/most_viewed?max-results=50",
    "/feeds/standardfeeds/top_rated?time=today&max-results=50",
    "/feeds/standardfeeds/top_rated?time=this_month&max-results=50",
    "/feeds/standardfeeds/recently_featured?max-results=50",
    "/feeds/standardfeeds/watch_on_mobile?max-results=50",
    "/feeds/standardfeeds/most_recent?max-results=50&alt=rss",
    "/feeds/standardfeeds/most_popular?max-results=50",
    "/feeds/standardfeeds/most_discussed?max-results=50",
    "/feeds/standardfeeds/most_responded?max-results=50",
    "/feeds/standardfeeds/most_linked?max-results=50",
    "/feeds/standardfeeds/top_favorites?max-results=50",
    "/feeds/api/standardfeeds/US/most_viewed_Music?v=2&max-results=50",
    # A video and what belongs to it.
    "/feeds/videos/dQw4w9WgXcQ",
    "/feeds/api/videos/dQw4w9WgXcQ?v=2&alt=jsonc",
    "/feeds/videos/dQw4w9WgXcQ/related?max-results=50",
    "/feeds/videos/ZTUVgYoeN_o/related?max-results=50",
    "/feeds/videos/03YbknYlJK0/responses",
    "/feeds/videos/2cdgTWitj_o/comments",
    "/feeds/videos/2cdgTWitj_o/comments/978A9E10911314AC",
    "/feeds/videos/dQw4w9WgXcQ/comments?max-results=50",
    # Users, playlists, messages.
    "/feeds/users/darcy",
    "/feeds/users/liz/uploads?max-results=50",
    "/feeds/users/canalagujerosnegros/uploads?max-results=50",
    "/feeds/users/canalagujerosnegros/uploads?max-results=50&orderby=viewCount&v=2",
    "/feeds/users/liz/favorites",
    "/feeds/users/liz/playlists",
    "/feeds/users/liz/subscriptions",
    "/feeds/users/liz/contacts",
    "/feeds/users/liz/inbox",
    "/feeds/playlists/45C563323B344971",
    "/feeds/playlists/PLzzO9pp3TdKeKQvluC__J6UFV5NSGwh02?max-results=50",
    "/schemas/2007/categories.cat",
)
