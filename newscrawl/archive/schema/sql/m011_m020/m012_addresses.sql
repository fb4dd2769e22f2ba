-- What finds the article that a page is: by the redirects to its address, and by its headline.
CREATE INDEX observations_by_final_url ON observations (final_url_id)
    WHERE final_url_id IS NOT NULL;
CREATE INDEX versions_by_headline ON versions (substr(headline, 1, 40))
    WHERE headline IS NOT NULL;
-- What waits is known by its very address, and not by what it shares with other spellings.
UPDATE OR REPLACE frontier_urls SET key = role || ':' || url;
UPDATE OR REPLACE misses SET key = 'article:' || url;
