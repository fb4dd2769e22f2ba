"""The researchers' front: `newscrawl serve`, pages over an archive that is only ever read.

A page is a module `newscrawl/front/<name>_page.py` with

    PAGES = ((r"^/article/(?P<id>[0-9]+)$", article),)

named in `plugin.PAGE_MODULES`. A view is `async def view(datasette, request) -> Response`; what
the path's groups matched is in `request.url_vars`. It reads the archive through
`await read(datasette, function)`, where *function* takes the sqlite-utils Database (opened
read-only, with `search_key` and friends) and runs in a thread, within `READ_SECONDS`; and ends
with `return await render(datasette, request, "name.html", {…})`. Raise `NotThere(key)` for a
404 with the interface string *key* as its sentence.

Templates lie in `templates/`, extend `base.html`, and fill the blocks `title` and `main`. They
know, beside what the view gives:

- `t("key", name=value)`: the interface string in the reader's language; `lang`, `dir`;
- `link("/search", q="…")`: an address on this server, which keeps a `?lang=`;
- `{{ text | shown }}`: archived text for one line: control and bidi characters out, cut at
  300 characters, in `<bdi>`; `| shown(80)` cuts earlier;
- `{{ text | plain }}`: the same without `<bdi>` (attributes, titles);
- `{{ text | printed }}`: long text, nothing cut but at 200,000 characters, bidi controls out;
- `{{ 12345 | number }}`, `{{ time | day }}`, `{{ time | minute }}`: figures, dates, times;
- `{{ outward(url, text) }}`: a link out, `rel="noopener nofollow"`, only to http and https.

A question with a name is a table of `resources/questions.toml`: its SQL, and how it is drawn.
`{{ figure("name", title, {"site": …}) }}` of `figures.html` puts it on a page as a picture that
is loaded when it comes into view; what was read is kept by `kept_answers` until the archive
changes.

Interface strings are in `resources/interface/<room>.toml`, a table a key: `ar`, `en`, `fr`, all
three. No style or script stands in a page (the policy forbids both): CSS in
`static/<name>.css`, named as `asset("name.css")`. It uses logical properties
(`margin-inline-start`), so that right to left needs no second sheet, and the colours of
`base.css` (`--ink`, `--paper`, `--faint`, `--line`, `--accent`, `--mark`).
"""
