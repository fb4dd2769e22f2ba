"""The lists of links around and in an article, found by their shape.

`lists` finds them and decides on the kind of each, by the words of
`newscrawl.text.list_headings`; `heading_choice` chooses the heading, `exclusions` says why a
group of links is no list, and `front_page` reads the zones of a home or section page.
"""
