-- KEYS[1]: a host. ARGV: the milliseconds between two requests to it, who asks, and for how many
-- milliseconds nobody else may ask it meanwhile (0: others may).
-- Returns 0 where it is the asker's turn, else in how many milliseconds to ask again; -1 where
-- another program had written times later than the key itself lives, or none, or a key of another
-- kind: it is deleted.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'hash' and kind ~= 'none' then
  redis.call('DEL', KEYS[1])
  return -1
end
local function left(field)
  local at = redis.call('HGET', KEYS[1], field)
  return at and (tonumber(at) or math.huge) - now or 0
end
local wait, held = left('from'), left('until')
if math.max(wait, held) > math.max(redis.call('PTTL', KEYS[1]), 0) then
  redis.call('DEL', KEYS[1])
  return -1
end
if wait > 0 then
  return wait
end
if held > 0 then
  return math.min(held, 100)
end
redis.call('HSET', KEYS[1], 'from', now + ARGV[1])
if tonumber(ARGV[3]) > 0 then
  redis.call('HSET', KEYS[1], 'by', ARGV[2], 'until', now + ARGV[3])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1] + ARGV[3] + 1000)
return 0
