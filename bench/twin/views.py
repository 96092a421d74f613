from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from bench.twin.models import Article

KINDS = [("artikel", "Artikel"), ("case", "Case"), ("portraet", "Portræt"), ("vaerktoej", "Værktøj")]
PATHS = [("lytte", "Lytte"), ("loese", "Løse"), ("laere", "Lære"), ("lede", "Lede")]
OUTCOMES = [("godt", "Det gik godt"), ("blandet", "Det gik både godt og skidt"), ("ikke", "Det gik ikke")]
YEARS = [(str(year), str(year)) for year in range(2026, 2009, -1)]
FACETS = [
    ("vej", "Vej", PATHS),
    ("gik", "Hvordan gik det?", OUTCOMES),
    ("slags", "Slags", KINDS),
    ("aar", "År", YEARS),
]
# How the addresses call what stands in the rows.
COLUMNS = {"vej": "path_slug", "slags": "kind", "aar": "year"}
KIND_OF = {"artikel": "article", "case": "case", "portraet": "portrait", "vaerktoej": "tool"}


def front(request, slug=""):
    return HttpResponse("ok")


def stories(request):
    chosen = {name: value for name in COLUMNS if (value := request.GET.get(name))}
    articles = Article.objects.filter(
        **{COLUMNS[name]: KIND_OF.get(value, value) for name, value in chosen.items()}
    )
    page = Paginator(articles.defer("body", "search"), 20).get_page(request.GET.get("side"))
    return render(request, "twin/stories.html", {"page": page, "facets": FACETS, "chosen": chosen})


def story(request, slug):
    article = get_object_or_404(Article.objects.defer("search"), slug=slug)
    related = Article.objects.filter(path_slug=article.path_slug).exclude(pk=article.pk).defer("search")[:3]
    return render(request, "twin/story.html", {"story": article, "related": related})


def search(request):
    text = request.GET.get("q", "")
    query = SearchQuery(text, config="danish", search_type="websearch")
    found = Article.objects.filter(search=query)
    hits = found.annotate(
        rank=SearchRank(F("search"), query), excerpt=SearchHeadline("body", query, config="danish")
    ).order_by("-rank", "-published_at")
    context = {"text": text, "number": found.count(), "hits": hits.defer("search")[:5]}
    return render(request, "twin/search.html", context)
