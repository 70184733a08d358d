// `import` and `require` must give the same classes, or Nest takes them for different providers.
import { strictEqual } from 'node:assert';
import { createRequire } from 'node:module';

import * as imported from 'nestjs-oauth2-client';

const required = createRequire(import.meta.url)('nestjs-oauth2-client');
strictEqual(required.OAuth2ClientModule, imported.OAuth2ClientModule);
