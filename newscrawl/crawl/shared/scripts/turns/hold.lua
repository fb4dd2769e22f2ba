-- KEYS[1]: a host. ARGV: who has the turn, and for how many milliseconds more nobody else may ask.
-- Returns 1 where it is still the asker's turn, else 0.
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' or redis.call('HGET', KEYS[1], 'by') ~= ARGV[1] then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'until', now + ARGV[2])
if redis.call('PTTL', KEYS[1]) < ARGV[2] + 1000 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2] + 1000)
end
return 1
