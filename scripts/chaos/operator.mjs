import { renameSync, writeFileSync } from 'node:fs';

import { FAMILIES } from './settings.mjs';

/** Configures a refresh token for each person: writes the file that the instances read. */
export class Operator {
  #tokens = {};

  constructor(file, vendor, write) {
    this.file = file;
    this.vendor = vendor;
    this.write = write;
    for (const family of FAMILIES) this.#tokens[family] = vendor.consent(family);
    this.#save();
  }

  configure(family) {
    this.#tokens[family] = this.vendor.consent(family);
    this.#save();
    this.write({ by: 'operator', e: 'configured', family });
  }

  /** Replaces every refresh token that the vendor has revoked. */
  replaceDead() {
    for (const family of FAMILIES) {
      if (this.vendor.isDead(this.#tokens[family])) this.configure(family);
    }
  }

  #save() {
    writeFileSync(`${this.file}.new`, JSON.stringify(this.#tokens));
    renameSync(`${this.file}.new`, this.file);
  }
}
