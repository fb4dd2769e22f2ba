"""The pages of `newscrawl serve`, over an archive that is only read.

A page is a function in a module of `pages/`, with its address in the module's `PAGES`:

    PAGES = ((r"^/article/(?P<id>[0-9]+)$", article),)

`plugin.PAGE_MODULES` lists the modules. A view is `async def view(datasette, request) ->
Response`; `request.url_vars` holds the groups of the address. It reads the archive with
`await read(datasette, function)` or `read_cached(datasette, key, function)`: *function* takes
the sqlite-utils Database (read-only, with `search_key` and the other functions of SQL) and runs
in a thread, within a time limit. It ends with `return await render(datasette, request,
"name.html", {…})`. `raise NotThere(key)` answers 404 with the interface string *key*.

Templates are in `templates/`, extend `base.html`, and fill the blocks `title` and `main`. They
have, besides the values from the view:

- `t("key", name=value)`: the interface string in the reader's language; `lang`, `dir`, `look`;
- `label("outcome", value)`: the interface's word for a value of the archive, or the value;
- `link("/search", q="…")`: an address on this server, which keeps `?lang=`;
- `{{ text | shown }}`: archived text on one line, without control and bidi characters, cut at
  300 characters, in `<bdi>`; `| shown(80)` cuts earlier;
- `{{ text | plain }}`: the same without `<bdi>`, for attributes and titles;
- `{{ text | printed }}`: long text, cut at 200,000 characters only, without bidi controls;
  `| lines` gives its lines, `| direction(dir)` the direction of its first letter;
- `{{ 12345 | number }}`, `{{ time | day }}`, `{{ time | minute }}`: numbers, dates, times;
- `{{ outward(url, text) }}`: a link to the web, `rel="noopener nofollow"`, only http and https.

A named question is a table of `resources/questions.toml`: its SQL and its chart.
`{{ figure("name", title, {"site": …}) }}` of `figures.html` puts its chart on a page, which the
browser loads when the reader scrolls to it. `cards.html` shows articles of `cards.read_cards`.

Interface strings are in `resources/interface/*.toml`, a table for each key with `ar`, `en` and
`fr`. The security policy forbids styles and scripts in a page: CSS is in `static/<name>.css`,
linked with `asset("name.css")`; a page works without scripts, and `charts.js` only adds to it.
CSS uses logical properties (`margin-inline-start`), so that right-to-left pages need no second
sheet, and the colours of `base.css` (`--ink`, `--paper`, `--faint`, `--line`, `--accent`).
"""
