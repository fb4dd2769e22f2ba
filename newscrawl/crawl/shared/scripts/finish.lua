-- KEYS[1]: the crawl. ARGV: the worker, the id of the crawl. Returns 1 where it is over now.
local leads = redis.call('GET', crawl .. ':leader') == ARGV[1]
local is_it = redis.call('GET', crawl .. ':id') == ARGV[2]
local is_open = redis.call('ZCARD', crawl .. ':waiting') + redis.call('HLEN', crawl .. ':held')
if not leads or not is_it or is_open > 0 then
  return 0
end
delete_crawl()
redis.call('SET', crawl .. ':ended', ARGV[2], 'EX', 604800)
return 1
