-- Kind of an answer that is no article: of a source home, section, page, feed, sitemap, robots.txt or
-- tdmrep.json; of another page soft_404, listing, login …; NULL for an article and for a failure.
ALTER TABLE observations ADD COLUMN kind TEXT;
-- Until now it stood at the beginning of the reason.
UPDATE observations SET kind = iif(instr(reason, ':'), substr(reason, 1, instr(reason, ':') - 1), reason)
WHERE outcome IN ('source', 'not_article')
    AND iif(instr(reason, ':'), substr(reason, 1, instr(reason, ':') - 1), reason)
        NOT GLOB '*[^a-z0-9_.]*';
