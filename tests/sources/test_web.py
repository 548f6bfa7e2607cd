"""Pages of the web, against a site on this machine under a name that is made up."""

import gzip
import json
import time
import zlib
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from pydantic import ValidationError

from ragbot.errors import SourceError
from ragbot.sources.robots import GoneError
from ragbot.sources.web import WebFetcher
from ragbot.sources.web_entry import ObtainWeb
from ragbot.sources.web_transport import PageError
from ragbot.sources.web_visit import Limits, UnreachableError

from .site import WORDS, Answer, Site, page, serving
from .taking import Taken, take

GZIP = {"Content-Encoding": "gzip"}
QUICK = Limits(most_bytes=1_000_000, seconds=0.6, seconds_a_step=0.4)


@pytest.fixture
def site():
    with serving() as site:
        yield site


@dataclass
class World:
    """A site, a store, and how long the fetcher slept."""

    site: Site
    folder: Path
    slept: list[float] = field(default_factory=list)
    addresses: dict[str, list[str]] = field(default_factory=dict)

    def names(self, host: str, port: int) -> list[str]:
        found = self.addresses.get(host, ["127.0.0.1"])
        if not found:
            raise OSError("no such host")
        return found

    def take(self, limits: Limits = QUICK, near: bool = True, **values: object) -> Taken:
        ports = frozenset({self.site.port}) if near else frozenset()
        fetcher = WebFetcher(limits, self.names, ports, self.slept.append)
        return take(fetcher, ObtainWeb(kind="web", **values), self.folder)

    def page(self, path: str = "/heron", **values: object) -> Taken:
        return self.take(url=self.site.url(path), **values)

    def map(self, *paths: str, **values: object) -> Taken:
        rows = "".join(f"<url><loc>{self.site.url(path)}</loc></url>" for path in paths)
        self.site.routes["/map.xml"] = Answer(f"<urlset>{rows}</urlset>", media_type="text/xml")
        return self.take(sitemap=self.site.url("/map.xml"), **values)


@pytest.fixture
def world(site: Site, tmp_path: Path) -> World:
    site.routes["/heron"] = Answer(page())
    return World(site, tmp_path)


def only(taken: Taken):
    (document,) = taken.documents.values()
    return document


class TestPage:
    def test_a_page_with_its_facts(self, world):
        head = (
            "<link rel=canonical href='/herons/'>"
            "<meta property='article:published_time' content='2021-05-04T10:00:00Z'>"
            "<meta property='article:modified_time' content='2022-01-02T10:00:00Z'>"
        )
        world.site.routes["/heron"] = Answer(page(head=head))
        document = only(world.page(licence="CC BY 4.0"))
        assert document.url == world.site.url("/herons/")
        assert (document.published, document.updated) == ("2021-05-04", "2022-01-02")
        assert (document.media_type, document.licence) == ("text/html", "CC BY 4.0")
        assert WORDS.encode() in document.content
        assert world.site.headers[-1]["host"] == f"heron.example:{world.site.port}"
        assert world.site.headers[-1]["user-agent"].startswith("ragbot/")

    def test_dates_may_stand_in_linked_data(self, world):
        data = {"@type": "Article", "datePublished": "2020-02-03", "dateModified": "2020-02-03"}
        head = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
        world.site.routes["/heron"] = Answer(page(head=head))
        document = only(world.page())
        assert (document.published, document.updated) == ("2020-02-03", "")

    @pytest.mark.parametrize(
        "link", ["https://other.example/herons", "javascript:x()", "http://[", ""]
    )
    def test_a_canonical_address_elsewhere_is_not_believed(self, world, link):
        world.site.routes["/heron"] = Answer(page(head=f'<link rel="canonical" href="{link}">'))
        assert only(world.page()).url.startswith(world.site.url("/heron"))

    def test_no_date_is_made_up(self, world):
        words = f"{WORDS} Written on 3 March 2019. Copyright 2018."
        world.site.routes["/heron"] = Answer(page(words=words))
        document = only(world.page())
        assert (document.published, document.updated) == ("", "")

    def test_the_charset_of_the_header_counts(self, world):
        text = page(words=f"{WORDS} Caf\u00e9 \u0434")
        media_type = "text/html; charset=iso-8859-5"
        encoded = text.replace("\u00e9", "e").encode("iso-8859-5")
        world.site.routes["/heron"] = Answer(encoded, media_type=media_type)
        assert "Cafe \u0434" in only(world.page()).content.decode()

    @pytest.mark.parametrize("packed", ["gzip", "deflate"])
    def test_packed_pages_are_unpacked(self, world, packed):
        body = page().encode()
        body = gzip.compress(body) if packed == "gzip" else zlib.compress(body)
        world.site.routes["/heron"] = Answer(body, headers={"Content-Encoding": packed})
        assert WORDS.encode() in only(world.page()).content

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (Answer(b"\x89PNG", media_type="image/png"), "image/png"),
            (Answer("{}", media_type=""), "known type"),
            (Answer(page(words="Please wait.")), "no text to speak of"),
            (Answer("x", 403), "403"),
            (Answer("x", headers={"Content-Encoding": "br"}), "packed"),
            (Answer(b"x" * 90, headers=GZIP), "damaged"),
            (Answer(gzip.compress(page().encode())[:-20], headers=GZIP), "incomplete"),
        ],
    )
    def test_what_is_no_page_of_text(self, world, answer, said):
        world.site.routes["/heron"] = answer
        with pytest.raises(PageError, match=said):
            world.page()


class TestRobots:
    def test_what_is_forbidden_is_not_asked_for(self, world):
        robots = "User-agent: *\nDisallow: /private/\nAllow: /private/open"
        world.site.routes |= {
            "/robots.txt": Answer(robots, media_type="text/plain"),
            "/private/x": Answer(page()),
            "/private/open": Answer(page()),
        }
        with pytest.raises(GoneError, match=r"robots\.txt"):
            world.page("/private/x")
        assert world.site.asked == ["/robots.txt"]
        assert world.page("/private/open").documents

    def test_a_redirect_into_what_is_forbidden(self, world):
        world.site.routes |= {
            "/robots.txt": Answer("User-agent: ragbot\nDisallow: /x", media_type="text/plain"),
            "/heron": Answer("", 302, {"Location": "/x"}),
            "/x": Answer(page()),
        }
        with pytest.raises(GoneError, match=r"robots\.txt"):
            world.page()
        assert "/x" not in world.site.asked

    def test_robots_that_cannot_be_had_forbid_everything(self, world):
        world.site.routes["/robots.txt"] = Answer("x", 500)
        with pytest.raises(PageError, match=r"robots\.txt"):
            world.page()
        assert "/heron" not in world.site.asked

    def test_pages_are_asked_for_slowly(self, world):
        world.site.routes |= {f"/{n}": Answer(page(f"Heron {n}")) for n in range(3)}
        world.map("/0", "/1", "/2", delay=60)
        assert len(world.slept) == 4  # robots, map, pages
        assert all(30 < seconds <= 60 for seconds in world.slept)  # less what was spent meanwhile

    def test_crawl_delay(self, world):
        world.site.routes["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 40")
        world.page(delay=1)
        assert [round(seconds) for seconds in world.slept] == [1]
        world.slept.clear()
        world.site.routes |= {f"/{n}": Answer(page(f"Heron {n}")) for n in range(2)}
        world.map("/0", "/1", delay=1)
        assert len(world.slept) == 3
        for seconds, most in zip(world.slept, (1, 40, 40), strict=True):
            assert most / 2 < seconds <= most  # less what was spent meanwhile


class TestAddresses:
    @pytest.mark.parametrize(
        "addresses",
        [
            ["127.0.0.1"], ["10.0.0.8"], ["169.254.169.254"], ["::1"], ["fd00::1"],
            ["::ffff:127.0.0.1"], ["93.184.215.14", "192.168.0.1"],
        ],
    )  # fmt: skip
    def test_a_name_that_stands_for_a_near_address(self, world, addresses):
        world.addresses["evil.example"] = addresses
        with pytest.raises(SourceError, match="not a public address"):
            world.take(url="http://evil.example/heron")
        assert world.site.asked == []

    @pytest.mark.parametrize(
        "target",
        [
            "http://evil.example/x", "http://127.0.0.1/x", "http://[::1]/x", "//10.0.0.8/x",
            "http://169.254.169.254/latest/meta-data/",
        ],
    )  # fmt: skip
    def test_a_redirect_to_a_near_address(self, world, target):
        world.addresses["evil.example"] = ["192.168.0.1"]
        world.addresses |= {host: [host] for host in ("127.0.0.1", "::1", "10.0.0.8")}
        world.addresses["169.254.169.254"] = ["169.254.169.254"]
        world.site.routes["/heron"] = Answer("", 302, {"Location": target})
        with pytest.raises(SourceError, match="not a public address"):
            world.page()

    @pytest.mark.parametrize(
        "target", ["file:///etc/passwd", "ftp://heron.example/x", "http://heron.example:22/x"]
    )
    def test_a_redirect_to_another_scheme_or_port(self, world, target):
        world.site.routes["/heron"] = Answer("", 301, {"Location": target})
        with pytest.raises(SourceError, match=r"no http or https|unusual port"):
            world.page()

    def test_a_redirect_with_a_password(self, world):
        target = world.site.url("/heron").replace("//", "//user:word@")
        world.site.routes["/moved"] = Answer("", 301, {"Location": target})
        with pytest.raises(SourceError, match="user name"):
            world.page("/moved")

    def test_an_odd_port_of_this_machine(self, world):
        with pytest.raises(SourceError, match="unusual port"):
            world.page(near=False)
        assert world.site.asked == []

    def test_an_entry_may_say_that_it_is_private(self, world):
        assert only(world.page(near=False, private=True)).url == world.site.url("/heron")

    def test_redirects_are_followed_and_limited(self, world):
        world.site.routes["/old"] = Answer("", 308, {"Location": "/heron"})
        assert only(world.page("/old")).url == world.site.url("/heron")
        world.site.routes["/turn"] = Answer("", 302, {"Location": "/turn"})
        with pytest.raises(PageError, match="redirected"):
            world.page("/turn")
        assert world.site.asked.count("/turn") == 6


class TestLimits:
    @pytest.mark.parametrize("headers", [{}, {"Content-Length": "100000000"}])
    def test_a_body_that_never_ends(self, world, headers):
        sent = []

        def endless(handler: BaseHTTPRequestHandler) -> None:
            for _ in range(100):
                handler.wfile.write(b"x" * 1_000_000)
                sent.append(1)

        world.site.routes["/heron"] = Answer(endless, headers=headers)
        with pytest.raises(PageError, match="larger than the limit of 1 MB"):
            world.page()
        time.sleep(0.1)
        assert len(sent) < 20

    def test_a_body_that_unpacks_to_too_much(self, world):
        bomb = gzip.compress(b"x" * 50_000_000)
        assert len(bomb) < QUICK.most_bytes
        world.site.routes["/heron"] = Answer(bomb, headers={"Content-Encoding": "gzip"})
        with pytest.raises(PageError, match="larger than the limit"):
            world.page()

    def test_a_packed_body_that_never_ends_nor_holds_anything(self, world):
        def endless(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(gzip.compress(b"")[:10])
            for _ in range(100):
                handler.wfile.write(b"\x00\x00\x00\xff\xff" * 10_000)

        world.site.routes["/heron"] = Answer(endless, headers={"Content-Encoding": "gzip"})
        with pytest.raises(PageError, match="larger than the limit"):
            world.page()

    @pytest.mark.parametrize("pause", [5.0, 0.1])
    def test_a_server_that_is_slow(self, world, pause):
        """Silent for long, or never silent and never done."""

        def slow(handler: BaseHTTPRequestHandler) -> None:
            for _ in range(50):
                time.sleep(pause)
                handler.wfile.write(b"x")

        world.site.routes["/heron"] = Answer(slow)
        began = time.monotonic()
        with pytest.raises(UnreachableError):
            world.page()
        assert time.monotonic() - began < 2

    def test_a_head_that_drips(self, world):
        def drip(handler: BaseHTTPRequestHandler) -> None:
            raise AssertionError

        class Dripping(dict):
            def items(self):
                for number in range(50):
                    time.sleep(0.1)
                    yield f"X-{number}", "x"

        world.site.routes["/heron"] = Answer(drip, headers=Dripping())
        began = time.monotonic()
        with pytest.raises(UnreachableError):
            world.page()
        assert time.monotonic() - began < 2

    def test_a_source_has_an_end(self, world):
        world.site.routes |= {f"/{n}": Answer(page(f"Heron {n}")) for n in range(3)}
        taken = world.map("/0", "/1", "/2", limits=Limits(seconds_a_source=9), delay=3)
        assert len(taken.documents) == 3  # the clock of the test does not move while it sleeps
        with pytest.raises(PageError, match="time for one source"):
            world.page(limits=Limits(seconds_a_source=2), delay=3)

    def test_an_unknown_host(self, world):
        world.addresses["heron.example"] = []
        with pytest.raises(UnreachableError, match=r"heron\.example cannot be resolved"):
            world.page()


class TestAgain:
    def test_an_unchanged_page_is_not_sent_again(self, world):
        def unless_known(headers: dict[str, str]) -> Answer:
            if headers.get("if-none-match") == '"one"':
                return Answer("", 304)
            return Answer(
                page(), headers={"ETag": '"one"', "Last-Modified": "Sun, 02 Mar 2025 10:00:00 GMT"}
            )

        world.site.routes["/heron"] = unless_known
        first = world.page()
        assert first.put
        again = world.page()
        assert again.locked is None
        assert again.documents == first.documents
        assert world.site.headers[-1]["if-modified-since"] == "Sun, 02 Mar 2025 10:00:00 GMT"

    def test_the_same_content_without_validators_is_kept(self, world):
        world.page()
        assert world.page().locked is None
        world.site.routes["/heron"] = Answer(page(words=f"{WORDS} Changed."))
        taken = world.page()
        assert taken.put
        assert b"Changed." in only(taken).content

    def test_a_304_that_nobody_asked_for(self, world):
        world.site.routes["/heron"] = Answer("", 304)
        with pytest.raises(PageError, match="304"):
            world.page()

    def test_one_page_that_fails_keeps_what_it_was(self, world):
        world.page()
        world.site.routes["/heron"] = Answer("x", 500)
        with pytest.raises(PageError, match="500"):
            world.page()
        assert len(world.site.asked) > 4  # it was tried more than once
        world.site.routes["/heron"] = Answer(page())
        assert world.page().documents

    @pytest.mark.parametrize(("status", "left"), [(404, 1), (410, 1), (500, 2), (403, 2)])
    def test_pages_that_are_gone_go_and_others_stay(self, world, status, left):
        world.site.routes |= {f"/{n}": Answer(page(f"Heron {n}")) for n in range(2)}
        world.map("/0", "/1")
        world.site.routes["/1"] = Answer("x", status)
        taken = world.map("/0", "/1")
        assert len(taken.documents) == left
        assert list(taken.problems) == [world.site.url("/1")]
        assert str(status) in taken.problems[world.site.url("/1")]

    def test_a_server_that_asks_to_come_back(self, world):
        world.site.routes["/heron"] = [
            Answer("x", 429, {"Retry-After": "17"}), Answer("x", 503), Answer(page()),
        ]  # fmt: skip
        assert world.page(delay=1).documents
        assert 17 in world.slept
        assert 4 in world.slept  # longer each time

    def test_a_server_that_asks_for_too_much_patience(self, world):
        world.site.routes["/heron"] = Answer("x", 429, {"Retry-After": "9000"})
        with pytest.raises(PageError, match="come back in 9000 s"):
            world.page()
        assert world.site.asked.count("/heron") == 1
        assert max(world.slept) < 9000


class TestSitemap:
    def test_lists_of_lists_packed_ones_and_other_hosts(self, world):
        site = world.site
        inner = (
            f"<urlset><url><loc>{site.url('/a')}</loc><lastmod>2024-05-06T01:02:03Z</lastmod></url>"
        )
        inner += "<url><loc>https://other.example/b</loc></url></urlset>"
        outer = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        outer += f"<sitemap><loc>{site.url('/in.xml.gz')}</loc></sitemap>"
        outer += f"<sitemap><loc>{site.url('/map.xml')}</loc></sitemap></sitemapindex>"
        site.routes |= {
            "/map.xml": Answer(outer, media_type="application/xml"),
            "/in.xml.gz": Answer(gzip.compress(inner.encode()), media_type="application/gzip"),
            "/a": Answer(page()),
        }
        taken = world.take(sitemap=site.url("/map.xml"))
        assert [document.url for document in taken.documents.values()] == [site.url("/a")]
        assert "another host" in taken.problems.pop("https://other.example/b")
        assert taken.problems == {}
        assert only(taken).updated == taken.locked.date == "2024-05-06"
        assert site.asked.count("/map.xml") == 1

    def test_a_part_that_is_missing_costs_no_other(self, world):
        site = world.site
        parts = "".join(f"<sitemap><loc>{p}</loc></sitemap>" for p in ("one.xml", "/two.xml"))
        site.routes |= {
            "/maps/all.xml": Answer(f"<sitemapindex>{parts}</sitemapindex>", media_type="text/xml"),
            "/maps/one.xml": Answer("<urlset><url><loc>/a</loc></url></urlset>"),
            "/two.xml": Answer("<urlset><url><loc>b.html</loc></url></urlset>"),
            "/a": Answer(page("A")),
            "/b.html": Answer(page("B")),
        }
        first = world.take(sitemap=site.url("/maps/all.xml"))
        both = {site.url("/a"), site.url("/b.html")}
        assert {document.url for document in first.documents.values()} == both
        assert first.problems == {}
        site.routes["/two.xml"] = Answer("x", 404)
        site.routes["/a"] = Answer(page("A", words=f"{WORDS} More."))
        again = world.take(sitemap=site.url("/maps/all.xml"))
        assert {document.url for document in again.documents.values()} == both
        assert list(again.problems) == [site.url("/two.xml")]

    def test_short_pages_and_silent_ones_cost_no_other(self, world):
        scripted = "<html><body><div id=app></div><script>run()</script></body></html>"
        world.site.routes |= {
            "/short": Answer(page("Delivery", words="We deliver within three working days.")),
            "/empty": Answer(scripted),
            "/a": Answer(page("A")),
        }
        taken = world.map("/short", "/empty", "/a")
        assert {d.url for d in taken.documents.values()} == {
            world.site.url("/short"), world.site.url("/a")
        }  # fmt: skip
        assert "no text to speak of" in taken.problems[world.site.url("/empty")]

    def test_a_host_that_falls_silent_on_the_way(self, world):
        def broken(handler: BaseHTTPRequestHandler) -> None:
            handler.connection.close()

        paths = [f"/{n}" for n in range(7)]
        world.site.routes |= {p: Answer(broken, headers={"Content-Length": "9"}) for p in paths}
        world.site.routes["/0"] = Answer(page("0"))
        world.site.asked.clear()
        taken = world.map(*paths)
        assert [document.url for document in taken.documents.values()] == [world.site.url("/0")]
        assert len(taken.problems) == 6
        assert len(set(world.site.asked) & set(paths)) == 4

    def test_pages_are_chosen_and_limited(self, world):
        paths = ["/docs/a", "/docs/b", "/docs/old/c", "/docs/d", "/blog/e"]
        world.site.routes |= {path: Answer(page(path)) for path in paths}
        site = world.site
        include, exclude = (site.url("/docs"),), (site.url("/docs/old"),)
        taken = world.map(*paths, include=include, exclude=exclude, pages=2)
        assert sorted(document.url for document in taken.documents.values()) == [
            site.url("/docs/a"), site.url("/docs/b"),
        ]  # fmt: skip
        assert "more than 2 pages" in taken.problems[site.url("/map.xml")]
        with pytest.raises(SourceError, match="lists no page"):
            world.map(*paths, include=(site.url("/none"),))

    def test_one_page_under_two_addresses_is_taken_once(self, world):
        canonical = f"<link rel=canonical href='{world.site.url('/a')}'>"
        world.site.routes |= {p: Answer(page(head=canonical)) for p in ("/a", "/a?print=1")}
        assert len(world.map("/a", "/a?print=1").documents) == 1

    @pytest.mark.parametrize(
        "content",
        [
            "<html><body>no sitemap</body></html>",
            "<urlset><url>",
            "<!DOCTYPE urlset [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset>&x;</urlset>",
            "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><urlset><loc>&b;</loc></urlset>",
        ],
    )
    def test_what_is_no_sitemap(self, world, content):
        world.site.routes["/map.xml"] = Answer(content, media_type="text/xml")
        with pytest.raises(SourceError, match="is no sitemap"):
            world.take(sitemap=world.site.url("/map.xml"))

    def test_without_a_network_it_gives_up_early(self, world):
        paths = [f"/{n}" for n in range(9)]
        world.site.routes |= {path: Answer(page(path)) for path in paths}
        first = world.map(*paths)

        def broken(handler: BaseHTTPRequestHandler) -> None:
            handler.connection.close()

        world.site.routes |= {p: Answer(broken, headers={"Content-Length": "9"}) for p in paths}
        world.site.asked.clear()
        with pytest.raises(UnreachableError):
            world.map(*paths)
        assert len(set(world.site.asked) & set(paths)) == 3
        world.site.routes |= {path: Answer(page(path)) for path in paths}
        assert world.map(*paths).documents == first.documents


@pytest.mark.parametrize(
    "values",
    [
        {}, {"url": "ftp://x.example/"}, {"url": "https://user@x.example/"},
        {"url": "file:///etc/passwd"}, {"url": "https://x.example/ y"},
        {"url": "https://x.example", "sitemap": "https://x.example/map.xml"},
        {"url": "https://x.example", "stand_in": "../secret.md"},
        {"url": "https://x.example", "stand_in": "/etc/passwd"},
        {"url": "https://x.example", "delay": 0}, {"url": "https://x.example", "pages": 0},
        {"url": "https://x.example", "near_ports": [80]},
        {"url": "https://x.example", "include": ["x"]},
    ],
)  # fmt: skip
def test_entries_that_are_refused(values):
    assert ObtainWeb(kind="web", url="https://x.example", stand_in="articles/x.md")
    with pytest.raises(ValidationError):
        ObtainWeb(kind="web", **values)
