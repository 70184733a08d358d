// `import` and `require` must give the same classes, or Nest takes them for different providers.
import { strictEqual } from 'node:assert';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const entries = {
  'nestjs-oauth2-client': 'OAuth2ClientModule',
  'nestjs-oauth2-client/redis': 'RedisTokenStore',
  'nestjs-oauth2-client/store-contract': 'tokenStoreContract',
};
for (const [entry, name] of Object.entries(entries)) {
  const imported = await import(entry);
  strictEqual(typeof imported[name], 'function');
  strictEqual(require(entry)[name], imported[name]);
}
