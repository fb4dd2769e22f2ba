"""The sample newspaper: its stories, and the articles that an archive should hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote, urljoin

import attrs

from newscrawl.article import Article, Image, Link, LinkList, LinkListKind
from newscrawl.sample_site.stories import (
    Section,
    Story,
    all_sections,
    all_stories,
    site_content,
)

PAGE_SIZE = 4
LIST_SIZE = 5
CUT_AT = 44
UTM = "?utm_source=home&utm_medium=banner"


@attrs.define(slots=False)
class Newspaper:
    """The newspaper in one edition, with *copies* of each story for tests of numbers."""

    edition: int = 1
    copies: int = 1

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """Every story, newest first."""
        stories = all_stories(self.edition)
        extra = (_variant(story, n) for n in range(2, self.copies + 1) for story in stories)
        return (*stories, *extra)

    @cached_property
    def by_id(self) -> Mapping[int, Story]:
        """Every story by its number."""
        return {story.id: story for story in self.stories}

    @cached_property
    def by_path(self) -> Mapping[str, Story]:
        """Every story by its own address."""
        return {story.path: story for story in self.stories}

    @property
    def site(self) -> Mapping[str, Any]:
        """The newspaper's name, words and other pages."""
        return site_content()

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every section, in the order of the navigation."""
        return all_sections()

    def words(self, language: str) -> Mapping[str, str]:
        """Return the words of the templates in *language*."""
        words: Mapping[str, str] = self.site["words"][language]
        return words

    def stories_in(self, section: Section) -> tuple[Story, ...]:
        """Return a section's stories, newest first."""
        return tuple(story for story in self.stories if story.section == section)

    def pages_of(self, section: Section) -> tuple[tuple[Story, ...], ...]:
        """Return a section's stories, a tuple for each of its pages."""
        stories = self.stories_in(section)
        return tuple(stories[n : n + PAGE_SIZE] for n in range(0, len(stories), PAGE_SIZE))

    def latest(self, language: str, size: int = LIST_SIZE) -> tuple[Story, ...]:
        """Return the newest stories in a *language*."""
        stories = (story for story in self.stories if story.section.language == language)
        return tuple(sorted(stories, key=lambda story: str(story.published), reverse=True))[
            :size
        ]

    def link_lists(self, story: Story, base: str) -> tuple[LinkList, ...]:
        """Return the lists that are printed around *story*, in the order of its page."""
        section, words = story.section, self.words(story.section.language)
        latest = words["latest" if section.template == "press" else "latest_tables"]
        others = [other for other in self.stories_in(section) if other.id != story.id]
        related = tuple(self.by_id[key] for key in story.related)
        most_read = self._most_read(section.language)
        more = f"{words['more']} {section.title}"
        lists = (
            _link_list(words["related"], "related", related, base),
            _link_list(latest, "latest", self.latest(section.language), base),
            _link_list(words["most_read"], "most_read", most_read, base),
            _link_list(more, "section", others[:LIST_SIZE], base),
        )
        return tuple(block for block in lists if block.links)

    def _most_read(self, language: str) -> tuple[Story, ...]:
        if language != "ar":
            return ()
        return tuple(self.by_id[key] for key in self.site["most_read"])

    def truth(self, story: Story, base: str) -> Article:
        """Return the expected article of *story*, served at *base*.

        A `date_published` has no zone if the page states none. Fields about the
        reading itself (provenance, extractor, the raw texts of dates) are left empty.
        """
        url = address(base, story.path)
        images = tuple(
            Image(
                url=f"{base}/images/{picture.name}.png",
                caption=picture.caption,
                credit=picture.credit,
            )
            for picture in story.pictures
        )
        return Article(
            url=url,
            canonical_url=url if story.section.template == "press" else None,
            headline=story.headline,
            alternative_headline=story.kicker,
            description=story.standfirst,
            breadcrumbs=(story.section.title,),
            dateline=story.dateline,
            date_published=story.published,
            date_modified=story.modified,
            authors=story.authors or _team(story),
            article_body=story.article_body,
            blocks=story.blocks,
            source_credit=story.credit,
            main_image=images[0],
            images=images,
            keywords=story.keywords if story.section.template == "press" else (),
            in_language=story.section.language,
            link_lists=self.link_lists(story, base),
        )


def address(base: str, path: str) -> str:
    """Return the absolute address of *path*, percent-encoded."""
    return urljoin(base, quote(path, safe="/?=&%"))


def cut(text: str) -> str:
    """Return *text* as the narrow lists print it: cut at a word, with an ellipsis."""
    if len(text) <= CUT_AT:
        return text
    return text[:CUT_AT].rsplit(" ", 1)[0] + "…"


def _link_list(
    heading: str, kind: LinkListKind, stories: Sequence[Story], base: str
) -> LinkList:
    is_narrow = kind != "related"
    links = tuple(
        Link(
            text=cut(story.headline) if is_narrow else story.headline,
            url=address(base, story.path),
            position=position,
            is_cut=is_narrow and len(story.headline) > CUT_AT,
        )
        for position, story in enumerate(stories, start=1)
    )
    return LinkList(heading=heading, kind=kind, links=links)


def _variant(story: Story, number: int) -> Story:
    """Return another story like *story*: its own address, headline and first paragraph."""
    first, *rest = story.pieces
    return attrs.evolve(
        story,
        id=story.id + number * 10_000,
        slug=story.slug and f"{story.slug}-{number}",
        headline=f"{story.headline} ({number})",
        pieces=(attrs.evolve(first, text=f"{first.text} [{number}]"), *rest),
        has_amp=False,
    )


def _team(story: Story) -> tuple[str, ...]:
    """Return the team in the byline of a story that names no person."""
    return (story.byline,) if story.byline and story.dateline_form != "byline" else ()
