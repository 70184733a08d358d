import type { ServerResponse } from 'node:http';

import type { Clock } from '../util/clock.js';
import type { Section } from './page.js';

/** Milliseconds between two updates at least. */
const SHORTEST = 250;
/** Milliseconds after which the page is updated although nothing has happened, because time passes. */
const LONGEST = 5_000;
/** An update may take this share of the time. With many accounts it comes less often. */
const SHARE = 0.1;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform', // no-transform: compression would hold events back
  'x-accel-buffering': 'no',
};

/** An open page. */
interface Stream {
  readonly out: ServerResponse;
  /** What it shows: the HTML of each section, without the times that it counts itself. */
  readonly shown: Map<string, string>;
}

/** What one update consists of: the sections of each open page, made from one snapshot. */
export interface Update<T> {
  readonly now: number;
  readonly sectionsFor: (reader: T) => readonly Section[];
}

/** The open pages, and what they are sent. There is no timer while no page is open. */
export class LiveStreams<T> {
  readonly #streams = new Map<T, Stream>();
  #cancel: (() => void) | undefined;
  /** When the timer fires, and when the last update ended: in monotonic milliseconds. */
  #due = Infinity;
  #rested = -Infinity;
  #isClosed = false;

  /** @param update takes the snapshot for one update */
  constructor(
    private readonly clock: Clock,
    private readonly update: () => Update<T>,
  ) {}

  /** Opens a stream. Its first event has the whole page. */
  open(reader: T, out: ServerResponse): void {
    if (out.destroyed) return; // the reader has left while a guard was deciding, so `close` has been emitted
    out.writeHead(200, HEADERS);
    if (this.#isClosed) return void out.end();
    this.#streams.set(reader, { out, shown: new Map() });
    out.on('close', () => {
      this.#streams.delete(reader);
      if (this.#streams.size === 0) this.#stop();
    });
    out.write('retry: 1000\n\n');
    this.changed();
  }

  /** Something has happened that pages show. */
  changed(): void {
    if (this.#streams.size > 0) this.#schedule(Math.max(this.clock.monotonic(), this.#rested));
  }

  /** Ends all streams: otherwise the app waits for them when it closes. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
    for (const { out } of this.#streams.values()) out.end();
    this.#streams.clear(); // nothing may be written to them any more
  }

  #schedule(at: number): void {
    if (at >= this.#due) return;
    this.#cancel?.();
    this.#due = at;
    this.#cancel = this.clock.after(at - this.clock.monotonic(), () => this.#send(), 'background');
  }

  #stop(): void {
    this.#cancel?.();
    this.#due = Infinity;
  }

  #send(): void {
    const begun = performance.now();
    this.#due = Infinity;
    const { now, sectionsFor } = this.update();
    for (const [reader, { out, shown }] of this.#streams) {
      if (out.writableNeedDrain) continue; // a slow reader gets the newest state later
      const news = sectionsFor(reader).filter(({ id, html }) => {
        const compared = html.replaceAll(/(<time[^>]*data-relative[^>]*>)[^<]*/g, '$1');
        const isNew = shown.get(id) !== compared;
        shown.set(id, compared);
        return isNew;
      });
      out.write(`data: ${JSON.stringify({ now, sections: news })}\n\n`);
    }
    const took = performance.now() - begun;
    const end = this.clock.monotonic();
    this.#rested = end + Math.max(SHORTEST, took / SHARE);
    this.#schedule(Math.max(end + LONGEST, this.#rested));
  }
}
