-- KEYS[1]: a host. ARGV: the milliseconds for which nothing is sent to it, counted from now,
-- and who had the turn that ends with this, or nothing.
local time = redis.call('TIME')
local from = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then
  redis.call('DEL', KEYS[1])
end
if redis.call('HGET', KEYS[1], 'by') == ARGV[2] then
  redis.call('HDEL', KEYS[1], 'by', 'until')
end
if from > (tonumber(redis.call('HGET', KEYS[1], 'from') or 0) or 0) then
  redis.call('HSET', KEYS[1], 'from', from)
end
if redis.call('PTTL', KEYS[1]) < ARGV[1] + 1000 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1] + 1000)
end
return 1
