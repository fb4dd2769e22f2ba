-- KEYS[1]: the crawl. ARGV: the worker. What it claimed on the way may be asked for again.
local claims = redis.call('HGETALL', crawl .. ':claims')
for i = 1, #claims, 2 do
  if string.sub(claims[i + 1], 1, #ARGV[1] + 1) == ARGV[1] .. ' ' then
    redis.call('HDEL', crawl .. ':claims', claims[i])
    redis.call('SREM', crawl .. ':seen', claims[i])
  end
end
redis.call('ZREM', crawl .. ':workers', ARGV[1])
if redis.call('GET', crawl .. ':leader') == ARGV[1] then
  redis.call('DEL', crawl .. ':leader')
end
return 1
