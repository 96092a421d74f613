"""An identity provider to try single sign-on with: `make run SSO=demo`. Never for anything else.

python -m runner.identity_provider PORT
"""

import logging
import sys
import warnings

# ours: the provider's
ROLES = "redaktør=Kompas-Redaktoer,metodeansvarlig=Kompas-Metode,administrator=Kompas-Administrator"
PEOPLE = {
    "Rita Redaktør": ["Kompas-Bruger", "Kompas-Redaktoer"],
    "Mads Metode": ["Kompas-Bruger", "Kompas-Metode"],
    "Anna Administrator": ["Kompas-Bruger", "Kompas-Administrator"],
    "Bo Bruger": ["Kompas-Bruger"],
    "Uden Adgang": [],
}


def settings(port: int) -> dict[str, str]:
    """What the portal must know of it."""
    return {
        "OIDC_SERVER_URL": f"http://localhost:{port}",
        "OIDC_CLIENT_ID": "aarhuskompas",
        "OIDC_CLIENT_SECRET": "to-try-with-alone",
        "OIDC_ROLES": ROLES,
        "OIDC_REQUIRED_ROLE": "Kompas-Bruger",
        "OIDC_EMAIL_DOMAINS": "example.dk",
    }


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    import authlib.deprecate  # noqa: F401 – switches its own warnings on, so that they can be switched off

    warnings.simplefilter("ignore")
    import oidc_provider_mock  # a package for tests; whoever asks for the settings alone has it not
    from werkzeug.serving import make_server

    people = [
        oidc_provider_mock.User(
            sub=name,
            claims={
                "name": name,
                "email": f"{name.lower().replace(' ', '.').replace('ø', 'oe')}@example.dk",
                "department": "Borgmesterens Afdeling",
                "roles": roles,
            },
        )
        for name, roles in PEOPLE.items()
    ]
    app = oidc_provider_mock.app(require_nonce=True, user_claims=people)
    app.debug = False
    make_server("127.0.0.1", int(sys.argv[1]), app, threaded=True).serve_forever()


if __name__ == "__main__":
    main()
