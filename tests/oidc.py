"""A real provider of OpenID Connect beside the tests, on another origin, that can be made to lie."""

import threading
import time
import warnings
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import flask
    import oidc_provider_mock

SETTINGS = {
    "HAS_SINGLE_SIGN_ON": True,
    "OIDC_CLIENT_ID": "portalen",
    "OIDC_CLIENT_SECRET": "hemmelig-til-prøver",
    "OIDC_ROLES": {
        "redaktør": "Kompas-Redaktoer",
        "metodeansvarlig": "Kompas-Metode",
        "administrator": "Kompas-Administrator",
    },
    "OIDC_EMAIL_DOMAINS": ["aarhus.dk", "example.dk"],
    "LOCAL_LOGIN": "off",
}
ENVIRONMENT = {
    "OIDC_CLIENT_ID": "portalen",
    "OIDC_CLIENT_SECRET": "hemmelig-til-prøver",
    "OIDC_ROLES": ",".join(f"{ours}={theirs}" for ours, theirs in SETTINGS["OIDC_ROLES"].items()),
    "OIDC_EMAIL_DOMAINS": ",".join(SETTINGS["OIDC_EMAIL_DOMAINS"]),
    "LOCAL_LOGIN": "off",
}
MALIK = {"name": "Malik Medarbejder", "email": "malik@aarhus.dk", "department": "Teknik og Miljø"}


class Provider:
    """`people` are its users by `sub`; while it is `lying`, claims or signature are others."""

    def __init__(self):
        self.asked: list[dict] = []  # what the portal sent people with
        self.exchanged: list[dict] = []  # and what it fetched tokens with
        self.tokens: list[str] = []
        self.lies: dict = {}
        self.is_forged = False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            app = oidc_provider_mock.app(require_nonce=True)
        app.debug = False
        app.after_request(self._answer)
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://localhost:{self.server.port}"  # another origin than the portal's
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def reset(self):
        self.lies, self.is_forged = {}, False
        self.asked, self.exchanged, self.tokens = [], [], []

    def knows(self, sub: str, **claims):
        requests.put(f"{self.url}/users/{sub}", json=claims, timeout=5).raise_for_status()

    @contextmanager
    def lying(self, *, is_forged=False, **claims):
        self.lies, self.is_forged = claims, is_forged
        try:
            yield
        finally:
            self.lies, self.is_forged = {}, False

    def sign(self, claims: dict, *, is_forged=False, **headers) -> str:
        """A token of its own, such as a logout token."""
        key = self.key if not is_forged else RSAKey.generate_key(2048).as_dict(private=True)
        pem = jwt.PyJWK({**key, "alg": "RS256"}).key
        headers = {"kid": self.key.get("kid"), **headers}
        return jwt.encode(claims, pem, algorithm="RS256", headers={k: v for k, v in headers.items() if v})

    @property
    def key(self) -> dict:
        return self._key

    def _answer(self, response):
        if flask.request.path == "/oauth2/authorize":
            self.asked.append(flask.request.args.to_dict())
        if flask.request.path == "/oauth2/token" and response.status_code == 200:
            self.exchanged.append(flask.request.form.to_dict())
            self._key = flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True)
            self._tell(response)
        return response

    def _tell(self, response):
        told = response.get_json()
        if self.lies or self.is_forged:
            claims = jwt.decode(told["id_token"], options={"verify_signature": False}) | self.lies
            claims = {name: value for name, value in claims.items() if value is not None}
            told["id_token"] = self.sign(claims, is_forged=self.is_forged)
            response.set_data(flask.json.dumps(told))
        self.tokens.append(told["id_token"])


def go_through(client, provider, sub: str, *, follow=True, **sent):
    """What the person does: press the button, say who they are at the provider, and come back."""
    away = client.post("/konto/log-ind/kommunen/", sent)
    assert away.status_code == 302, away.content.decode()
    back = requests.post(away["Location"], data={"sub": sub}, allow_redirects=False, timeout=5)
    return come_back(client, back.headers["Location"], follow=follow)


def come_back(client, address: str, *, follow=True):
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return client.get(parts.path, query, follow=follow)


def an_hour_ago() -> int:
    return int(time.time()) - 3600
