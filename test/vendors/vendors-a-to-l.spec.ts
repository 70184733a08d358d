import { casesBetween } from './cases.js';
import { tryVendor } from './trial.js';

for (const vendor of await casesBetween('a', 'l')) tryVendor(vendor);
