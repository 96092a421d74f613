"""When a page showed some words, and when somebody pressed something, by the clocks of the pages themselves.

Each page keeps what it has shown and when; it is asked afterwards, so that no device waits for another.
"""

# Milliseconds: long before a page asks by itself, every half minute. How long it takes: test_meeting.py.
BY_EVENT = 10_000

KEEP = """(() => {
    const kept = window.shown = []
    const look = () => {
        const words = document.body.innerText.replace(/\\s+/g, ' ')
        if (kept.at(-1)?.words !== words) kept.push({at: Date.now(), words})
    }
    addEventListener('DOMContentLoaded', () => {
        look()
        new MutationObserver(look).observe(
            document.body, {attributes: true, characterData: true, childList: true, subtree: true})
    })
    const press = () => sessionStorage.setItem('pressed', Date.now())
    addEventListener('click', press, true)
    addEventListener('keydown', press, true)
})()"""

FIRST_SHOWN = """([words, since]) => {
    const before = window.shown?.findLastIndex(one => one.at <= since) ?? -1
    return window.shown?.slice(Math.max(0, before)).find(one => one.words.includes(words))?.at
}"""


def keep_time(page):
    page.add_init_script(KEEP)


def pressed_at(page) -> float:
    return page.evaluate("Number(sessionStorage.getItem('pressed'))")


def shown_at(page, words, since=0) -> float:
    """From when on these words stood there, of all there was to be seen after `since`."""
    return page.wait_for_function(FIRST_SHOWN, arg=[words, since]).json_value()


def page_took(page) -> float:
    """Milliseconds from the press to the whole page, where nothing else moves."""
    return page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
