/**
 * `KEYS` tokens, failure. What is no text, or would never expire, is not ours.
 *
 * @returns the token set, the failure, its milliseconds
 */
export const GET = `
local function text(key)
  if redis.call('TYPE', key).ok ~= 'string' or redis.call('PTTL', key) < 0 then return '' end
  return redis.call('GET', key)
end
return { text(KEYS[1]), text(KEYS[2]), redis.call('PTTL', KEYS[2]) }
`;

/**
 * What a later version of this package has written stays.
 *
 * `KEYS` tokens, failure; `ARGV` version that is replaced, token set, milliseconds. Returns 1 or 0.
 */
export const SET = `
local current = ''
if redis.call('TYPE', KEYS[1]).ok == 'string' and redis.call('PTTL', KEYS[1]) >= 0 then
  current = redis.call('GET', KEYS[1])
end
local version = string.match(current, '^v%d+%.([%w_-]+)%.') or ''
local isOurs = current == '' or version == '' or string.match(current, '^v1%.')
if version ~= ARGV[1] or not isOurs then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[2])
return 1
`;

/** `KEYS` lock; `ARGV` owner, milliseconds. Returns 1 or 0. */
export const LOCK = `
if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('PTTL', KEYS[1]) >= 0 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

/** `KEYS` lock, failure; `ARGV` owner, milliseconds, failure if there is one. Returns 1 or 0. */
export const RELEASE = `
if redis.call('TYPE', KEYS[1]).ok ~= 'string' or redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if ARGV[3] then redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[2]) end
return 1
`;
