"""What counts how the house is built counts what it says (bench/house.py)."""

import pytest

from bench import house


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Write the one module of the portal that is counted."""
    monkeypatch.setattr(house, "ROOT", tmp_path)
    monkeypatch.setattr(house, "APPS", ["app"])
    (tmp_path / "app").mkdir()
    return lambda text: (tmp_path / "app" / "module.py").write_text(text, encoding="utf-8")


def test_a_private_helper_is_counted_by_how_often_it_is_named(package):
    package("def _once(): ...\ndef _twice(): ...\n_once()\n_twice()\nname = _twice\n")
    assert house.private_helpers() == {"_once": 1, "_twice": 2}


def test_what_overrides_a_library_is_no_helper(package):
    package("class Form(Base):\n    def _get_user(self, uid):\n        return super()._get_user(uid)\n")
    assert house.private_helpers() == {}


@pytest.mark.parametrize(
    ("body", "gives"),
    [("return 1", True), ("yield 1", True), ("if x:\n  return 1", True), ("return", False), ("x = 1", False),
     ("def inner():\n  return 1", False), ("x = 1\nreturn [y for y in x]", True)],
)  # fmt: skip
def test_what_gives_something_is_told_from_what_does_something(package, body, gives):
    package("async def function():\n" + "".join(f" {line}\n" for line in body.split("\n")))
    (node,) = [node for _path, node in house.functions_of(["app"]) if node.name == "function"]
    assert house.gives_something(node) is gives
