import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SCRIPT = fileURLToPath(new URL('../e2e/children/instance.mjs', import.meta.url));

/** Where an instance runs: the arguments of its script. */
export interface InstanceOptions {
  readonly library: string;
  readonly vendor: string;
  readonly redis: string;
  readonly prefix: string;
  readonly key: string;
  /** Milliseconds. */
  readonly deadline: number;
}

interface Message {
  readonly at?: string;
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** An instance of an app in a process of its own. */
export class Instance {
  readonly #process: ChildProcess;
  #asked = 0;

  private constructor(options: InstanceOptions, mark: readonly string[]) {
    const { library, vendor, redis, prefix, key, deadline } = options;
    const places = [library, vendor, redis, prefix, key, `${deadline}`];
    this.#process = fork(SCRIPT, [...places, ...mark], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
    });
  }

  /** @param mark where it says so and goes no further; or freezes, with `freezes` behind it */
  static async start(options: InstanceOptions, ...mark: string[]): Promise<Instance> {
    const instance = new Instance(options, mark);
    await instance.reaches('start');
    return instance;
  }

  async reaches(point: string): Promise<void> {
    await this.#message(({ at }) => at === point);
  }

  async ask<T>(method: string, ...parameters: unknown[]): Promise<T> {
    const id = ++this.#asked;
    this.#process.send([id, method, ...parameters]);
    const { result, error } = await this.#message((message) => message.id === id);
    if (error) throw new Error(error);
    return result as T;
  }

  /** Resolves when the process has stopped: to wake it before would be in vain. */
  async isFrozen(): Promise<void> {
    const state = async () =>
      (await run('ps', ['-o', 'state=', '-p', `${this.#process.pid}`])).stdout;
    while (!(await state()).startsWith('T'));
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const over = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await over;
  }

  #message(isIt: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      const end = () => reject(new Error('the instance has ended'));
      const listen = (message: Message) => {
        if (!isIt(message)) return;
        this.#process.off('message', listen);
        this.#process.off('exit', end);
        resolve(message);
      };
      this.#process.on('message', listen);
      this.#process.once('exit', end);
    });
  }
}
