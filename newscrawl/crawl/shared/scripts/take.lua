-- KEYS[1]: the crawl. ARGV: the worker, how many, the most articles of the crawl (-1: any).
-- Returns how many entries were not ours and are dropped, and the key and the JSON of each
-- article that is now the worker's.
local room = tonumber(ARGV[2])
local limit = tonumber(ARGV[3])
if limit >= 0 then
  local found = number_in('articles') or 0
  room = math.min(room, limit - found - redis.call('HLEN', crawl .. ':held'))
end
local taken = {0}
for _ = 1, 10000 do
  local key = #taken <= 2 * room and redis.call('ZPOPMIN', crawl .. ':waiting')[1]
  if not key then
    break
  end
  local item = is_article(key) and item_of(key)
  if item then
    redis.call('HSET', crawl .. ':held', key, ARGV[1])
    taken[#taken + 1] = key
    taken[#taken + 1] = item
  else
    forget(key)
    taken[1] = taken[1] + 1
  end
end
return taken
