import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';

/** One line of the log. */
export interface LogLine {
  at: number;
  level: LogLevel;
  context: string;
  text: string;
}

/** The lines that a page gets when it is opened. */
const KEPT = 200;

/** Nest's own logger. It also keeps the last lines for the page of the sample. */
export class SampleLog extends ConsoleLogger {
  private readonly lines: LogLine[] = [];
  private readonly added = new Subject<LogLine>();

  /** The last lines, and then each new one. */
  readonly all = new Observable<LogLine>((subscriber) => {
    for (const line of this.lines) subscriber.next(line);
    return this.added.subscribe(subscriber);
  });

  protected override printMessages(
    messages: unknown[],
    context = '',
    level: LogLevel = 'log',
    ...rest: Rest
  ): void {
    for (const message of messages) {
      const line = { at: Date.now(), level, context, text: String(message) };
      this.lines.push(line);
      if (this.lines.length > KEPT) this.lines.shift();
      this.added.next(line);
    }
    super.printMessages(messages, context, level, ...rest);
  }
}

type Rest =
  Parameters<ConsoleLogger['printMessages']> extends [unknown?, unknown?, unknown?, ...infer R]
    ? R
    : never;
