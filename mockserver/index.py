"""The page at the root of the API host: what is here, for people."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template_string, request
from werkzeug.exceptions import NotFound

from collector import __version__
from mockserver.api.fbtrex.demo import TOKEN as FEED_TOKEN
from mockserver.api.yttrex.seeds import demo_token
from mockserver.context import mock

bp = Blueprint("index", __name__)

#: (name, prefix, historical host, what it is).
APIS = (
    ("ytTREX", "/yttrex", "youtube.tracking.exposed", "evidence of what YouTube showed, 2018–2022"),
    ("fbTREX", "/fbtrex", "facebook.tracking.exposed", "timelines of Facebook, 2016–2021"),
    ("GData", "/gdata", "gdata.youtube.com", "YouTube's feeds of 2007: Atom, RSS, JSON"),
)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mockserver</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
  code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
  td code { white-space: nowrap; }
  pre { overflow-x: auto; padding: .6rem .8rem; border: 1px solid #8886; border-radius: .3rem; }
  pre code { overflow-wrap: normal; }
  table { border-collapse: collapse; display: block; overflow-x: auto; }
  th, td { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top; }
</style>
</head>
<body>
<h1>mockserver {{ version }}</h1>
<p>One seeded world: {{ counts.videos }} videos of {{ counts.channels }} channels,
seed {{ config.seed }}, size <code>{{ config.world }}</code>, markup of {{ world.era }},
clock <code>{{ config.clock }}</code>. Its recommender is known.</p>
<h2>Sites</h2>
<ul>
  <li><a href="http://youtube.localhost{{ port }}/">http://youtube.localhost{{ port }}/</a>
  – a video site; Chromium resolves the name to this machine</li>
</ul>
<h2>APIs</h2>
<table>
<tr><th scope="col">API</th><th scope="col">Prefix</th><th scope="col">Host name</th>
<th scope="col">What</th></tr>
{% for name, prefix, host, what in apis -%}
<tr><td>{{ name }}</td><td><code>{{ prefix }}/</code></td><td><code>{{ host }}</code></td>
<td>{{ what }}</td></tr>
{% endfor -%}
</table>
<p>Each answers under its prefix, to its historical <code>Host</code> name, and at the root; where
two collide at the root, the path's shape decides and ytTREX is the default.</p>
<pre><code>curl {{ root }}api/v1/videoId/dQw4w9WgXcQ
curl {{ root }}yttrex/api/v1/last
curl {{ root }}api/v1/personal/{{ demo_token }}/10-0   # a demo supporter's user token
curl {{ root }}api/v1/personal/{{ demo_token }}/csv
curl {{ root }}api/v2/personal/{{ feed_token }}/summary/3-0   # fbTREX
curl {{ root }}api/v2/statistics/counter
curl '{{ root }}feeds/videos?vq=cat&amp;max-results=5'   # GData
curl '{{ root }}feeds/users/liz/uploads?alt=rss'</code></pre>
<p>What a demo supporter’s feed was, as <a href="{{ root }}personal/{{ feed_token }}/data">a page to
read</a>.</p>
<h2>Truth</h2>
<p>What was really served and watched, for tests; from loopback, with the token that
<code>mockserver serve</code> prints:</p>
<pre><code>curl -H "Authorization: Bearer TOKEN" {{ root }}_truth/recommender</code></pre>
<p><code>_truth/impressions</code>, <code>watches</code>, <code>pages</code>, <code>visitors</code>,
<code>labels</code>, <code>recommender</code>, <code>whoami?visitor=</code>.</p>
</body>
</html>
"""


@bp.get("/")
def index() -> Response:
    """Sites, APIs, prefixes and the truth log, with examples to copy."""
    state = mock()
    name, _, port = request.host.rpartition(":")
    page = render_template_string(
        _PAGE,
        version=__version__,
        config=state.config,
        world=state.world,
        counts=state.world.counts(),
        apis=APIS,
        demo_token=demo_token(),
        feed_token=FEED_TOKEN,
        root=request.url_root,
        port=f":{port}" if name and port.isdigit() else "",
    )
    return Response(page, mimetype="text/html")


@bp.app_errorhandler(404)
def nothing_here(error: NotFound) -> Response | NotFound:
    """404 of the API host, as JSON; a site's own pages are the site's business."""
    if request.path.startswith("/_site/"):
        return error
    public = request.environ.get("mock.public_path", request.path)
    answer = jsonify(
        {"error": True, "message": f"nothing at {public}; {request.url_root} lists what there is"}
    )
    answer.status_code = 404
    return answer
