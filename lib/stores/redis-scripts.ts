/** Bytes. What is larger is none of ours: its beginning is read, which has the version, and does not open. */
const LARGEST = 1_048_576;

/**
 * `KEYS` tokens, failure. What is no text, or would never expire, is not ours.
 *
 * @returns the token set, the failure, its milliseconds
 */
export const GET = `
local function text(key)
  if redis.call('TYPE', key).ok ~= 'string' or redis.call('PTTL', key) < 0 then return '' end
  return redis.call('GETRANGE', key, 0, ${LARGEST - 1})
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
  current = redis.call('GETRANGE', KEYS[1], 0, 127) -- as far as its version
end
local version = string.match(current, '^v%d+%.([%w_-]+)%.') or ''
local isOurs = current == '' or version == '' or string.match(current, '^v1%.')
if version ~= ARGV[1] or not isOurs then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[2])
return 1
`;

/**
 * Whoever holds the lock leaves a trace, which a release takes away.
 *
 * `KEYS` lock, trace; `ARGV` owner, milliseconds, milliseconds of the trace. Returns 0 if it is held, 1, or 2
 * if the last holder has not released it.
 */
export const LOCK = `
if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('PTTL', KEYS[1]) >= 0 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local abandoned = redis.call('EXISTS', KEYS[2]) == 1 and redis.call('PTTL', KEYS[2]) >= 0
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3])
if abandoned then return 2 end
return 1
`;

/** `KEYS` lock, trace, failure; `ARGV` owner, milliseconds, failure if there is one. Returns 1 or 0. */
export const RELEASE = `
local function ours(key)
  return redis.call('TYPE', key).ok == 'string' and redis.call('GET', key) == ARGV[1]
end
if ours(KEYS[2]) then redis.call('DEL', KEYS[2]) end
if not ours(KEYS[1]) then return 0 end
redis.call('DEL', KEYS[1])
if ARGV[3] then redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[2]) end
return 1
`;
