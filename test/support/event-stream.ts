import { get, type IncomingMessage } from 'node:http';

/** One event of the board. */
export interface BoardUpdate {
  readonly now: number;
  readonly sections: readonly { readonly id: string; readonly html: string }[];
}

/** Reads the events of a board as they come. `fetch` would keep a connection open after it was aborted. */
export class EventStream {
  #text = '';
  #waiting: (() => void) | undefined;
  #hasEnded = false;

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#waiting?.();
    });
    response.on('close', () => {
      this.#hasEnded = true;
      this.#waiting?.();
    });
  }

  static open(url: string): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      get(url, (response) => resolve(new EventStream(response))).on('error', reject);
    });
  }

  /** The next update. */
  async next(): Promise<BoardUpdate> {
    for (;;) {
      const [, data] = /^data: (.*)\n\n/m.exec(this.#text) ?? [];
      if (data !== undefined) {
        this.#text = this.#text.slice(this.#text.indexOf(data) + data.length);
        return JSON.parse(data) as BoardUpdate;
      }
      if (this.#hasEnded) throw new Error('The stream has ended.');
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
  }

  /** The text of all updates until one has a text. */
  async until(part: string): Promise<string> {
    let all = '';
    while (!all.includes(part)) {
      const { sections } = await this.next();
      all += sections.map(({ html }) => html).join('\n');
    }
    return all;
  }

  /** Resolves when the server has ended it. */
  async ended(): Promise<void> {
    while (!this.#hasEnded) await new Promise<void>((resolve) => (this.#waiting = resolve));
  }

  close(): void {
    this.response.destroy();
  }
}
