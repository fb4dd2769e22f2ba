-- KEYS[1]: the crawl, KEYS[2]: what is known of its site. ARGV: the worker, the key, 1 for an
-- article, what became of it as JSON, and the keys that were claimed on the way.
-- An address counts once, whoever settles it first.
local key = ARGV[2]
local was_open = redis.call('HDEL', crawl .. ':items', key)
for i = 5, #ARGV do
  redis.call('HDEL', crawl .. ':claims', ARGV[i])
end
redis.call('HDEL', crawl .. ':held', key)
redis.call('ZREM', crawl .. ':waiting', key)
if was_open == 1 then
  count_up('articles', ARGV[3])
  local outcome = {'MAXLEN', '~', 100000, '*', 'by', ARGV[1], 'what', ARGV[4]}
  local done = redis.pcall('XADD', crawl .. ':settled', unpack(outcome))
  if type(done) == 'table' and done.err then
    -- Another program has used up the numbers of entries.
    redis.call('DEL', crawl .. ':settled')
    redis.call('XADD', crawl .. ':settled', unpack(outcome))
  end
end
redis.call('HSET', KEYS[2], key, ARGV[4])
return was_open
