-- KEYS[1]: the crawl. ARGV: for each article its key, and its priority and address as JSON.
-- Returns how many were not asked for yet in this crawl.
local added = 0
for i = 1, #ARGV, 2 do
  local key, item = ARGV[i], ARGV[i + 1]
  if redis.call('SADD', KEYS[1] .. ':seen', key) == 1 then
    local place = redis.call('INCR', KEYS[1] .. ':place')
    local score = -cjson.decode(item).priority * 2 ^ 40 + place
    redis.call('HSET', KEYS[1] .. ':items', key, item)
    redis.call('ZADD', KEYS[1] .. ':waiting', score, key)
    added = added + 1
  end
end
return added
