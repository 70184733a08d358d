import { type History, type Mark, type Span } from './history.js';
import { html, type Html } from './html.js';
import { count, duration, type State } from './words.js';

const MINUTE = 60_000;

/** The times that a timeline can show, by their names in the query. */
export const WINDOWS: Readonly<Record<string, number>> = {
  '5 min': 5 * MINUTE,
  '15 min': 15 * MINUTE,
  '1 h': 60 * MINUTE,
  '6 h': 360 * MINUTE,
  '24 h': 1_440 * MINUTE,
};

/** The shortest window that shows everything since the start, and an hour at most. */
export function usualWindow(uptime: number): string {
  return ['5 min', '15 min'].find((name) => uptime < WINDOWS[name]!) ?? '1 h';
}

/** Marks that are closer than this share of the window are one. */
const COLUMNS = 150;

/** Top and height of the band by state: what is worse is higher, so that nobody depends on the colours. */
const BAND: Readonly<Record<State, readonly [y: number, height: number]>> = {
  unknown: [24, 4],
  up: [23, 6],
  degraded: [20, 12],
  down: [17, 18],
};

/** The sign of each kind of mark. The legend of the page has the same. */
export const SIGNS: Readonly<Record<Mark['kind'], Html>> = {
  renewed: html`<circle r="3" />`,
  failed: html`<path d="M-3-3 3 3M3-3-3 3" />`,
  rejected: html`<path d="M0-4 4 0 0 4-4 0Z" />`,
};

/** A time that is drawn: [from, to) in one state. */
interface Stretch {
  readonly state: State;
  readonly from: number;
  readonly to: number;
}

/** The recent past of a provider as a picture, with a sentence that says the same. */
export function timeline(id: string, history: History, now: number, window: number): Html {
  const begin = now - window;
  const stretches = stretchesOf(history.spans, now).filter(({ to }) => to > begin);
  const at = (time: number) => ((Math.max(time, begin) - begin) / window) * 100;
  return html`<figure class="timeline">
    <svg width="100%" height="56" role="img" aria-labelledby="${id}-caption">
      ${hatch(id)}
      <rect class="track" x="0" y="24" width="100%" height="4" rx="2" />
      ${stretches.map(({ state, from, to }) => band(id, state, at(from), at(to)))}
      ${marksOf(history, begin, window).map(sign)} ${ticks(window)}
    </svg>
    <figcaption id="${id}-caption">${sentence(history, stretches, begin, now)}</figcaption>
  </figure>`;
}

/** The pattern of times in which something still serves. */
function hatch(id: string): Html {
  return html`<pattern
    id="${id}-hatch"
    width="6"
    height="6"
    patternUnits="userSpaceOnUse"
    patternTransform="rotate(45)"
  >
    <rect class="hatch-back" width="6" height="6" />
    <rect class="hatch-line" width="3" height="6" />
  </pattern>`;
}

/** @param from where it begins, and `to` where it ends, in percent */
function band(id: string, state: State, from: number, to: number): Html {
  const [y, height] = BAND[state];
  const fill = state === 'degraded' && html`fill="url(#${id}-hatch)"`;
  return html`<rect
    class="band ${state}"
    x="${percent(from)}"
    y="${y}"
    width="${percent(Math.max(0.3, to - from))}"
    height="${height}"
    rx="2"
    ${fill}
  />`;
}

function sign({ kind, at }: Mark): Html {
  return html`<svg class="mark ${kind}" x="${percent(at)}" y="8">${SIGNS[kind]}</svg>`;
}

function ticks(window: number): Html[] {
  return ['start', 'middle', 'middle', 'middle', 'end'].map((anchor, i) => {
    const left = window * (1 - i / 4);
    const label = left === 0 ? 'now' : `−${short(left)}`;
    return html`<text x="${i * 25}%" y="52" text-anchor="${anchor}">${label}</text>`;
  });
}

function percent(n: number): string {
  return `${Math.round(n * 10) / 10}%`;
}

/** What is drawn of the states: a token that has expired no longer serves. */
function stretchesOf(spans: readonly Span[], now: number): Stretch[] {
  return spans.flatMap(({ state, from, until }, i) => {
    const end = spans[i + 1]?.from ?? now;
    if (state === 'down') return [{ state, from, to: end }];
    const to = Math.max(from, Math.min(until, end));
    const after: State = state === 'degraded' ? 'down' : 'unknown';
    return [
      { state, from, to },
      { state: after, from: to, to: end },
    ].filter((stretch) => stretch.state !== 'unknown' && stretch.to > stretch.from);
  });
}

/** The marks of the window, one for each kind and column. `at` is a percentage. */
function marksOf({ marks }: History, begin: number, window: number): Mark[] {
  const columns = new Map<string, Mark>();
  for (const { kind, at } of marks) {
    if (at < begin) continue;
    const column = Math.floor(((at - begin) / window) * COLUMNS);
    columns.set(`${kind} ${column}`, { kind, at: ((column + 0.5) / COLUMNS) * 100 });
  }
  return [...columns.values()];
}

/** The timeline in words. */
function sentence(
  history: History,
  stretches: readonly Stretch[],
  begin: number,
  now: number,
): string {
  const shown = Math.max(begin, history.since);
  const timeIn = (wanted: State) =>
    stretches
      .filter(({ state }) => state === wanted)
      .reduce((sum, { from, to }) => sum + Math.max(0, to - Math.max(from, shown)), 0);
  const marks = (wanted: Mark['kind']) =>
    history.marks.filter(({ kind, at }) => kind === wanted && at >= shown).length;
  const times = (['degraded', 'down'] as const).flatMap((state) => {
    const ms = timeIn(state);
    return ms > 0 ? [`${state} for ${duration(ms)}`] : [];
  });
  const parts = [
    count(marks('renewed'), 'renewal'),
    ...(marks('failed') > 0 ? [`${marks('failed')} failed`] : []),
    ...(marks('rejected') > 0 ? [`${count(marks('rejected'), 'token')} rejected by the API`] : []),
    ...times,
  ];
  return `In the last ${duration(now - shown)}: ${parts.join(', ')}.`;
}

function short(ms: number): string {
  const minutes = ms / MINUTE;
  if (minutes < 60) return `${Math.round(minutes * 100) / 100} min`;
  return `${Math.round((minutes / 60) * 100) / 100} h`;
}
