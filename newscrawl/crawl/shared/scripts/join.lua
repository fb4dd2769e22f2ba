-- KEYS[1]: the crawl. ARGV: an id for it, if nobody has begun it.
-- Returns the id of the crawl that is under way.
redis.call('SET', KEYS[1] .. ':id', ARGV[1], 'NX')
return redis.call('GET', KEYS[1] .. ':id')
