/**
 * Bytes of memory for one token set: first its tokens, then the other members of its response. With the rest of its
 * state, an account takes 64 KiB at most.
 */
export const LARGEST_TOKEN_SET = 61_440;

/** Levels of nested objects. A deeper value counts as too large. */
const DEEPEST = 32;

/** The most bytes that V8 takes for each of these. */
const OBJECT = 200;
const MEMBER = 72;
const STRING = 24;
const SCALAR = 16;

const BEYOND_LATIN_1 = /[^\0-\xff]/;

type Members = Readonly<Record<string, unknown>>;

/**
 * The most bytes that a value takes in memory; `Infinity` once it exceeds `limit`, so that a large value takes no longer
 * to measure than a small one.
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

/** The members that fit into `room` bytes, in their order. Returns the same object if all fit. */
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

/** A copy of a text that is independent of the text it was cut from. V8's slices keep the whole text in memory. */
export function detached<T>(value: T): T {
  return typeof value === 'string' ? (JSON.parse(JSON.stringify(value)) as T) : value;
}

/** A copy without a prototype, so that `Object.prototype` cannot add missing members. */
export function bare<T extends object>(members: T): T {
  return Object.assign<object, T>(Object.create(null) as object, members);
}
