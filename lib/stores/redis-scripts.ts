/**
 * Reads texts. A value that is not a text, never expires or is too long was not written by this package: it counts as
 * missing and may be overwritten.
 *
 * A lock is `holder|holder before`, a trace `holder|last outcome`. The trace outlives the lock: a holder in
 * it has not released its lock, and the last outcome is the last version or failure that was written.
 */
const READING = `
local function text(key, longest)
  if redis.call('TYPE', key).ok ~= 'string' or redis.call('PTTL', key) < 0 then return '' end
  if redis.call('STRLEN', key) > longest then return '' end
  return redis.call('GET', key)
end
local function parts(value)
  local first, second = string.match(value, '^([^|]*)|(.*)$')
  local function short(part) return part and #part <= 128 and part or '' end
  return short(first or value), short(second)
end
local RECORD, MARK = 600000, 512
`;

/**
 * `KEYS` tokens, failure, trace.
 *
 * @returns the token set, the failure, its milliseconds, the last outcome
 */
export const GET = `${READING}
local _, last = parts(text(KEYS[3], MARK))
return { text(KEYS[1], RECORD), text(KEYS[2], RECORD), redis.call('PTTL', KEYS[2]), last }
`;

/**
 * Does not overwrite a record of a later version of this package. A repeated write succeeds again, because the reply
 * to the first one may be lost.
 *
 * `KEYS` tokens, failure, trace; `ARGV` version that is replaced, token set, milliseconds, its version,
 * milliseconds of the trace. Returns 1 or 0.
 */
export const SET = `${READING}
local current = text(KEYS[1], RECORD)
if current == ARGV[2] then return 1 end
local version = string.match(current, '^v%d+%.([%w_-]+)%.') or ''
local isOurs = current == '' or version == '' or string.match(current, '^v1%.')
if version ~= ARGV[1] or not isOurs then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[2])
local holder = parts(text(KEYS[3], MARK))
redis.call('SET', KEYS[3], holder .. '|' .. ARGV[4], 'PX', ARGV[5])
return 1
`;

/**
 * A holder that asks again gets the same reply again, because the first one may be lost. A lock that lives longer than
 * this package allows does not count.
 *
 * `KEYS` lock, trace; `ARGV` holder, milliseconds, milliseconds of the trace, those that a lock can live for
 * at most, a holder to be overruled.
 *
 * @returns 0 and the holder, or 1 and the last holder if that one has not released it
 */
export const LOCK = `${READING}
local held = text(KEYS[1], MARK)
local holder, before = parts(held)
if holder == ARGV[1] then return { 1, before } end
local counts = held ~= '' and redis.call('PTTL', KEYS[1]) <= tonumber(ARGV[4])
if counts and holder ~= ARGV[5] then return { 0, holder } end
local last
before, last = parts(text(KEYS[2], MARK))
redis.call('SET', KEYS[1], ARGV[1] .. '|' .. before, 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[1] .. '|' .. last, 'PX', ARGV[3])
return { 1, before }
`;

/** Needs no memory, so it works when Redis is full. `KEYS` lock; `ARGV` holder, milliseconds. Returns 1 or 0. */
export const EXTEND = `${READING}
if parts(text(KEYS[1], MARK)) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;

/**
 * Deletes the lock first: a script that has freed memory may write even when Redis is full.
 *
 * `KEYS` lock, trace, failure; `ARGV` holder, milliseconds of the trace, and if there is a failure: it, its
 * milliseconds, its name. Returns 1 or 0.
 */
export const RELEASE = `${READING}
local isOurs = parts(text(KEYS[1], MARK)) == ARGV[1]
if isOurs then redis.call('DEL', KEYS[1]) end
local holder, last = parts(text(KEYS[2], MARK))
if isOurs and ARGV[3] then
  redis.pcall('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
  last = ARGV[5]
end
if holder == ARGV[1] and last == '' then redis.call('DEL', KEYS[2]) end
if holder == ARGV[1] and last ~= '' then redis.pcall('SET', KEYS[2], '|' .. last, 'PX', ARGV[2]) end
if isOurs then return 1 end
return 0
`;
