"""Pages of HTML as a test reads them."""

from __future__ import annotations

from html.parser import HTMLParser


class Balance(HTMLParser):
    """Checks that every element is closed in the right order."""

    VOID = frozenset({'meta', 'img', 'br'})

    def __init__(self):
        super().__init__()
        self.open = []
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def parsed(page):
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    return parser.tags


def body(page):
    return page[page.index('<main>') : page.index('</main>')]
