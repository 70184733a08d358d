const { TestEnvironment } = require('jest-environment-node'); // comes with jest

/** Skips what comes after the first failure: a mutant that is caught once is caught. */
module.exports = class MutationEnvironment extends TestEnvironment {
  #isCaught = false;

  async handleTestEvent({ name, test }) {
    if (name === 'test_done') this.#isCaught ||= test.errors.length > 0;
    else if (name === 'test_start' && this.#isCaught) test.mode = 'skip';
  }
};
