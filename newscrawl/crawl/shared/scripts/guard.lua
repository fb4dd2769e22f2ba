-- Stands before every script about a crawl but heal.lua: does nothing where that has work to do.
if count_others() > 0 then
  return redis.error_reply('SPOILED by another program')
end
