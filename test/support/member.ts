import { execFile, fork, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { CompiledLib } from './compiled-lib.js';
import { FakeVendor } from './fake-vendor.js';
import { RedisServer } from './redis-server.js';

const SCRIPT = fileURLToPath(new URL('../e2e/children/member.mjs', import.meta.url));

const run = promisify(execFile);

/** What a member of a fleet is made of. */
export interface MemberOptions {
  readonly client: 'ioredis' | 'redis';
  /** Where it finds Redis; default: directly. */
  readonly redis: string;
  /** Members of the definition. */
  readonly provider: object;
}

interface Message {
  readonly at?: string;
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** One instance of an app, in a process of its own. */
export class Member {
  readonly #process: ChildProcess;
  #asked = 0;

  constructor(options: object) {
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
    this.#process = fork(SCRIPT, [JSON.stringify(options)], { stdio: [...stdio], execArgv: [] });
  }

  async reaches(point: string): Promise<void> {
    await this.#message(({ at }) => at === point);
  }

  async ask(method: string, ...parameters: unknown[]): Promise<string> {
    const id = ++this.#asked;
    this.#process.send([id, method, ...parameters]);
    const { result, error } = await this.#message((message) => message.id === id);
    if (error) throw new Error(error);
    return result as string;
  }

  /** The code of the error that it meets; `undefined` if it meets none. */
  codeOf(method: string): Promise<string | undefined> {
    return this.ask(method).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
  }

  /** A token, however often it must ask; `undefined` if there is none within so many milliseconds. */
  async tokenWithin(ms: number): Promise<string | undefined> {
    for (const end = Date.now() + ms; Date.now() < end; await pause(50)) {
      const token = await this.ask('token').catch(() => undefined);
      if (token !== undefined && Date.now() < end) return token;
    }
    return undefined;
  }

  /** Resolves when the process has stopped itself. */
  async isStopped(): Promise<void> {
    const state = async () =>
      (await run('ps', ['-o', 'state=', '-p', `${this.#process.pid}`])).stdout;
    while (!(await state()).startsWith('T')) await pause(20);
  }

  wake(): void {
    this.#process.kill('SIGCONT');
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const over = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await over;
  }

  #message(isIt: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      const end = () => reject(new Error('the process has ended'));
      const listen = (message: Message) => {
        if (!isIt(message)) return;
        this.#process.off('message', listen).off('exit', end);
        resolve(message);
      };
      this.#process.on('message', listen).once('exit', end);
    });
  }
}

/** A vendor whose refresh tokens are good for one use, a Redis, and the processes that share both. */
export class Fleet {
  readonly members: Member[] = [];
  readonly #common: object;
  /** What the vendor has seen. */
  readonly seen = { logins: 0, rotations: 0, reuses: 0 };
  /** Runs when a refresh token that is good has arrived, before the answer. */
  onRefresh: () => unknown = () => {};
  /** Members of every token response. */
  grants: object = {};
  /** The refresh token that is good now. */
  current: string = randomUUID();

  private constructor(
    readonly library: CompiledLib,
    readonly redis: RedisServer,
    readonly vendor: FakeVendor,
  ) {
    const key = randomBytes(32).toString('base64');
    this.#common = { library: library.url, vendor: vendor.url, key, prefix: randomUUID() };
    vendor.onToken = async ({ form }) => {
      if (form['grant_type'] !== 'refresh_token') this.seen.logins++;
      else if (form['refresh_token'] !== this.current) {
        this.seen.reuses++;
        return { status: 400, body: { error: 'invalid_grant' } };
      } else {
        this.seen.rotations++;
        await this.onRefresh();
      }
      this.current = randomUUID();
      return vendor.grant({ refresh_token: this.current, ...this.grants });
    };
  }

  static async start(): Promise<Fleet> {
    return new Fleet(new CompiledLib(), await RedisServer.alone(), await FakeVendor.start());
  }

  /** What a member logs in with by itself. */
  static readonly PASSWORD = { grantType: 'password', username: 'user', password: 'password' };

  /** What a member has that cannot log in. */
  get refreshOnly(): object {
    return { grantType: 'refresh_token', refreshToken: this.current };
  }

  async join(options: Partial<MemberOptions> = {}): Promise<Member> {
    const { redis, vendor } = this;
    const provider = { deadline: 3_000, ...(options.provider ?? Fleet.PASSWORD) };
    const member = new Member({
      ...this.#common,
      client: 'ioredis',
      redis: redis.url,
      ...options,
      provider: { ...provider, tokenEndpoint: `http://localhost:${vendor.port}/token` },
    });
    this.members.push(member);
    await member.reaches('start');
    return member;
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map((member) => member.end()));
    await Promise.all([this.vendor.close(), this.redis.stop()]);
    this.library.remove();
  }
}
