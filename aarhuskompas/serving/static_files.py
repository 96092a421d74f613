"""Static files as served in production: one minified style sheet, hashed names, compressed.

While a release is rolled out a page of one node asks another for its style sheet, and a page that was open
before asks the new release. So `prepare` keeps a copy of each release's files where uploads are, which all
nodes reach; a node answers from there what it does not have itself.
"""

import json
import re
from pathlib import PurePosixPath

import rcssmin
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404
from django.views.decorators.http import require_safe
from whitenoise.storage import CompressedManifestStaticFilesStorage

from compass.ranges import file_response

KEPT = "static"  # the folder among the uploads
LIST = f"{KEPT}/releases.json"  # the names of two releases, the newer first
FOR_GOOD = "public, max-age=315360000, immutable"  # as WhiteNoise says of a name with a hash

IMPORT = re.compile(r'@import\s+url\("([^"]+)"\)(?:\s+layer\(([\w-]+)\))?;')


class BundledStorage(CompressedManifestStaticFilesStorage):
    """Put the files that a style sheet imports in the place of its @import lines.

    In development the browser follows the imports one by one; here that would be a request each.
    """

    def post_process(self, paths, dry_run=False, **options):
        self.sources = dict(paths)
        for name in [name for name in paths if name.endswith(".css") and not dry_run]:
            css = self._with_imports(name)
            if css is not None:
                self.delete(name)
                self._save(name, ContentFile(rcssmin.cssmin(css).encode()))
                paths[name] = (self, name)  # else the next step would hash the source again
        yield from super().post_process(paths, dry_run, **options)

    def _read(self, name: str) -> str:
        """From the source: the target may hold the bundle of an earlier collection."""
        storage, path = self.sources[name]
        with storage.open(path) as file:
            return file.read().decode()

    def _with_imports(self, name: str) -> str | None:
        """The style sheet with its imports put in, or None when it has none."""
        css = self._read(name)
        folder = PurePosixPath(name).parent

        def imported(match):
            path, layer = match.groups()
            part = str(folder / path)
            text = self._with_imports(part) or self._read(part)
            return f"@layer {layer} {{\n{text}\n}}" if layer else text

        bundled, count = IMPORT.subn(imported, css)
        return bundled if count else None


# --- Two releases at once ------------------------------------------------------------------------


def keep_for_other_releases() -> None:
    """Keep this release's files beside those of the one before; older ones go."""
    names = sorted(getattr(staticfiles_storage, "hashed_files", {}).values())
    releases = _kept_releases()
    if not names or names == releases[0]:
        return
    kept = {name for release in releases for name in release}
    wanted = {*names, *releases[0]}
    for name in sorted(wanted - kept):
        with staticfiles_storage.open(name) as file:
            default_storage.save(f"{KEPT}/{name}", file)
    default_storage.delete(LIST)
    default_storage.save(LIST, ContentFile(json.dumps([names, releases[0]]).encode()))
    for name in kept - wanted:
        default_storage.delete(f"{KEPT}/{name}")


def _kept_releases() -> list[list[str]]:
    try:
        with default_storage.open(LIST) as file:
            return json.load(file)
    except FileNotFoundError:
        return [[], []]


@require_safe
def static_file_of_another_release(request, name):
    if not any(name in release for release in _kept_releases()):
        raise Http404
    response = file_response(request, f"{KEPT}/{name}")
    response.headers["Cache-Control"] = FOR_GOOD
    return response
