-- KEYS[1]: the crawl, KEYS[2]: what is known of its site.
-- Deletes a crawl with keys of another kind, as if Redis had come back without memory: its workers
-- share again what waits in their archives. Returns how many keys were not ours.
local count = count_others()
if is_other(KEYS[2], 'hash') then
  redis.call('DEL', KEYS[2])
end
if count_others() > 0 then
  delete_crawl()
end
return count
