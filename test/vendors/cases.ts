import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { VENDORS } from './names.js';
import type { VendorCase } from './simulation.js';

/** The source of a declaration. */
export function declarationOf(slug: string): string {
  return fileURLToPath(new URL(`./declarations/${slug}.ts`, import.meta.url));
}

/** The vendors from one letter up to another, those without files left out. */
export async function casesBetween(first: string, last: string): Promise<VendorCase[]> {
  const chosen = Object.entries({ ...unlisted(), ...VENDORS }).filter(([name, slug]) => {
    const letter = name[0]!.toLowerCase();
    return letter >= first && letter <= last && isWritten(slug);
  });
  const cases: VendorCase[] = [];
  for (const [name, slug] of chosen) cases.push({ name, ...(await filesOf(slug)) });
  return cases;
}

function isWritten(slug: string): boolean {
  const simulator = new URL(`./simulators/${slug}.ts`, import.meta.url);
  return existsSync(declarationOf(slug)) && existsSync(simulator);
}

/** One after the other: the test runner cannot link modules that are imported at the same time. */
async function filesOf(slug: string): Promise<Pick<VendorCase, 'declare' | 'simulate'>> {
  const declaration = (await import(`./declarations/${slug}.js`)) as Pick<VendorCase, 'declare'>;
  const simulator = (await import(`./simulators/${slug}.js`)) as Pick<VendorCase, 'simulate'>;
  return { declare: declaration.declare, simulate: simulator.simulate };
}

function unlisted(): Record<string, string> {
  const folder = fileURLToPath(new URL('./declarations', import.meta.url));
  const listed = Object.values(VENDORS);
  const slugs = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
  return Object.fromEntries(
    slugs.filter((slug) => !listed.includes(slug)).map((slug) => [slug, slug]),
  );
}
