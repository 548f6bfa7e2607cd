"""The page and its files: media types, headers, caching; nothing else of the disk is served."""

import re

import httpx
import pytest

from api.chat_page import FOLDER

FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".html")


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_the_page_comes_with_a_strict_policy(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_the_page_is_served_with_its_type(client: httpx.Client, name: str) -> None:
    response = client.get(f"/{name}")
    kinds = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    assert response.headers["content-type"].split(";")[0] == kinds[name.rsplit(".", 1)[1]]
    assert response.content == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("path", ["/", "/page.js"])
def test_a_file_that_the_browser_has_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    etag = first.headers["etag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        again = client.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert client.head(path).headers["content-length"] == str(len(first.content))


@pytest.mark.parametrize("path", ["/index.html", "/%2e%2e/app.py", "/..%2fapp.py", "/app.py"])
def test_nothing_else_is_served(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_page_names_no_other_host_and_writes_no_markup() -> None:
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(https?:)?//[a-z]+\.", text), path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
        assert not re.search(r"<[^>]+\s(style|on\w+)=", text), path.name
        assert len(text.splitlines()) <= 250
