"""Who may come in. A guard turns away strangers without losing what they typed."""

import functools

from django.contrib.auth.views import redirect_to_login

from accounts.views import typed_again


def staff_required(view):
    """Only for somebody with an account; a form sent after the session ended is offered back."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            return typed_again(request)
        return redirect_to_login(request.get_full_path())

    guarded.needs_account = True  # for pages that would lead there somebody without one
    return guarded
