-- KEYS[1]: the crawl. ARGV: for each article its key, and its priority and address as JSON.
-- Returns how many were not asked for yet in this crawl.
local added = 0
for i = 1, #ARGV, 2 do
  local key, item = ARGV[i], ARGV[i + 1]
  if redis.call('SADD', crawl .. ':seen', key) == 1 then
    local place = count_up('place', 1)
    local score = -cjson.decode(item).priority * 2 ^ 40 + place
    redis.call('HSET', crawl .. ':items', key, item)
    redis.call('ZADD', crawl .. ':waiting', score, key)
    added = added + 1
  end
end
return added
