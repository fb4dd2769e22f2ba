-- KEYS[1]: the crawl, KEYS[2]: what is known of its site. ARGV: the worker, the key, 1 for an
-- article, what became of it as JSON, and the keys that were claimed on the way.
-- An address counts once, whoever settles it first.
local key = ARGV[2]
local was_open = redis.call('HDEL', KEYS[1] .. ':items', key)
for i = 5, #ARGV do
  redis.call('HDEL', KEYS[1] .. ':claims', ARGV[i])
end
if was_open == 1 then
  redis.call('HDEL', KEYS[1] .. ':held', key)
  redis.call('ZREM', KEYS[1] .. ':waiting', key)
  redis.call('INCRBY', KEYS[1] .. ':articles', ARGV[3])
  redis.call('XADD', KEYS[1] .. ':settled', 'MAXLEN', '~', 100000, '*', 'by', ARGV[1], 'what', ARGV[4])
end
redis.call('HSET', KEYS[2], key, ARGV[4])
return was_open
