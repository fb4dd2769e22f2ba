-- KEYS[1]: the crawl. ARGV: an id for it, if nobody has begun it.
-- Returns the id of the crawl that is under way.
local id = redis.call('GET', crawl .. ':id')
if not id or #id ~= #ARGV[1] then
  redis.call('SET', crawl .. ':id', ARGV[1])
  return ARGV[1]
end
return id
