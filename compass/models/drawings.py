from django.db import models


class Drawing(models.TextChoices):
    """The portal's own drawings: symbols of static/img/drawings.svg, in the colour of what is around them."""

    BALL = "ball", "Bold og to, der spiller"
    CALENDAR = "calendar", "Kalender"
    CARDS = "cards", "Kort"
    CHILDREN = "children", "Børn på en talerstol"
    CITY = "city", "By med tårn og træer"
    CLOCK = "clock", "Ur"
    CUP = "cup", "Kop kaffe"
    EAR = "ear", "Øre"
    FLASK = "flask", "Forsøg"
    FOLDERS = "folders", "Mapper og en person"
    GAUGE = "gauge", "Måler"
    GUESS = "guess", "To, der gætter"
    HANDS = "hands", "Hænder"
    HEART = "heart", "Hjerte"
    HOME = "home", "Hjem"
    HOUSES = "houses", "Huse"
    JERSEY = "jersey", "Spillertrøje"
    LEAF = "leaf", "Blad"
    LETTER = "letter", "Brev"
    LIST = "list", "Liste med streger over"
    PENCIL = "pencil", "Blyant og papir"
    QUESTION = "question", "Spørgsmål"
    SEEDLING = "seedling", "Spire"
    SIGNPOST = "signpost", "Vejviser"
    SPEECH = "speech", "Samtale"
    STAIRS = "stairs", "Trappe"
    SWAP = "swap", "Bytte"
    TABLE = "table", "Folk om et bord"
    TOGETHER = "together", "To på vej"
    VOTES = "votes", "Stemmer"


class Drawn(models.Model):
    """A text with a drawing beside it."""

    drawing = models.CharField("tegning", max_length=20, choices=Drawing.choices, blank=True)

    class Meta:
        abstract = True
