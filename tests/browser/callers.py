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
        now = door.form("#join").send({"party": chosen})
        now = now.form().send({"safety": "4"}, button="Begynd")
        while "/trin/" in now.url:
            now = now.form().send(_filled(now, number), button="Fortsæt")
        while "/gaet/" in now.url:
            now = now.form().send(_filled(now, guess, sureness), button="Fortsæt")
        now = now.form("form[action$='/faerdig/']").send(button="Jeg er færdig")
        assert now.texts("h1") == ["Vent på de andre"]
        return now


def _filled(page: Page, number: int, sureness: int = 0) -> dict:
    names = {field.get("name") for field in page.select("main form input[type=radio]")}
    return {name: str(sureness if name.endswith("-sure") else number) for name in names}
