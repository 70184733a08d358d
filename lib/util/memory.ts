/**
 * Bytes that one token set may take in memory: its tokens first, then what else its response says. What an
 * account takes beside it makes that 64 KiB at most.
 */
export const LARGEST_TOKEN_SET = 61_440;

/** Levels of nested objects. What is nested deeper counts as too large. */
const DEEPEST = 32;

/** The most that V8 takes for each of these, in bytes. */
const OBJECT = 200;
const MEMBER = 72;
const STRING = 24;
const SCALAR = 16;

const BEYOND_LATIN_1 = /[^\0-\xff]/;

type Members = Readonly<Record<string, unknown>>;

/**
 * The bytes that a value takes in memory, at the most; `Infinity` as soon as that is more than `limit`, so
 * that a large value costs no more than a small one.
 */
export function sizeOf(value: unknown, limit = Infinity, depth = 0): number {
  if (typeof value === 'string') {
    return STRING + value.length * (value.length <= limit && BEYOND_LATIN_1.test(value) ? 2 : 1);
  }
  if (typeof value !== 'object' || value === null) return SCALAR;
  if (depth > DEEPEST || ArrayBuffer.isView(value)) return Infinity;
  const names = Object.keys(value);
  let size = OBJECT + names.length * MEMBER;
  for (const name of names) {
    if (size > limit) return Infinity;
    size += name.length + sizeOf((value as Members)[name], limit - size, depth + 1);
  }
  return size > limit ? Infinity : size;
}

/** The members that fit into `room`, taken in their order; the same object if all fit. */
export function fitting(members: Members, room: number): Members {
  const kept = Object.create(null) as Record<string, unknown>;
  let left = room - OBJECT;
  let isWhole = true;
  for (const [name, value] of Object.entries(members)) {
    const size = MEMBER + name.length + sizeOf(value, left);
    if (size > left) {
      isWhole = false;
      continue;
    }
    kept[name] = value;
    left -= size;
  }
  return isWhole ? members : Object.freeze(kept);
}

/** A copy of a text that does not keep the text in memory which it was cut from, as V8's slices do. */
export function detached<T>(value: T): T {
  return typeof value === 'string' ? (JSON.parse(JSON.stringify(value)) as T) : value;
}

/** A copy that inherits nothing, so that `Object.prototype` cannot add what the original leaves out. */
export function bare<T extends object>(members: T): T {
  return Object.assign<object, T>(Object.create(null) as object, members);
}
