-- KEYS[1]: the crawl. ARGV: the worker, the milliseconds of a lease, the id of the crawl, and 1
-- where the worker would lead.
-- What workers held that have not been heard of for a lease is handed out again.
-- Returns {state, leads, was unknown, waiting, held, articles, entries that were not ours and are
-- dropped, keys that the worker holds}; state is 1 while the crawl goes on, 0 when it is over, 2
-- where Redis has lost it, 3 where another crawl is in its place.
local worker = ARGV[1]
local id = redis.call('GET', crawl .. ':id')
if redis.call('GET', crawl .. ':ended') == ARGV[3] then
  return {0, 0, 0, 0, 0, 0, 0, {}}
elseif id and id ~= ARGV[3] and #id == #ARGV[3] then
  return {3, 0, 0, 0, 0, 0, 0, {}}
end
local state, dropped = 1, 0
if id and id ~= ARGV[3] then
  -- No crawl of ours has such an id.
  redis.call('SET', crawl .. ':id', ARGV[3])
  dropped = 1
elseif not id then
  redis.call('SET', crawl .. ':id', ARGV[3])
  state = 2
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local was_unknown = redis.call('ZSCORE', crawl .. ':workers', worker) and 0 or 1
redis.call('ZADD', crawl .. ':workers', now, worker)
redis.call('ZREMRANGEBYSCORE', crawl .. ':workers', '-inf', now - ARGV[2])
-- Nobody was heard of in the future: another program wrote that.
redis.call('ZREMRANGEBYSCORE', crawl .. ':workers', '(' .. now, '+inf')
-- Also what is with workers that Redis has forgotten, as when it comes back without memory.
local held = redis.call('HGETALL', crawl .. ':held')
local mine = {}
for i = 1, #held, 2 do
  local is_known = redis.call('ZSCORE', crawl .. ':workers', held[i + 1])
  if not (is_known and is_article(held[i])) then
    dropped = dropped + (wait_again(held[i]) and 0 or 1)
  elseif held[i + 1] == worker then
    mine[#mine + 1] = held[i]
  end
end
if redis.call('ZCARD', crawl .. ':waiting') + redis.call('HLEN', crawl .. ':held') == 0 then
  -- An article neither waits nor is with a worker: another program deleted that.
  for i, key in ipairs(redis.call('HKEYS', crawl .. ':items')) do
    if i > 10000 then
      break
    end
    redis.call('ZADD', crawl .. ':waiting', 0, key)
  end
end
-- Nobody finds more articles than were asked for.
local articles = number_in('articles')
if not articles or articles > redis.call('SCARD', crawl .. ':seen') then
  redis.call('DEL', crawl .. ':articles')
  articles, dropped = 0, dropped + 1
end
local claims = redis.call('HGETALL', crawl .. ':claims')
for i = 1, #claims, 2 do
  local claimer = string.match(claims[i + 1], '^%S+') or ''
  if not redis.call('ZSCORE', crawl .. ':workers', claimer) then
    redis.call('HDEL', crawl .. ':claims', claims[i])
    redis.call('SREM', crawl .. ':seen', claims[i])
  end
end
local leader = redis.call('GET', crawl .. ':leader')
if leader and not redis.call('ZSCORE', crawl .. ':workers', leader) then
  redis.call('DEL', crawl .. ':leader')
  leader = false
end
if leader == worker then
  redis.call('PEXPIRE', crawl .. ':leader', ARGV[2])
elseif not leader and ARGV[4] == '1' then
  redis.call('SET', crawl .. ':leader', worker, 'PX', ARGV[2])
  leader = worker
end
return {
  state,
  leader == worker and 1 or 0,
  was_unknown,
  redis.call('ZCARD', crawl .. ':waiting'),
  redis.call('HLEN', crawl .. ':held'),
  articles,
  dropped,
  mine,
}
