/** Tells once if the very first response of an API is a 404, as a wrong base URL leads to. */
export class FirstAnswer {
  #isKnown = false;

  constructor(private readonly tell: () => void) {}

  note(status: number | undefined): void {
    if (this.#isKnown || status === undefined) return;
    this.#isKnown = true;
    if (status === 404) this.tell();
  }
}
