-- KEYS[1]: the crawl. ARGV: the worker, 1 where they are to be handed out again in this crawl,
-- and the keys of articles that it does not ask for.
local returned = 0
for i = 3, #ARGV do
  local key = ARGV[i]
  if redis.call('HGET', KEYS[1] .. ':held', key) == ARGV[1] then
    redis.call('HDEL', KEYS[1] .. ':held', key)
    local item = redis.call('HGET', KEYS[1] .. ':items', key)
    if item and ARGV[2] == '1' then
      local is_json, found = pcall(cjson.decode, item)
      local priority = is_json and type(found) == 'table' and tonumber(found.priority) or 0
      redis.call('ZADD', KEYS[1] .. ':waiting', -priority * 2 ^ 40, key)
    elseif item then
      redis.call('HDEL', KEYS[1] .. ':items', key)
      redis.call('SREM', KEYS[1] .. ':seen', key)
    end
    returned = returned + 1
  end
end
return returned
