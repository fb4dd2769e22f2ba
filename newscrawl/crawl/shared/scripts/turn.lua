-- KEYS[1]: a host. ARGV: the milliseconds between two requests to it, who asks, and for how many
-- milliseconds nobody else may ask it meanwhile (0: others may).
-- Returns 0 where it is the asker's turn, else in how many milliseconds to ask again.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait = tonumber(redis.call('HGET', KEYS[1], 'from') or 0) - now
if wait > 0 then
  return wait
end
local until_when = tonumber(redis.call('HGET', KEYS[1], 'until') or 0)
if until_when > now then
  return math.min(until_when - now, 100)
end
redis.call('HSET', KEYS[1], 'from', now + ARGV[1])
if tonumber(ARGV[3]) > 0 then
  redis.call('HSET', KEYS[1], 'by', ARGV[2], 'until', now + ARGV[3])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1] + ARGV[3] + 1000)
return 0
