-- KEYS[1]: the crawl. ARGV: the worker, 1 where they are to be handed out again in this crawl,
-- and the keys of articles that it does not ask for.
local returned = 0
for i = 3, #ARGV do
  local key = ARGV[i]
  if redis.call('HGET', crawl .. ':held', key) == ARGV[1] then
    if ARGV[2] == '1' then
      wait_again(key)
    else
      forget(key)
    end
    returned = returned + 1
  end
end
return returned
