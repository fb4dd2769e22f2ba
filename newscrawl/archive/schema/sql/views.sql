-- The views that people query. They need nothing but SQLite itself, so that every tool reads
-- them.

-- Every stored page, those that may be no article too.
CREATE VIEW article_all AS
SELECT
    a.id,
    s.name AS site,
    coalesce(v.publisher, s.publisher) AS publisher,
    a.key,
    u.url,
    v.canonical_url,
    (SELECT group_concat(name, ' › ') FROM (
        SELECT n.name FROM version_sections AS x JOIN sections AS n ON n.id = x.section_id
        WHERE x.version_id = v.id ORDER BY x.position)) AS breadcrumbs,
    v.headline,
    v.alternative_headline,
    v.description,
    v.dateline_raw,
    v.dateline_place,
    v.dateline_agency,
    v.dateline_author,
    v.dateline_day,
    (SELECT n.place_id FROM place_names AS n WHERE n.printed = v.dateline_place)
        AS dateline_place_id,
    (SELECT CASE WHEN n.place_id IS NULL THEN 'ambiguous' ELSE 'certain' END
     FROM place_names AS n WHERE n.printed = v.dateline_place)
        AS dateline_place_certainty,
    v.date_published,
    v.date_published_local,
    v.date_published_precision,
    v.date_published_zone,
    v.date_published_zone_origin,
    v.date_published_raw,
    (SELECT p.source FROM provenance_fields AS p
     WHERE p.provenance_id = v.provenance_id AND p.field = 'date_published')
        AS date_published_source,
    v.date_modified,
    v.date_modified_local,
    v.date_modified_precision,
    v.date_modified_raw,
    (SELECT group_concat(name, '; ') FROM (
        SELECT n.name FROM version_authors AS x JOIN authors AS n ON n.id = x.author_id
        WHERE x.version_id = v.id ORDER BY x.position)) AS authors,
    b.article_body,
    v.source_credit,
    (SELECT group_concat(name, '; ') FROM (
        SELECT n.name, min(x.position) AS first
        FROM version_agencies AS x JOIN agencies AS n ON n.id = x.agency_id
        WHERE x.version_id = v.id GROUP BY coalesce(nullif(n.code, ''), n.name) ORDER BY first))
        AS agencies,
    (SELECT group_concat(code, '; ') FROM (
        SELECT n.code, min(x.position) AS first
        FROM version_agencies AS x JOIN agencies AS n ON n.id = x.agency_id
        WHERE x.version_id = v.id AND n.code <> '' GROUP BY n.code ORDER BY first))
        AS agency_ids,
    (SELECT i.url FROM images AS i WHERE i.version_id = v.id AND i.is_main) AS main_image_url,
    (SELECT i.caption FROM images AS i WHERE i.version_id = v.id AND i.is_main)
        AS main_image_caption,
    (SELECT i.credit FROM images AS i WHERE i.version_id = v.id AND i.is_main)
        AS main_image_credit,
    (SELECT count(*) FROM images AS i WHERE i.version_id = v.id AND i.position > 0) AS images,
    (SELECT group_concat(name, '; ') FROM (
        SELECT n.name FROM version_keywords AS x JOIN keywords AS n ON n.id = x.keyword_id
        WHERE x.version_id = v.id ORDER BY x.position)) AS keywords,
    v.in_language,
    v.is_accessible_for_free,
    coalesce(json_array_length(v.live_blog_updates), 0) AS live_blog_updates,
    v.pages,
    v.missing_pages,
    v.page_kind,
    v.page_kind_reason,
    coalesce(v.page_kind_certainty, 'certain') AS page_kind_certainty,
    coalesce(v.is_body_cut, 0) AS is_body_cut,
    (SELECT count(*) FROM list_set_lists AS l WHERE l.list_set_id = v.list_set_id)
        AS link_lists,
    (SELECT count(*) FROM list_set_lists AS l JOIN links AS k USING (link_list_id)
     WHERE l.list_set_id = v.list_set_id) AS links,
    a.first_seen,
    a.last_seen,
    (SELECT x.first_missed FROM absences AS x
     WHERE x.article_id = a.id AND x.back_at IS NULL) AS gone_since,
    (SELECT count(*) FROM versions AS o WHERE o.article_id = a.id) AS versions,
    (SELECT count(*) FROM addresses AS o WHERE o.article_id = a.id) AS addresses,
    e.name AS extractor,
    a.version_id
FROM articles AS a
JOIN versions AS v ON v.id = a.version_id
JOIN bodies AS b ON b.id = v.body_id
JOIN sites AS s ON s.id = a.site_id
JOIN urls AS u ON u.id = a.url_id
JOIN extractors AS e ON e.id = v.extractor_id;

-- The articles: without the pages that seem another kind.
CREATE VIEW article AS
SELECT * FROM article_all WHERE page_kind = 'article';

-- What the full-text index is fed from: the text of each article as it is now.
CREATE VIEW searchable AS
SELECT
    a.id,
    v.headline,
    v.alternative_headline,
    v.description,
    b.article_body,
    (SELECT group_concat(name, '; ') FROM (
        SELECT n.name FROM version_keywords AS x JOIN keywords AS n ON n.id = x.keyword_id
        WHERE x.version_id = v.id ORDER BY x.position)) AS keywords
FROM articles AS a
JOIN versions AS v ON v.id = a.version_id
JOIN bodies AS b ON b.id = v.body_id
WHERE v.page_kind = 'article';

CREATE VIEW version AS
SELECT
    v.id,
    v.article_id,
    s.name AS site,
    u.url,
    (SELECT count(*) FROM versions AS o WHERE o.article_id = v.article_id
     AND (o.first_seen, o.superseded_by IS NULL, o.id)
         <= (v.first_seen, v.superseded_by IS NULL, v.id)) AS number,
    v.first_seen,
    v.last_seen,
    v.cause,
    v.id = a.version_id AS is_current,
    v.headline,
    v.alternative_headline,
    v.description,
    v.dateline_raw,
    v.date_published,
    v.date_modified,
    b.article_body,
    v.source_credit,
    e.name AS extractor
FROM versions AS v
JOIN articles AS a ON a.id = v.article_id
JOIN bodies AS b ON b.id = v.body_id
JOIN sites AS s ON s.id = a.site_id
JOIN urls AS u ON u.id = a.url_id
JOIN extractors AS e ON e.id = v.extractor_id;

-- The entries of live blogs as they are now, in printed order.
CREATE VIEW live_blog_update AS
SELECT
    a.id AS article_id,
    u.url AS article_url,
    x.key + 1 AS position,
    json_extract(x.value, '$.headline') AS headline,
    json_extract(x.value, '$.date_published') AS date_published_local,
    json_extract(x.value, '$.date_published_raw') AS date_published_raw,
    json_extract(x.value, '$.article_body') AS article_body,
    json_extract(x.value, '$.url') AS url
FROM articles AS a
JOIN versions AS v ON v.id = a.version_id
JOIN urls AS u ON u.id = a.url_id
JOIN json_each(v.live_blog_updates) AS x;

CREATE VIEW address AS
SELECT a.id AS article_id, s.name AS site, a.key, u.url, u.id = a.url_id AS is_first
FROM addresses AS x
JOIN articles AS a ON a.id = x.article_id
JOIN sites AS s ON s.id = a.site_id
JOIN urls AS u ON u.id = x.url_id;

-- The edits of articles: what changed between not_before, when the earlier text was last seen, and
-- first_seen. An edit is silent if the page's own date of modification did not move with it and no
-- correction was printed. cause: publisher, undecided, or layout (of the site, not of the text).
CREATE VIEW edit AS
SELECT
    e.version_id,
    e.article_id,
    s.name AS site,
    u.url,
    e.headline,
    e.headline_was,
    e.not_before,
    e.first_seen,
    e.cause,
    e.fields,
    e.classes,
    e.share,
    e.date_modified_was,
    e.date_modified,
    e.date_modified IS e.date_modified_was
        AND ' ' || e.classes || ' ' NOT LIKE '% correction %' AS is_silent
FROM (
    SELECT
        v.id AS version_id,
        v.article_id,
        v.headline,
        p.headline AS headline_was,
        p.last_seen AS not_before,
        v.first_seen,
        v.cause,
        group_concat(c.field, ' ') AS fields,
        group_concat(c.classes, ' ') AS classes,
        max(c.share) AS share,
        p.date_modified AS date_modified_was,
        -- As it was when the edit was first seen.
        CASE WHEN EXISTS (
            SELECT 1 FROM amendments AS m WHERE m.version_id = v.id AND m.field = 'date_modified')
        THEN (SELECT iif(length(json_extract(m.was, '$')) > 10,
                strftime('%Y-%m-%dT%H:%M:%SZ', json_extract(m.was, '$')),
                json_extract(m.was, '$'))
            FROM amendments AS m WHERE m.version_id = v.id AND m.field = 'date_modified'
            ORDER BY m.seen_at, m.id LIMIT 1)
        ELSE v.date_modified END AS date_modified
    FROM versions AS v
    JOIN version_changes AS c ON c.version_id = v.id
    JOIN versions AS p ON p.id = c.follows_id
    WHERE v.superseded_by IS NULL
        AND v.cause IN ('publisher', 'undecided', 'layout')
        AND (v.cause = 'layout' OR NOT c.is_layout)
    GROUP BY v.id
) AS e
JOIN articles AS a ON a.id = e.article_id
    AND a.version_id NOT IN (SELECT id FROM versions WHERE page_kind <> 'article')
JOIN sites AS s ON s.id = a.site_id
JOIN urls AS u ON u.id = a.url_id;

-- The times for which articles were gone: deleted between last_seen and first_missed, and back, if
-- ever, between last_missed and back_at.
CREATE VIEW absence AS
SELECT
    x.article_id,
    s.name AS site,
    u.url,
    v.headline,
    x.last_seen,
    x.first_missed,
    x.last_missed,
    x.back_at,
    x.reason,
    t.url AS redirected_to
FROM absences AS x
JOIN articles AS a ON a.id = x.article_id
JOIN sites AS s ON s.id = a.site_id
JOIN urls AS u ON u.id = a.url_id
JOIN versions AS v ON v.id = a.version_id AND v.page_kind = 'article'
LEFT JOIN urls AS t ON t.id = x.target_id;

-- The moves of articles from one address to another, between last_seen and first_moved: by a
-- permanent redirect, or since the old address was missed and the article was next seen at an
-- address that it had not had.
CREATE VIEW move AS
SELECT
    o.article_id,
    s.name AS site,
    u.url AS from_url,
    t.url AS to_url,
    (SELECT max(w.fetched_at) FROM observations AS w
     WHERE w.url_id = o.url_id AND w.version_id IS NOT NULL AND w.fetched_at < min(o.fetched_at))
        AS last_seen,
    min(o.fetched_at) AS first_moved
FROM observations AS o
JOIN urls AS u ON u.id = o.url_id
JOIN urls AS t ON t.id = o.final_url_id
JOIN sites AS s ON s.id = o.site_id
WHERE o.article_id IS NOT NULL
    AND o.outcome = 'redirect'
    AND o.status IN (301, 308)
    AND t.key <> u.key
    AND EXISTS (SELECT 1 FROM addresses AS x
        WHERE x.url_id = o.final_url_id AND x.article_id = o.article_id)
    AND EXISTS (SELECT 1 FROM observations AS w
        WHERE w.url_id = o.url_id AND w.version_id IS NOT NULL AND w.fetched_at < o.fetched_at)
GROUP BY o.article_id, o.url_id, o.final_url_id
UNION ALL
SELECT m.article_id, m.site, m.url, t.url, max(m.last_seen),
    min(max(m.fetched_at, n.fetched_at))
FROM (
    SELECT o.article_id, s.name AS site, o.url_id, u.url, u.key, o.fetched_at,
        (SELECT max(w.fetched_at) FROM observations AS w JOIN urls AS k ON k.id = w.url_id
         WHERE w.article_id = o.article_id AND w.version_id IS NOT NULL
            AND k.key = u.key AND w.fetched_at < o.fetched_at) AS last_seen
    FROM observations AS o
    JOIN urls AS u ON u.id = o.url_id
    JOIN sites AS s ON s.id = o.site_id
    LEFT JOIN runs AS r ON r.id = o.run_id
    WHERE o.article_id IS NOT NULL
        AND o.version_id IS NULL
        AND ((o.outcome = 'http_error' AND o.status IN (404, 410))
            OR (o.outcome = 'not_article' AND o.kind = 'soft_404'))
        AND (o.run_id IS NULL OR r.is_broken = 0)
) AS m
JOIN observations AS n ON n.id = (
    SELECT y.id FROM observations AS y
    WHERE y.article_id = m.article_id AND y.version_id IS NOT NULL
        AND y.fetched_at > m.last_seen
    ORDER BY y.fetched_at, y.id LIMIT 1)
JOIN urls AS t ON t.id = n.url_id
WHERE t.key <> m.key
    AND NOT EXISTS (
        SELECT 1 FROM observations AS p JOIN urls AS q ON q.id = p.url_id
        WHERE p.article_id = m.article_id AND p.version_id IS NOT NULL
            AND q.key = t.key AND p.fetched_at <= m.last_seen)
    AND NOT EXISTS (
        SELECT 1 FROM observations AS d
        WHERE d.url_id = m.url_id AND d.outcome = 'redirect' AND d.status IN (301, 308)
            AND d.final_url_id = n.url_id)
GROUP BY m.article_id, m.url_id, n.url_id;

-- Who is named as the source of each article, and where: an agency in all its places.
CREATE VIEW agency_mention AS
SELECT
    a.id AS article_id, s.name AS site, u.url, x.position, n.name, nullif(n.code, '') AS code,
    x.found_in
FROM articles AS a
JOIN sites AS s ON s.id = a.site_id
JOIN urls AS u ON u.id = a.url_id
JOIN version_agencies AS x ON x.version_id = a.version_id
JOIN agencies AS n ON n.id = x.agency_id
WHERE a.version_id NOT IN (SELECT id FROM versions WHERE page_kind <> 'article');

CREATE VIEW agency AS
SELECT n.id, n.name, nullif(n.code, '') AS code, count(DISTINCT a.id) AS articles
FROM agencies AS n
LEFT JOIN version_agencies AS x ON x.agency_id = n.id
LEFT JOIN articles AS a ON a.version_id = x.version_id
    AND a.version_id NOT IN (SELECT id FROM versions WHERE page_kind <> 'article')
GROUP BY n.id;

CREATE VIEW author AS
SELECT n.id, n.name, count(a.id) AS articles
FROM authors AS n
LEFT JOIN version_authors AS x ON x.author_id = n.id
LEFT JOIN articles AS a ON a.version_id = x.version_id
    AND a.version_id NOT IN (SELECT id FROM versions WHERE page_kind <> 'article')
GROUP BY n.id;

-- The links that each article shows now, joined to the article they lead to where it is archived.
CREATE VIEW link AS
SELECT
    a.id AS article_id,
    u.url AS page_url,
    t.position AS list_position,
    l.heading,
    l.kind,
    l.is_inside_body,
    k.position,
    c.text,
    c.is_cut,
    g.url,
    (SELECT x.article_id FROM urls AS h JOIN addresses AS x ON x.url_id = h.id
     WHERE h.key = g.key ORDER BY x.article_id DESC LIMIT 1)
        AS target_article_id,
    (SELECT w.headline FROM urls AS h JOIN addresses AS x ON x.url_id = h.id
     JOIN articles AS z ON z.id = x.article_id JOIN versions AS w ON w.id = z.version_id
     WHERE h.key = g.key ORDER BY x.article_id DESC LIMIT 1)
        AS target_headline
FROM articles AS a
JOIN urls AS u ON u.id = a.url_id
JOIN versions AS v ON v.id = a.version_id
JOIN list_set_lists AS t ON t.list_set_id = v.list_set_id
JOIN link_lists AS l ON l.id = t.link_list_id
JOIN links AS k ON k.link_list_id = l.id
JOIN anchors AS c ON c.id = k.anchor_id
LEFT JOIN urls AS g ON g.id = c.url_id;

-- Which lists stood on which page. It appeared after not_before and was gone at the look at gone
-- (NULL: it was still there at the last look). number counts the showings of a page.
CREATE VIEW showing AS
SELECT
    h.url_id AS page_id,
    u.url AS page_url,
    row_number() OVER page AS number,
    lag(h.last_seen) OVER page AS not_before,
    h.first_seen,
    h.last_seen,
    lead(h.first_seen) OVER page AS gone,
    h.list_set_id
FROM showings AS h
JOIN urls AS u ON u.id = h.url_id
WINDOW page AS (PARTITION BY h.url_id, u.url ORDER BY h.first_seen);

-- Which link stood in which list of which page, at which ranks, from when to when. It stood there
-- for at least min_seconds, and for at most max_seconds (NULL: nobody knows): where the spans of
-- two links overlap, which of them stood longer is undecided.
CREATE VIEW placement AS
SELECT
    p.page_url,
    p.kind,
    p.heading,
    p.text,
    p.is_cut,
    g.url,
    (SELECT x.article_id FROM urls AS h JOIN addresses AS x ON x.url_id = h.id
     WHERE h.key = g.key ORDER BY x.article_id DESC LIMIT 1) AS target_article_id,
    p.best_position,
    p.worst_position,
    p.not_before,
    p.first_seen,
    p.last_seen,
    p.gone,
    strftime('%s', p.last_seen) - strftime('%s', p.first_seen) AS min_seconds,
    strftime('%s', p.gone) - strftime('%s', p.not_before) AS max_seconds
FROM (
    SELECT
        q.page_url,
        q.kind,
        q.heading,
        q.text,
        q.is_cut,
        q.url_id,
        row_number() OVER stay AS row_in_stay,
        min(q.position) OVER stay AS best_position,
        max(q.position) OVER stay AS worst_position,
        min(q.first_seen) OVER stay AS first_seen,
        max(q.last_seen) OVER stay AS last_seen,
        -- Of the first and of the last showing of the row; NULL where there is no look beyond.
        iif(count(q.not_before) OVER stay = count(*) OVER stay,
            min(q.not_before) OVER stay, NULL) AS not_before,
        iif(count(q.gone) OVER stay = count(*) OVER stay, max(q.gone) OVER stay, NULL) AS gone
    FROM (
        SELECT
            s.*,
            l.kind,
            l.heading,
            k.position,
            k.anchor_id,
            c.text,
            c.is_cut,
            c.url_id,
            -- The same number throughout an unbroken row of showings.
            s.number - dense_rank() OVER (
                PARTITION BY s.page_id, s.page_url, l.kind, l.heading, k.anchor_id ORDER BY s.number
            ) AS island
        FROM showing AS s
        JOIN list_set_lists AS t ON t.list_set_id = s.list_set_id
        JOIN link_lists AS l ON l.id = t.link_list_id
        JOIN links AS k ON k.link_list_id = l.id
        JOIN anchors AS c ON c.id = k.anchor_id
    ) AS q
    -- Windows, not GROUP BY: a question about one page then reads that page only.
    WINDOW stay AS (
        PARTITION BY q.page_id, q.page_url, q.kind, q.heading, q.anchor_id, q.island)
) AS p
LEFT JOIN urls AS g ON g.id = p.url_id
WHERE p.row_in_stay = 1;

-- The placements on home and section pages: what a newspaper puts forward, where and how long.
CREATE VIEW promotion AS
SELECT
    u.url AS page_url,
    d.kind,
    d.heading,
    c.text,
    c.is_cut,
    g.url,
    (SELECT x.article_id FROM urls AS h JOIN addresses AS x ON x.url_id = h.id
     WHERE h.key = g.key ORDER BY x.article_id DESC LIMIT 1) AS target_article_id,
    p.best_position,
    p.worst_position,
    strftime('%Y-%m-%dT%H:%M:%SZ', p.not_before, 'unixepoch') AS not_before,
    strftime('%Y-%m-%dT%H:%M:%SZ', p.first_seen, 'unixepoch') AS first_seen,
    strftime('%Y-%m-%dT%H:%M:%SZ', p.last_seen, 'unixepoch') AS last_seen,
    strftime('%Y-%m-%dT%H:%M:%SZ', p.gone, 'unixepoch') AS gone,
    p.last_seen - p.first_seen AS min_seconds,
    p.gone - p.not_before AS max_seconds
FROM promotions AS p
JOIN headings AS d ON d.id = p.heading_id
JOIN urls AS u ON u.id = p.page_id
JOIN anchors AS c ON c.id = p.anchor_id
LEFT JOIN urls AS g ON g.id = c.url_id;

-- How long stories stay up in the lists of home and section pages, once they are gone.
CREATE VIEW stay AS
SELECT
    d.kind,
    d.heading,
    count(*) AS stories,
    avg(p.last_seen - p.first_seen) AS average_seconds,
    max(p.last_seen - p.first_seen) AS longest_seconds
FROM promotions AS p
JOIN headings AS d ON d.id = p.heading_id
WHERE p.gone IS NOT NULL
GROUP BY p.heading_id;

-- Every link that ever stood in a list, once per kind and heading of list.
CREATE VIEW listed_link AS
SELECT DISTINCT l.kind, l.heading, c.text, c.is_cut, g.url
FROM link_lists AS l
JOIN links AS k ON k.link_list_id = l.id
JOIN anchors AS c ON c.id = k.anchor_id
LEFT JOIN urls AS g ON g.id = c.url_id;

-- What was most read, and never promoted but as most read.
CREATE VIEW unpromoted AS
SELECT m.heading, c.text, g.url
FROM (
    SELECT DISTINCT l.heading, k.anchor_id
    FROM link_lists AS l JOIN links AS k ON k.link_list_id = l.id
    WHERE l.kind = 'most_read'
) AS m
JOIN anchors AS c ON c.id = m.anchor_id
JOIN urls AS g ON g.id = c.url_id
WHERE NOT EXISTS (
    SELECT 1 FROM urls AS h
    JOIN anchors AS o ON o.url_id = h.id
    JOIN promotions AS p ON p.anchor_id = o.id
    JOIN headings AS d ON d.id = p.heading_id
    WHERE h.key = g.key AND d.kind <> 'most_read');

-- How often each page was looked at, and the longest time that nobody looked.
CREATE VIEW coverage AS
SELECT
    site,
    url,
    count(*) AS looks,
    min(fetched_at) AS first_look,
    max(fetched_at) AS last_look,
    max(gap) AS longest_gap_seconds,
    CAST(avg(gap) AS INTEGER) AS average_gap_seconds
FROM (
    SELECT
        s.name AS site,
        u.url,
        o.url_id,
        o.fetched_at,
        strftime('%s', o.fetched_at) - strftime('%s', lag(o.fetched_at) OVER (
            PARTITION BY o.url_id, s.name, u.url ORDER BY o.fetched_at)) AS gap
    FROM observations AS o
    JOIN sites AS s ON s.id = o.site_id
    JOIN urls AS u ON u.id = o.url_id
    WHERE o.outcome IN ('stored', 'updated', 'unchanged', 'source', 'not_article')
)
GROUP BY site, url, url_id;

CREATE VIEW observation AS
SELECT
    o.id,
    o.run_id,
    s.name AS site,
    u.url,
    o.fetched_at,
    o.outcome,
    o.reason,
    o.kind,
    o.status,
    f.url AS final_url,
    o.etag,
    o.last_modified,
    o.content_type,
    o.opt_outs,
    o.size,
    lower(hex(o.digest)) AS digest,
    o.article_id,
    o.version_id,
    e.name AS extractor,
    o.list_set_id,
    w.path AS evidence_file,
    o.evidence_offset,
    o.evidence_length,
    o.evidence_record,
    o.source_url,
    o.source_digest
FROM observations AS o
-- LEFT, though every row has both: SQLite then leaves out what a plain question does not name.
LEFT JOIN sites AS s ON s.id = o.site_id
LEFT JOIN urls AS u ON u.id = o.url_id
LEFT JOIN urls AS f ON f.id = o.final_url_id
LEFT JOIN extractors AS e ON e.id = o.extractor_id
LEFT JOIN evidence_files AS w ON w.id = o.evidence_file_id;

-- What sites state about the use of their pages by machines, and since when.
CREATE VIEW statement AS
SELECT s.name AS site, x.signal, x.stated_in, x.words, u.url, x.first_seen, x.last_seen
FROM statements AS x
JOIN sites AS s ON s.id = x.site_id
JOIN urls AS u ON u.id = x.url_id;

CREATE VIEW run AS
SELECT
    r.id, r.spider, s.name AS site, r.started_at, r.finished_at, r.finish_reason, r.exit_status,
    (SELECT count(*) FROM observations AS o WHERE o.run_id = r.id AND o.outcome <> 'requisite')
        AS observations,
    (SELECT count(*) FROM observations AS o WHERE o.run_id = r.id AND o.outcome = 'stored')
        AS stored,
    r.settings, r.counts, r.newscrawl
FROM runs AS r
LEFT JOIN sites AS s ON s.id = r.site_id;

-- Which rule found each field of each article: drift of a site is a GROUP BY.
CREATE VIEW provenance AS
SELECT
    a.id AS article_id, s.name AS site, u.url, v.first_seen, v.last_seen, p.field, p.source,
    e.name AS extractor
FROM articles AS a
JOIN sites AS s ON s.id = a.site_id
JOIN urls AS u ON u.id = a.url_id
JOIN versions AS v ON v.id = a.version_id
JOIN extractors AS e ON e.id = v.extractor_id
JOIN provenance_fields AS p ON p.provenance_id = v.provenance_id;

CREATE VIEW amendment AS
SELECT
    m.id, v.article_id, u.url, m.version_id, m.seen_at, m.field, m.was, e.name AS extractor
FROM amendments AS m
JOIN versions AS v ON v.id = m.version_id
JOIN articles AS a ON a.id = v.article_id
JOIN urls AS u ON u.id = a.url_id
JOIN extractors AS e ON e.id = m.extractor_id;

CREATE VIEW withdrawal AS
SELECT a.id AS article_id, s.name AS site, u.url, a.withdrawn_at, a.withdrawn_reason
FROM articles AS a
JOIN sites AS s ON s.id = a.site_id
JOIN urls AS u ON u.id = a.url_id
WHERE a.withdrawn_at IS NOT NULL;

-- The articles that are one agency text, a row for each outlet. An outlet had the text at had_by at
-- the latest: what it prints as time of publication (published), the time from which it had this
-- text where it said something else before (version), or else when it was first seen (first_seen);
-- it had it no sooner than had_not_before (NULL: nobody knows). place 1 had it first, to the minute.
CREATE VIEW copy AS
SELECT
    h.cluster_id,
    rank() OVER (PARTITION BY h.cluster_id ORDER BY substr(h.had_by, 1, 16)) AS place,
    h.article_id,
    s.name AS site,
    u.url,
    v.headline,
    h.had_by,
    h.had_by_source,
    iif(h.had_by_source = 'published', v.date_published_precision, 'second') AS had_by_precision,
    CASE h.had_by_source
        WHEN 'published' THEN v.date_published
        WHEN 'version' THEN (
            SELECT max(w.last_seen) FROM versions AS w
            WHERE w.article_id = h.article_id AND w.last_seen < h.had_by)
        -- The day began somewhere 14 hours before it did in UTC.
        ELSE iif(v.date_published_precision = 'day' AND v.date_published <= substr(h.had_by, 1, 10),
            strftime('%Y-%m-%dT%H:%M:%SZ', v.date_published, '-14 hours'), NULL)
    END AS had_not_before,
    v.dateline_raw,
    v.source_credit,
    (SELECT group_concat(name, '; ') FROM (
        SELECT n.name, min(x.position) AS first
        FROM version_agencies AS x JOIN agencies AS n ON n.id = x.agency_id
        WHERE x.version_id = v.id GROUP BY coalesce(nullif(n.code, ''), n.name) ORDER BY first))
        AS agencies,
    (SELECT group_concat(code, '; ') FROM (
        SELECT n.code, min(x.position) AS first
        FROM version_agencies AS x JOIN agencies AS n ON n.id = x.agency_id
        WHERE x.version_id = v.id AND n.code <> '' GROUP BY n.code ORDER BY first))
        AS agency_ids,
    v.dateline_agency,
    v.id AS version_id
FROM (
    SELECT
        c.cluster_id,
        a.id AS article_id,
        a.site_id,
        a.url_id,
        c.version_id,
        coalesce(k.since, iif(w.date_published_precision <> 'day' AND w.date_published <= a.first_seen,
            w.date_published, NULL), a.first_seen) AS had_by,
        CASE
            WHEN k.since IS NOT NULL THEN 'version'
            WHEN w.date_published_precision <> 'day' AND w.date_published <= a.first_seen
                THEN 'published'
            ELSE 'first_seen'
        END AS had_by_source
    FROM copies AS c
    JOIN sketches AS k ON k.version_id = c.version_id
    JOIN articles AS a ON a.version_id = c.version_id
    JOIN versions AS w ON w.id = c.version_id
) AS h
JOIN versions AS v ON v.id = h.version_id
JOIN sites AS s ON s.id = h.site_id
JOIN urls AS u ON u.id = h.url_id;

-- One row for each agency text that several sites had. Who had it first is certain where every
-- other outlet had it later, whatever is not known of their times.
CREATE VIEW copy_cluster AS
SELECT
    f.cluster_id AS id,
    f.articles,
    f.sites,
    f.article_id AS first_article_id,
    f.site AS first_site,
    f.url AS first_url,
    f.headline AS first_headline,
    f.had_by AS first_had_by,
    f.had_by_source AS first_had_by_source,
    f.others_not_before IS NOT NULL
        AND substr(f.others_not_before, 1, 16) > substr(f.had_by, 1, 16) AS is_first_certain,
    f.last_had_by
FROM (
    SELECT
        c.cluster_id,
        c.article_id,
        c.site,
        c.url,
        c.headline,
        c.had_by,
        c.had_by_source,
        row_number() OVER (
            PARTITION BY c.cluster_id ORDER BY c.place, c.article_id) AS row_in_cluster,
        count(*) OVER cluster AS articles,
        (SELECT count(DISTINCT a.site_id) FROM copies AS o
         JOIN articles AS a ON a.version_id = o.version_id WHERE o.cluster_id = c.cluster_id)
            AS sites,
        max(c.had_by) OVER cluster AS last_had_by,
        -- Of all others; NULL where it is not known of one of them.
        iif(count(c.had_not_before) OVER others = count(*) OVER others,
            min(c.had_not_before) OVER others, NULL) AS others_not_before
    FROM copy AS c
    WINDOW
        cluster AS (PARTITION BY c.cluster_id),
        others AS (
            PARTITION BY c.cluster_id ORDER BY c.place, c.article_id
            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
) AS f
WHERE f.row_in_cluster = 1;

-- Two articles of which one is a copy of the other, the shorter text first, and how much of each
-- is in the other (0 to 1).
CREATE VIEW copy_pair AS
SELECT
    p.version_id,
    s.name AS site,
    u.url,
    p.share,
    p.other_version_id,
    t.name AS other_site,
    w.url AS other_url,
    p.other_share
FROM copy_pairs AS p
JOIN articles AS a ON a.version_id = p.version_id
JOIN articles AS b ON b.version_id = p.other_version_id
JOIN sites AS s ON s.id = a.site_id
JOIN sites AS t ON t.id = b.site_id
JOIN urls AS u ON u.id = a.url_id
JOIN urls AS w ON w.id = b.url_id;
