"""People without a browser: the same pages and forms as everybody else's, fetched over HTTP."""

from http.cookiejar import CookieJar
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

from tests.pages import Page, words


class Caller:
    """One person; calling it fetches an address, follows redirects and gives the page."""

    def __init__(self, server):
        self.server = server
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.here = server.url

    def __call__(self, address, post=None, query=None) -> Page:
        address = urljoin(self.here, address) + (f"?{urlencode(query, doseq=True)}" if query else "")
        sent = urlencode(post, doseq=True).encode() if post is not None else None
        try:
            answer = self.opener.open(address, sent, timeout=20)
        except HTTPError as refused:
            answer = refused
        self.here = answer.url
        response = SimpleNamespace(
            status_code=answer.status,
            headers=answer.headers,
            content=answer.read(),
            request={"PATH_INFO": urlsplit(answer.url).path},
        )
        return Page(response, self)

    def answer_a_round(self, code: str, party: str, *, number: int, guess: int, sureness: int = 3):
        """From the code on the wall to «Jeg er færdig», the same number everywhere."""
        door = self("/deltag/").form().send({"code": code})
        chosen = next(
            label.cssselect("input")[0].get("value")
            for label in door.select("label:has([name=party])")
            if words(label) == party
        )
        now = door.form("#join").send({"party": chosen, "safety": "4"})
        while "/trin/" in now.url:
            is_last = "Jeg er færdig" in now.texts("main form button")
            said = _filled(now, number, guess, sureness)
            now = now.form().send(said, button="Jeg er færdig" if is_last else "Fortsæt")
        assert now.texts("h1") == ["Vent på de andre"]
        return now


def _filled(page: Page, number: int, guess: int, sureness: int) -> dict:
    names = {field.get("name") for field in page.select("main form input[type=radio]")}
    said = {name: str(guess if "-about-" in name else number) for name in names}
    return said | ({"sureness": str(sureness)} if "sureness" in names else {})
