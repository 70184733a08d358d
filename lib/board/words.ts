import type { TokenStatus } from '../lifecycle/token-access.js';
import { END_OF_TIME } from '../module/lifetime-line.js';
import { html, type Html } from './html.js';

/** The state of an account or of a provider. */
export type State = TokenStatus['state'];

/** From the best to the worst. */
export const STATES: readonly State[] = ['unknown', 'up', 'degraded', 'down'];

/** The name of each state and the shape of its icon, so that nobody depends on the colours. */
const STATE_SIGNS: Readonly<Record<State, readonly [name: string, path: string]>> = {
  unknown: ['Idle', 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm-3 6h6'],
  up: ['Up', 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM5.2 8.2l2 2 3.6-4'],
  degraded: ['Degraded', 'M8 2.2 14.4 13.4H1.6ZM8 6.4v3.4m0 1.6v.4'],
  down: ['Down', 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM5.8 5.8l4.4 4.4m0-4.4-4.4 4.4'],
};

export function nameOf(state: State): string {
  return STATE_SIGNS[state][0];
}

/** The state as an icon and a word. */
export function pill(state: State): Html {
  const [name, path] = STATE_SIGNS[state];
  return html`<span class="pill ${state}"
    ><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="${path}" /></svg
    >${name}</span
  >`;
}

/** A duration in its two largest units, such as `4 min 05 s`. The script of the page has the same function. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1_000));
  const two = (n: number) => `${n}`.padStart(2, '0');
  if (s < 60) return `${s} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  if (s < 86_400) return `${Math.floor(s / 3_600)} h ${two(Math.floor(s / 60) % 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor(s / 3_600) % 24} h`;
}

/** A moment that the page counts down to. */
export function countdown(at: number, now: number): Html {
  if (at >= END_OF_TIME) return html`does not expire`;
  const text = at > now ? `in ${duration(at - now)}` : `${duration(now - at)} ago`;
  return moment(at, text, 'relative');
}

/** A moment in the past, as the time since then. */
export function ago(at: number, now: number): Html {
  return moment(at, `${duration(now - at)} ago`, 'relative');
}

/** A moment as a time of the day in UTC, with its date if it is another day than today. */
export function clockTime(at: number, now: number): Html {
  const iso = new Date(at).toISOString();
  const isToday = iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  return moment(at, isToday ? iso.slice(11, 19) : iso.slice(0, 19).replace('T', ' '));
}

function moment(at: number, text: string, kind?: 'relative'): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso}" ${kind === 'relative' && html`data-relative`}
    >${text}</time
  >`;
}

/** A number with its noun, such as `3 accounts`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** A sentence of an error or of the log: what stands in backticks is code. */
export function prose(text: string): Html {
  const parts = text.split('`');
  const isPaired = parts.length % 2 === 1;
  return html`${parts.map((part, i) => (isPaired && i % 2 === 1 ? html`<code>${part}</code>` : html`${i > 0 && !isPaired && '`'}${part}`))}`;
}
