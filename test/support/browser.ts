import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium, type Browser, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const axe = fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url));

/** The Chromium of this machine: that of `CHROMIUM`, or the first one on the PATH. */
export function launchChromium(): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(
    existsSync,
  );
  const executablePath = process.env['CHROMIUM'] ?? found;
  if (!executablePath) throw new Error('There is no Chromium on the PATH: npm run pretest');
  return chromium.launch({ executablePath });
}

/** What axe finds fault with: the rule and the first elements of each violation. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axe, 'utf8'));
  return page.evaluate(async () => {
    interface Violation {
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }
    const { axe } = globalThis as unknown as {
      axe: { run(root: unknown): Promise<{ violations: Violation[] }> };
    };
    const { document } = globalThis as unknown as { document: unknown };
    const { violations } = await axe.run(document);
    return violations.map(
      ({ id, nodes: [first] }) => `${id}: ${first?.html} ${first?.failureSummary}`,
    );
  });
}
