-- KEYS[1]: the crawl. ARGV: the worker, how many, the most articles of the crawl (-1: any).
-- Returns the key and the JSON of each article that is now the worker's.
local room = tonumber(ARGV[2])
local limit = tonumber(ARGV[3])
if limit >= 0 then
  local found = tonumber(redis.call('GET', KEYS[1] .. ':articles') or 0) or 0
  room = math.min(room, limit - found - redis.call('HLEN', KEYS[1] .. ':held'))
end
local taken = {}
if room <= 0 then
  return taken
end
for _, key in ipairs(redis.call('ZRANGE', KEYS[1] .. ':waiting', 0, room - 1)) do
  redis.call('ZREM', KEYS[1] .. ':waiting', key)
  redis.call('HSET', KEYS[1] .. ':held', key, ARGV[1])
  taken[#taken + 1] = key
  taken[#taken + 1] = redis.call('HGET', KEYS[1] .. ':items', key)
end
return taken
