"""Every route of the portal, found in the URL configuration, and an address to reach each by.

A new route is checked by itself. If it takes arguments, `ARGUMENTS` must say where they come from, and
if it does not answer with a page, `NOT_PAGES` must say what it does; tests fail until it is said.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

from aarhuskompas.serving.static_files import KEPT, LIST
from collaboration.models import Collaboration, Consent, Round
from compass import social_picture
from compass.models import Attachment, Chapter, Dilemma, Page, Path, Picture, Pivot, Story
from goals.models import Goal, GoalShare, Goodbye, Review
from publishing.portal import current_portal
from publishing.views import link_to
from reflection.forms.follow_up import address_token, token
from reflection.models import Agreement, Participant, Promise, Reflection
from tests.factories import (
    make_attachment,
    make_collaboration,
    make_ended_review,
    make_goal,
    make_goodbye,
    make_guide,
    make_open_room,
    make_picture,
    make_recording,
    make_review,
    make_room,
    make_round,
    make_story,
    make_user,
    seat,
)

# Namespaces with tests of their own.
ELSEWHERE = {"admin": "tests/admin/"}

# Public, and the same address in both languages.
ONE_LANGUAGE = {
    "compass:was", "compass:robots_txt", "compass:sitemap", "compass:security_txt",
    "static_file_of_another_release",
}  # fmt: skip

# What changes something and is reached by a form alone.
POST_ONLY = {
    "account_sso", "account_backchannel_logout", "account_end_session", "account_end_other_sessions",
    "goals:start", "goals:copy", "goals:archive", "goals:unarchive", "goals:unshare",
    "reflection:finish", "reflection:withdraw", "reflection:leave",
    "reflection:collect_again", "reflection:renew_code", "reflection:door",
    "reflection:renew_own_code",
    "reflection:take_over",
    "reflection:timer", "reflection:archive", "collaboration:share", "collaboration:tell",
    "reflection:share_wall", "reflection:take_part", "reflection:show_step", "reflection:show_votes",
}  # fmt: skip

# What does not answer a GET with a page, and what it does instead.
NOT_PAGES = dict.fromkeys(POST_ONLY, "POST only") | {
    "compass:was": "leads to the accessibility statement, which lies elsewhere",
    "compass:robots_txt": "plain text",
    "compass:sitemap": "XML",
    "compass:security_txt": "plain text",
    "compass:stories_feed": "Atom",
    "compass:path_feed": "Atom",
    "compass:sound": "a sound file",
    "compass:picture": "a picture",
    "compass:attachment": "a file to save",
    "compass:opendata_json": "JSON",
    "compass:colours": "a style sheet",
    "compass:logo": "a picture",
    "compass:social_picture": "a picture",
    "compass:opendata_csv": "CSV",
    "reflection:now": "a part of the pages one answers on, for htmx",
    "reflection:compass_file": "JSON, a compass to take along",
    "reflection:download": "JSON, one's own answers",
    "reflection:download_pdf": "PDF, one's own answers",
    "reflection:download_text": "text, one's own answers",
    "reflection:data_json": "JSON, all that the portal holds about one",
    "reflection:minutes_json": "JSON, what the minutes show",
    "reflection:minutes_pdf": "PDF",
    "reflection:slips_pdf": "PDF, ways into a room",
    "reflection:minutes_word": "a Word file",
    "reflection:minutes_excel": "an Excel file",
    "reflection:calendar": "a calendar file",
    "reflection:one_in_calendar": "a calendar file",
    "reflection:room_in_calendar": "a calendar file",
    "reflection:cards_pdf": "PDF",
    "reflection:poster_pdf": "PDF",
    "reflection:blank_pdf": "PDF",
    "reflection:facilitators_guide_pdf": "PDF",
    "collaboration:cards_pdf": "PDF",
    "collaboration:poster_pdf": "PDF",
    "collaboration:blank_pdf": "PDF",
    "collaboration:invitation_pdf": "PDF, the way into a room",
    "compass:suggestions": "a part of the search page, for htmx",
    "static_file_of_another_release": "a file (tests/test_static_files.py)",
    "account_confirm_new_email": "a page for the link of a mail (tests/test_own_email.py)",
    "account_sso_callback": "what the identity provider leads back to (tests/test_single_sign_on.py)",
    "account_emergency": "there in an emergency alone (tests/test_emergency_login.py)",
    "mfa_authenticate": "the second page of a login (tests/test_emergency_login.py)",
    "mfa_deactivate_totp": "for who has one (tests/test_emergency_login.py)",
    "mfa_remove_webauthn": "for who has one (tests/browser/test_passkeys.py)",
    "mfa_view_recovery_codes": "for who has some (tests/test_emergency_login.py)",
    "mfa_generate_recovery_codes": "for who has a second factor (tests/test_emergency_login.py)",
    "account_set_password": "leads to the change of the password one has",
}

# Only for somebody who has a place in the room of a round of a collaboration.
IN_A_ROUND = {
    "result", "pair", "agree", "consent", "share", "tell", "case",
    "invitation_pdf", "paper_consent",
}  # fmt: skip

# Only for somebody who has logged in; what they hold is nobody else's.
PERSONAL_NAMESPACES = {  # the namespace, and its other routes
    "goals": {"about", "blank"},
    "collaboration": {"about", "blank", "cards_pdf", "poster_pdf", "blank_pdf", "shared"} | IN_A_ROUND,
}
PERSONAL = {
    "account_sessions", "account_fresh", "account_end_session", "account_end_other_sessions",
    "mfa_list_webauthn", "mfa_add_webauthn", "mfa_remove_webauthn",
    "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "account_change_password", "account_set_password", "account_email", "account_confirm_new_email",
    "reflection:agreements", "reflection:calendar", "reflection:home",
    "reflection:follow_up", "reflection:one_in_calendar", "reflection:rooms", "reflection:archive",
    "reflection:data", "reflection:data_json", "reflection:everything", "reflection:delete_account",
    "reflection:begin", "reflection:open_room",
}  # fmt: skip

# Only for somebody who has a place in the room. The way in is open to everybody.
OPEN_DOORS = {
    "reflection:open_rooms", "reflection:begin_open_room", "reflection:take_over",
    "reflection:about", "reflection:compass_file", "reflection:blank",
    "reflection:cards_pdf", "reflection:poster_pdf",
    "reflection:blank_pdf", "reflection:facilitators_guide", "reflection:facilitators_guide_pdf",
    "reflection:code", "reflection:come_back", "reflection:wall_code", "reflection:own_link",
    "reflection:join", "reflection:follow_up_by_link", "reflection:thanks",
    "reflection:forget_address",
}  # fmt: skip


def slugs(model) -> Callable[[], list[dict]]:
    return lambda: [{"slug": slug} for slug in model.objects.published().values_list("slug", flat=True)]


def look() -> list[dict]:
    return [{"mark": current_portal().look}]


def own_logo() -> list[dict]:
    return look() if current_portal().logo else []


def goal_keys() -> list[dict]:
    return [{"key": goal.key} for goal in Goal.objects.all()]


def review_keys() -> list[dict]:
    return [{"key": review.reflection.key} for review in Review.objects.select_related("reflection")]


def collections() -> list[dict]:
    return [{"collection": "historier"}, {"collection": "dilemmaer"}]


def room_keys(title: str) -> Callable[[], list[dict]]:
    return lambda: [{"key": room.key} for room in Reflection.objects.filter(title=title)]


def with_position(keys: Callable[[], list[dict]]) -> Callable[[], list[dict]]:
    return lambda: [{**kwargs, "position": 1} for kwargs in keys()]


def participants() -> list[dict]:
    rooms = Reflection.objects.filter(title=LED)
    return [{"key": room.key, "person": room.participants.latest("pk").key} for room in rooms]


def comments() -> list[dict]:
    rooms = Reflection.objects.filter(title=REVEALED)
    shown = [(room, room.snapshots.exclude(comments=[]).first()) for room in rooms]
    return [{"key": room.key, "snapshot": snapshot.pk, "position": 0} for room, snapshot in shown]


def collaboration_keys() -> list[dict]:
    return [{"key": collaboration.key} for collaboration in Collaboration.objects.all()]


def shared_keys() -> list[dict]:
    return [{"key": one.shared_key} for one in Round.objects.exclude(shared_key=None)]


def agreements() -> list[dict]:
    return [
        {"key": collaboration.key, "agreement": agreement.pk}
        for collaboration in Collaboration.objects.all()
        for agreement in collaboration.agreements()
    ]


GUESSED, COMPARED, TOLD = "En runde, man svarer i", "En runde, der er vist", "En runde, der er slut"
guessed, compared, told = map(room_keys, [GUESSED, COMPARED, TOLD])
LED, REVEALED, JOINED = "Et rum, man leder", "Et rum, der er vist", "Et rum, man svarer i"
BY_SLIP = "Et rum med sedler"
DECIDED = "Et mål, som en gruppe taler om"
led, revealed, joined, by_slip, decided = map(room_keys, [LED, REVEALED, JOINED, BY_SLIP, DECIDED])


def drafts() -> list[dict]:
    return [{"token": link_to(story).split("/")[-2]} for story in Story.objects.filter(published_at=None)]


def further_guides() -> list[dict]:
    return [{"slug": FURTHER}]


FURTHER = "et-kompas-mere"
ALONE = "Noget, man ser på alene"
STATIC_FILE = "css/portal.0123456789ab.css"  # of a release that is not this one
alone = room_keys(ALONE)
FOR_ANYBODY = "Et rum, som ingen ejer"
for_anybody = room_keys(FOR_ANYBODY)
ARGUMENTS: dict[str, Callable[[], list[dict]]] = {
    "publishing:draft": drafts,
    "compass:pivot": slugs(Pivot),
    "compass:path": slugs(Path),
    "compass:dilemma": slugs(Dilemma),
    "compass:story": slugs(Story),
    "compass:page": slugs(Page),
    "compass:path_feed": slugs(Path),
    "compass:chapter": lambda: [
        {"slug": chapter.recording.slug, "position": chapter.position}
        for chapter in Chapter.objects.select_related("recording")
    ],
    "compass:sound": lambda: [
        {"name": chapter.audio.name.removeprefix("lyd/")} for chapter in Chapter.objects.all()
    ],
    "compass:picture": lambda: [
        {"name": name.removeprefix("billeder/")}
        for picture in Picture.objects.filter(stories__isnull=False)
        for name in picture.names
    ],
    "compass:attachment": lambda: [
        {"name": attachment.file.name.removeprefix("filer/")}
        for attachment in Attachment.objects.filter(stories__isnull=False)
    ],
    "compass:colours": look,
    "compass:logo": own_logo,
    "compass:social_picture": lambda: [{"mark": social_picture.mark(current_portal())}],
    "compass:opendata_json": collections,
    "compass:opendata_csv": collections,
    "goals:goal": goal_keys,
    "goals:edit": goal_keys,
    "goals:start": goal_keys,
    "goals:open_room": goal_keys,
    "goals:copy": goal_keys,
    "goals:archive": goal_keys,
    "goals:unarchive": goal_keys,
    "goals:share": goal_keys,
    "goals:unshare": lambda: [
        {"key": share.goal.key, "share": share.pk} for share in GoalShare.objects.select_related("goal")
    ],
    "goals:look_back": lambda: [
        {"key": review.reflection.key} for review in Review.objects.all() if review.asks_back
    ],
    "goals:drop": lambda: [
        {"key": review.reflection.key} for review in Review.objects.all() if review.can_be_dropped
    ],
    "goals:tell": lambda: [
        {"key": review.reflection.key} for review in Review.objects.all() if review.can_be_told
    ],
    "goals:evidence": review_keys,
    "goals:check_goodbye": lambda: [
        {"key": goodbye.review.reflection.key} for goodbye in Goodbye.objects.to_check()
    ],
    "goals:review": review_keys,
    "goals:decision": review_keys,
    "goals:plan": review_keys,
    "goals:printout": review_keys,
    "goals:offer_goodbye": lambda: [
        {"key": review.reflection.key} for review in Review.objects.filter(decision="goodbye")
    ],
    **dict.fromkeys(
        [
            "reflection:about",
            "reflection:blank",
            "reflection:begin",
            "reflection:open_room",
            "reflection:compass_file",
            "reflection:cards_pdf",
            "reflection:poster_pdf",
            "reflection:blank_pdf",
            "reflection:facilitators_guide",
            "reflection:facilitators_guide_pdf",
        ],
        further_guides,
    ),
    "reflection:begin_open_room": further_guides,
    "reflection:keep_link": for_anybody,
    "reflection:take_over": lambda: [
        {"token": Participant.objects.filter(reflection__title=FOR_ANYBODY).earliest("pk").link}
    ],
    "reflection:agree": alone,
    "reflection:own_link": lambda: [
        {"token": Participant.objects.filter(reflection__title=title).latest("pk").link}
        for title in [JOINED, FOR_ANYBODY]
    ],
    "reflection:join": lambda: [
        {"token": room.invitation} for room in Reflection.objects.filter(title__in=[LED, JOINED])
    ],
    **dict.fromkeys(
        [
            "reflection:room",
            "reflection:welcome",
            "reflection:answers",
            "reflection:finish",
            "reflection:withdraw",
            "reflection:waiting",
            "reflection:leave",
            "reflection:renew_own_code",
            "reflection:download",
            "reflection:download_text",
            "reflection:download_pdf",
            "reflection:now",
        ],
        joined,
    ),
    "reflection:step": lambda: [{**kwargs, "position": 1} for kwargs in [*joined(), *alone(), *guessed()]],
    **dict.fromkeys(
        [
            "reflection:board",
            "reflection:minutes",
            "reflection:minutes_pdf",
            "reflection:minutes_word",
            "reflection:minutes_excel",
            "reflection:minutes_json",
        ],
        revealed,
    ),
    "reflection:room_in_calendar": told,
    "reflection:outcome": told,
    "reflection:development": told,
    "reflection:follow_up": lambda: [{"agreement": agreement.key} for agreement in Agreement.objects.all()],
    "reflection:one_in_calendar": lambda: [
        {"agreement": agreement.key} for agreement in Agreement.objects.all()
    ],
    "reflection:follow_up_by_link": lambda: [
        {"token": token(agreement, agreement.reflection.owner)}
        for agreement in Agreement.objects.select_related("reflection__owner")
    ],
    "reflection:forget_address": lambda: [
        {"token": address_token(promise)} for promise in Promise.objects.all()
    ],
    "reflection:archive": joined,
    **dict.fromkeys(
        [
            "reflection:lead",
            "reflection:poster",
            "reflection:reveal",
            "reflection:collect_again",
            "reflection:renew_code",
            "reflection:door",
            "reflection:timer",
            "reflection:paper",
            "reflection:people",
            "reflection:share_wall",
            "reflection:take_part",
        ],
        led,
    ),
    "reflection:person": participants,
    "reflection:slips": by_slip,
    "reflection:slips_pdf": by_slip,
    "reflection:new_slip": lambda: [{**kwargs, "number": 1} for kwargs in by_slip()],
    "reflection:talk": lambda: [{**kwargs, "number": 1} for kwargs in revealed()],
    "reflection:talk_here": revealed,
    "reflection:show_step": revealed,
    "reflection:show_votes": decided,
    "reflection:vote": decided,
    "reflection:wall": lambda: [*led(), *revealed(), *decided()],
    "reflection:hide": comments,
    "collaboration:collaboration": collaboration_keys,
    "collaboration:edit": collaboration_keys,
    "collaboration:open_round": collaboration_keys,
    "collaboration:development": collaboration_keys,
    "collaboration:follow_up": agreements,
    "collaboration:invitation_pdf": guessed,
    "reflection:compared": compared,
    "reflection:compared_pair": lambda: [{**kwargs, "number": 1} for kwargs in compared()],
    "collaboration:result": compared,
    "collaboration:agree": compared,
    "collaboration:consent": compared,
    "collaboration:pair": lambda: [{**kwargs, "number": 1} for kwargs in compared()],
    "collaboration:paper_consent": with_position(compared),
    "collaboration:share": told,
    "collaboration:tell": told,
    "collaboration:case": told,
    "collaboration:shared": shared_keys,
    "static_file_of_another_release": lambda: [{"name": STATIC_FILE}],
    "account_confirm_new_email": lambda: [{"token": "udloebet"}],
    "account_end_session": lambda: [{"key": UUID(int=7)}],
    "mfa_remove_webauthn": lambda: [{"pk": 1}],
    "account_reset_password_from_key": lambda: [{"uidb36": "1", "key": "en-udloebet-noegle"}],
}


def make_examples(user):
    """What a person has of their own: goals in every state, and a room to lead, to look at, to answer in."""
    make_goal("Flere skal cykle til arbejde.", owner=user)
    make_review(make_goal("Færre skal vente på svar.", owner=user))
    decided = make_review(
        make_goal("Alle skal kende deres nabo.", owner=user), decision="keep", reason="Den virker."
    )
    decided.decide()
    ended = make_review(
        make_goal("Ti møder om måneden.", owner=user), decision="goodbye", reason="Nu er det nok."
    )
    ended.decide()
    ended.reflection.conclude()
    make_goals_over_time(user)
    if not Chapter.objects.exists():
        make_recording()
    _illustrate(Story.objects.published().first())
    _keep_release()
    make_story("En kladde, nogen viser frem", published_at=None)
    make_room(title=LED, leader=user, people=[None])
    make_room(title=BY_SLIP, leader=user, is_by_invitation=True).invite(3)
    make_room(title=REVEALED, leader=user, people=[None] * 4).reveal()
    talk_about_a_goal(user)
    further = make_guide(FURTHER, title="Hverdagskompasset")
    Reflection.start_solo(further.current_version(), user, title=ALONE)
    make_open_room(further, title=FOR_ANYBODY).participants.create(user=user, is_facilitator=True)
    joined = make_room(title=JOINED, leader=make_user("Lis Leder"))
    joined.participants.create(user=user, name=user.name, safety=4)
    make_rounds(user)


def talk_about_a_goal(user):
    """As a group, with who leads among those who answer; everybody is at the first step."""
    room = make_goal(DECIDED, owner=user).open_room(user, mode=Reflection.Mode.CONFIDENTIAL).reflection
    room.participants.get(user=user).answer_for(None)
    for _person in range(3):
        room.participants.create()
    for number, person in enumerate(room.participants.all(), start=1):
        for step in room.version.steps.all():
            for prompt in step.answered_prompts:
                raw = str(number) if prompt.kind == "scale" else f"Det ser jeg, siger nummer {number}."
                person.answers.create(prompt=prompt, **prompt.content(raw))
    room.reveal()
    room.show_step(1)


def _keep_release():
    if not default_storage.exists(LIST):
        default_storage.save(f"{KEPT}/{STATIC_FILE}", ContentFile(b"main{margin:0}"))
        default_storage.save(LIST, ContentFile(json.dumps([[STATIC_FILE], []]).encode()))


def _illustrate(story):
    story.picture = make_picture()
    story.save()
    story.attachments.add(make_attachment())


def make_goals_over_time(user):
    """A goal that is looked at again, shared and told of, and a goodbye that it is time to check."""
    again = make_goal("Flere skal spise sammen.", owner=user)
    ended = make_ended_review(again)
    ended.tell_everybody()
    before = ended.reflection
    Reflection.objects.filter(pk=before.pk).update(created_at=before.created_at - timedelta(days=365))
    make_review(again)
    again.shares.create(user=make_user("Dina Deler"))
    make_goodbye(make_ended_review(make_goal("Et skema til.", owner=user), "goodbye"))


def make_rounds(user):
    """A round of two parties to answer in, one to look at, and one that has ended and may be told about."""
    mine = {"mode": Reflection.Mode.OPEN}
    answered = make_collaboration(GUESSED, owner=user)
    make_round(answered, answers_for=answered.partners.first(), **mine)
    shown = make_collaboration(COMPARED, owner=user)
    sides = [[(2, 4, 4)] * 4, [(1, 5, 2)] * 4]
    compared = make_round(shown, answers_for=shown.partners.first(), sides=sides, **mine)
    seat(compared, compared.reflection.parties.first(), 2, 4, 4, is_paper=True)
    compared.reflection.reveal()
    ended = make_round(make_collaboration(TOLD, owner=user), sides=sides, **mine)
    ended.reflection.reveal()
    ended.who_email = "bo@example.org"
    ended.what, ended.who, ended.due = "Vi mødes i juni.", "Bo", "2027-06-01"
    ended.conclude()
    for place in ended.reflection.participants.counted():
        Consent.objects.create(participant=place, may_share=True, may_tell=True)
    ended.share()


@dataclass(frozen=True)
class Route:
    name: str
    view: Callable
    parameters: frozenset[str]

    @property
    def is_known(self) -> bool:
        """Whether we can reach it; test_pages.py fails for a route that is not."""
        return not self.parameters or self.name in ARGUMENTS

    @property
    def is_page(self) -> bool:
        return self.is_known and self.name not in NOT_PAGES

    @property
    def is_personal(self) -> bool:
        namespace, _, name = self.name.rpartition(":")
        public = PERSONAL_NAMESPACES.get(namespace)
        return self.name in PERSONAL or (public is not None and name not in public)

    @property
    def is_post_only(self) -> bool:
        return self.name in POST_ONLY

    @property
    def is_harmless(self) -> bool:
        """Whether anybody may send the form: it changes only what their own browser remembers."""
        return self.name in {"reflection:leave", "account_sso", "account_backchannel_logout"}

    @property
    def is_about_one_thing(self) -> bool:
        return "key" in self.parameters

    @property
    def is_of_a_library(self) -> bool:
        return self.name.startswith(("account_", "mfa_"))

    @property
    def is_in_a_room(self) -> bool:
        namespace, _, name = self.name.rpartition(":")
        is_of_a_round = namespace == "collaboration" and name in IN_A_ROUND
        return is_of_a_round or (namespace == "reflection" and self.name not in OPEN_DOORS | PERSONAL)

    @property
    def is_public(self) -> bool:
        return getattr(self.view, "is_public", False)

    def addresses(self, language="da") -> list[str]:
        """Where the route leads, once for each thing there is; empty in a language it does not have."""
        if not self.is_known or (language != "da" and self.name in ONE_LANGUAGE):
            return []
        arguments = ARGUMENTS[self.name]() if self.parameters else [{}]
        with override(language):
            return [reverse(self.name, kwargs=kwargs) for kwargs in arguments]


def every() -> list[Route]:
    return list(_routes(get_resolver().url_patterns, "", frozenset()))


def _routes(patterns, namespace: str, parameters: frozenset) -> Iterator[Route]:
    for pattern in patterns:
        found = parameters | set(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in ELSEWHERE:
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from _routes(pattern.url_patterns, inner, found)
        elif isinstance(pattern, URLPattern):
            yield Route(f"{namespace}{pattern.name or pattern.pattern}", pattern.callback, found)


EVERY = every()
BY_NAME = {route.name: route for route in EVERY}
