import { fileURLToPath } from 'node:url';

import { VENDORS } from './names.js';
import type { VendorCase } from './simulation.js';

/** The source of a declaration. */
export function declarationOf(slug: string): string {
  return fileURLToPath(new URL(`./declarations/${slug}.ts`, import.meta.url));
}

/** The vendors whose names begin with one letter up to another. */
export async function casesBetween(first: string, last: string): Promise<VendorCase[]> {
  const chosen = Object.entries(VENDORS).filter(([name]) => {
    const letter = name[0]!.toLowerCase();
    return letter >= first && letter <= last;
  });
  const cases: VendorCase[] = [];
  for (const [name, slug] of chosen) cases.push({ name, ...(await filesOf(slug)) });
  return cases;
}

/** One after the other: the test runner cannot link modules that are imported at the same time. */
async function filesOf(slug: string): Promise<Pick<VendorCase, 'declare' | 'simulate'>> {
  const declaration = (await import(`./declarations/${slug}.js`)) as Pick<VendorCase, 'declare'>;
  const simulator = (await import(`./simulators/${slug}.js`)) as Pick<VendorCase, 'simulate'>;
  return { declare: declaration.declare, simulate: simulator.simulate };
}
