"""Static files as served in production: one minified style sheet, hashed names, compressed."""

import re
from pathlib import PurePosixPath

import rcssmin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'@import\s+url\("([^"]+)"\)(?:\s+layer\(([\w-]+)\))?;')


class BundledStorage(CompressedManifestStaticFilesStorage):
    """Put the files that a style sheet imports in the place of its @import lines.

    In development the browser follows the imports one by one; here that would be a request each.
    """

    manifest_strict = True

    def post_process(self, paths, dry_run=False, **options):
        self.sources = dict(paths)
        for name in [name for name in paths if name.endswith(".css") and not dry_run]:
            if self._bundle(name):
                paths[name] = (self, name)  # else the next step would hash the source again
        yield from super().post_process(paths, dry_run, **options)

    def _bundle(self, name: str) -> bool:
        css = self._with_imports(name)
        if css is None:
            return False
        self.delete(name)
        self._save(name, ContentFile(rcssmin.cssmin(css).encode()))
        return True

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
