-- KEYS[1]: the crawl. ARGV: the worker. What it claimed on the way may be asked for again.
local claims = redis.call('HGETALL', KEYS[1] .. ':claims')
for i = 1, #claims, 2 do
  if string.sub(claims[i + 1], 1, #ARGV[1] + 1) == ARGV[1] .. ' ' then
    redis.call('HDEL', KEYS[1] .. ':claims', claims[i])
    redis.call('SREM', KEYS[1] .. ':seen', claims[i])
  end
end
redis.call('ZREM', KEYS[1] .. ':workers', ARGV[1])
if redis.call('GET', KEYS[1] .. ':leader') == ARGV[1] then
  redis.call('DEL', KEYS[1] .. ':leader')
end
return 1
