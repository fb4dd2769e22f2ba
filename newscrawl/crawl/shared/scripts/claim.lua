-- KEYS[1]: the crawl. ARGV: the worker, the key of an address, the key that redirected to it.
-- Returns 1 where nobody has asked for the address in this crawl.
if redis.call('SADD', crawl .. ':seen', ARGV[2]) == 0 then
  return 0
end
redis.call('HSET', crawl .. ':claims', ARGV[2], ARGV[1] .. ' ' .. ARGV[3])
return 1
