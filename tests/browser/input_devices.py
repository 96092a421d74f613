"""How a person works a page: with the mouse, or with the keyboard alone."""


def press(page, words):
    """Click the button or link of the content that says exactly this."""
    page.click(f"main :is(button, a):text-is('{words}')")


def choose_day(page, choice, field, iso):
    """«På en dato», and which."""
    page.click(f"label:has([name={choice}][value=day])")
    page.fill(f"[name={field}]", iso)


def hide(page, is_hidden=True):
    """As a phone does that shows something else."""
    page.evaluate(
        """hidden => {
            const state = hidden ? 'hidden' : 'visible'
            Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden})
            Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => state})
            document.dispatchEvent(new Event('visibilitychange'))
        }""",
        is_hidden,
    )


class Mouse:
    """Clicks, and writes where it has clicked."""

    def __init__(self, page):
        self.page = page

    def write(self, name, text):
        self.page.click(f"[name='{name}']")
        self.page.keyboard.press("ControlOrMeta+A")  # what is there already is written over
        self.page.keyboard.insert_text(text)

    def choose(self, name, value):
        self.page.click(f"label:has([name='{name}'][value='{value}'])")

    def date(self, name, iso):
        self.page.fill(f"[name='{name}']", iso)

    def press(self, words):
        press(self.page, words)


class Keyboard:
    """Tab, arrows, Space, Enter and letters; nothing is ever clicked."""

    def __init__(self, page):
        self.page = page

    def tab_to(self, css, words=None):
        for _step in range(150):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(
                "([css, words]) => document.activeElement.matches(css) &&"
                " (!words || document.activeElement.textContent.trim() === words)",
                [css, words],
            ):
                return
        raise AssertionError(f"no way to {css} {words or ''} by keyboard")

    def write(self, name, text):
        self.tab_to(f"[name='{name}']")
        self.page.keyboard.type(text)

    def choose(self, name, value):
        self.tab_to(f"[name='{name}']")
        self.page.keyboard.press("Space")
        for _choice in range(10):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no way to {value} by keyboard")

    def date(self, name, iso):
        self.tab_to(f"[name='{name}']")
        year, month, day = iso.split("-")
        assert month == day, "the order is the browser's own"
        self.page.keyboard.type(f"{day}{month}{year}")
        assert self.page.input_value(f"[name='{name}']") == iso

    def press(self, words):
        self.tab_to("main :is(button, a)", words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
