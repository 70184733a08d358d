/** A place where a server stops until a test lets it go on. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  readonly #watchers: { count: number; resolve: () => void }[] = [];
  #arrived = 0;
  #open = false;

  /** Waits here; resolves when the gate is opened. */
  pass(): Promise<void> {
    this.#arrived++;
    for (const { count, resolve } of this.#watchers) if (this.#arrived >= count) resolve();
    return this.#open
      ? Promise.resolve()
      : new Promise((resolve) => void this.#waiting.push(resolve));
  }

  /** Resolves when so many have come to the gate in all. */
  arrived(count = 1): Promise<void> {
    return new Promise((resolve) => {
      if (this.#arrived >= count) resolve();
      else this.#watchers.push({ count, resolve });
    });
  }

  /** Lets one of those who wait go on. */
  letOne(): void {
    this.#waiting.shift()?.();
  }

  /** Lets everyone go on, from now on. */
  open(): void {
    this.#open = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
