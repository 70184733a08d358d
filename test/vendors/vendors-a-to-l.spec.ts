import { casesBetween } from './cases.js';
import { tryVendor } from './try-vendor.js';

for (const vendor of await casesBetween('a', 'l')) tryVendor(vendor);
