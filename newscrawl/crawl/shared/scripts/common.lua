-- Stands before every script about a crawl. KEYS[1]: the crawl, KEYS[2]: what is known of its site.
local crawl = KEYS[1]
local LONGEST = 65536

local KINDS = {
  id = 'string', ended = 'string', leader = 'string', articles = 'string', place = 'string',
  waiting = 'zset', workers = 'zset', items = 'hash', held = 'hash', claims = 'hash',
  seen = 'set', settled = 'stream',
}

local function is_other(key, kind)
  local found = redis.call('TYPE', key).ok
  return found ~= 'none' and found ~= kind
end

-- How many keys of the crawl are of another kind.
local function count_others()
  local count = 0
  for name, kind in pairs(KINDS) do
    count = count + (is_other(crawl .. ':' .. name, kind) and 1 or 0)
  end
  return count + (is_other(KEYS[2], 'hash') and 1 or 0)
end

local function delete_crawl()
  for name in pairs(KINDS) do
    redis.call('DEL', crawl .. ':' .. name)
  end
end

-- The number in a counter; nil where another program wrote something else.
local function number_in(name)
  local text = redis.call('GET', crawl .. ':' .. name)
  if not text then
    return 0
  end
  return string.match(text, '^%d+$') and #text < 16 and tonumber(text) or nil
end

local function count_up(name, by)
  local sum = (number_in(name) or 0) + by
  redis.call('SET', crawl .. ':' .. name, string.format('%.0f', sum))
  return sum
end

local function is_article(key)
  return string.sub(key, 1, 8) == 'article:' and #key <= LONGEST
end

-- The JSON of an article; false where there is none, or one too long to be ours.
local function item_of(key)
  return redis.call('HSTRLEN', crawl .. ':items', key) <= LONGEST
    and redis.call('HGET', crawl .. ':items', key)
end

-- Treat an article as if nobody had found it.
local function forget(key)
  redis.call('ZREM', crawl .. ':waiting', key)
  redis.call('HDEL', crawl .. ':held', key)
  redis.call('HDEL', crawl .. ':items', key)
  redis.call('SREM', crawl .. ':seen', key)
end

-- Have an article wait again, before those of its priority that were never handed out; forget it
-- and return false where it is not ours.
local function wait_again(key)
  local item = is_article(key) and item_of(key)
  if not item then
    forget(key)
    return false
  end
  local is_json, found = pcall(cjson.decode, item)
  local priority = is_json and type(found) == 'table' and tonumber(found.priority) or 0
  if not (math.abs(priority) <= 2 ^ 31) then
    priority = 0 -- also where it is no number
  end
  redis.call('HDEL', crawl .. ':held', key)
  redis.call('ZADD', crawl .. ':waiting', -priority * 2 ^ 40, key)
  return true
end
