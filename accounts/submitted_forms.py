"""What is sent twice counts once, in the database, for every act.

Each rendering of a form has a name of its own already, in every template of ours, of the admin and of the
libraries: Django scrambles the CSRF token anew for each page. Who sends it first acts. Who sends the same
again – a second tap, a second click – waits until the first is done and is led to where that led; where it
says something else than the first, it is given back and not done.
"""

import json
import re
from contextlib import ExitStack

from django.contrib.messages import get_messages
from django.db import transaction
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac

from accounts.models import Submission
from accounts.views import sent_before

TOKEN = "csrfmiddlewaretoken"  # noqa: S105
SCRAMBLED = re.compile(
    "[A-Za-z0-9]{64}"
)  # the plain one, of a client that renders nothing, is always the same
SALT = "accounts.submitted_forms"


def repeatable(view):
    """Mark a view that makes nothing and shall be done again when it is sent again: a way in, a clock."""
    view.is_repeatable = True
    return view


class SubmitOnceMiddleware:
    """Keeps where a form led, in one transaction with what its view does; sent again it is only led there.

    A form without the token of a page (a client that fills in no hidden fields) acts each time it is sent.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.submission = None
        with ExitStack() as request.transactions:
            response = self.get_response(request)
            if request.submission:
                _keep(request, response)
        return response

    def process_view(self, request, view, args, kwargs):
        saves_itself = request.htmx or "page" in request.POST  # again and again; each field has a version
        if saves_itself or getattr(view, "is_repeatable", False) or not _rendering(request):
            return None
        request.transactions.enter_context(transaction.atomic())
        fingerprint = _fingerprint(request)
        submission, is_first = Submission.objects.get_or_create(
            name=_name(request), defaults={"fingerprint": fingerprint}
        )
        if is_first:
            request.submission = submission
            return None
        request.transactions.close()
        if submission.fingerprint != fingerprint:
            return sent_before(request, submission.address)
        _go_on_in(request, submission.session_key)
        return redirect(submission.address)

    def process_exception(self, request, error):
        """What a view raises undoes all it did, as with ATOMIC_REQUESTS, before anybody answers it."""
        request.submission = None
        request.transactions.__exit__(type(error), error, error.__traceback__)


def _rendering(request) -> str:
    sent = request.POST.get(TOKEN, "") if request.method == "POST" else ""
    return sent if SCRAMBLED.fullmatch(sent) else ""


def _keep(request, response):
    """Only a redirect says that something was done; a form that is shown again may be sent again."""
    submission = request.submission
    if response.status_code != 302:
        submission.delete()
        return
    get_messages(request).update(response)
    if request.session.modified and not request.session.is_empty():
        request.session.save()  # before the second click is led on: it may be quicker than the answer
    if not _is_somebody(request):
        submission.delete()
        return
    submission.address = response.url
    submission.session_key = "" if request.user.is_authenticated else request.session.session_key or ""
    submission.save()


def _is_somebody(request) -> bool:
    """Whom an answer can have done something for: by account, by session, or by a link that is a secret.

    All others were only shown the way in; a row for each of their forms would let anybody fill the disk.
    """
    by_link = {"token", "key"} & request.resolver_match.kwargs.keys()
    return bool(request.user.is_authenticated or request.session.session_key or by_link)


def _name(request) -> str:
    """Of what one browser or one account sent to one address; to others the token is good for nothing."""
    who = request.user
    sender = f"account {who.pk}" if who.is_authenticated else f"browser {request.META.get('CSRF_COOKIE', '')}"
    return _digest(_rendering(request), sender, request.path)


def _fingerprint(request) -> str:
    """Of what was sent. Nobody can find the words by trying: the token in it stands nowhere else."""
    files = [(name, [(file.name, file.size) for file in files]) for name, files in request.FILES.lists()]
    return _digest(list(request.POST.lists()), files)


def _digest(*parts) -> str:
    return salted_hmac(SALT, json.dumps(parts), algorithm="sha256").hexdigest()


# --- What the answer leaves in the session -------------------------------------------------------------


def _go_on_in(request, session_key: str):
    """Who joins gets a session by it, and a browser forgets the answer to a first tap when there is a second.

    Nobody is given the session of an account: it began at the login and is in the browser already.
    """
    session = type(request.session)(session_key or None)
    if session_key and session.exists(session_key):
        session.load()
        request.session = session
        request.session.modified = True  # so that the browser gets its cookie
