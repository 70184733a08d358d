import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Telemetry } from '../support/telemetry.js';
import { everything } from './everything.js';
import { Scene } from './observed-app.js';

const ALERTS = 'docs/prometheus/alerts.yml';
const ALERT_TESTS = 'test/opentelemetry/alerts.test.yml';

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly name: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
    readonly datasource: object;
    readonly targets: readonly { readonly expr: string; readonly datasource: object }[];
  }[];
}

const alerts = readFileSync(ALERTS, 'utf8');
const alertTests = readFileSync(ALERT_TESTS, 'utf8');
const { templating, panels } = JSON.parse(
  readFileSync('docs/grafana/dashboard.json', 'utf8'),
) as Dashboard;
const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** The values of each label of each metric on a page. */
type Exported = Map<string, Map<string, Set<string>>>;

let page: string;
let exported: Exported;
const folder = mkdtempSync(join(tmpdir(), 'promtool-'));

beforeAll(async () => {
  const telemetry = Telemetry.start();
  const scene = await Scene.prepare();
  await everything(scene);
  page = await telemetry.page();
  exported = metricsOn(page);
  await scene.close();
  await telemetry.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const LABEL = /(\w+)(=~|!~|!=|=)"([^"]*)"/g;

function metricsOn(text: string): Exported {
  const found: Exported = new Map();
  for (const [, name = '', labels = ''] of text.matchAll(/^(oauth2_\w+)\{(.*)\} \S+$/gm)) {
    const known = found.get(name) ?? new Map<string, Set<string>>();
    found.set(name, known);
    for (const [, label = '', , value = ''] of labels.matchAll(LABEL)) {
      known.set(label, (known.get(label) ?? new Set()).add(value));
    }
  }
  return found;
}

/** Metrics, labels and values of labels that a text uses and the app has not exported. */
function unknownIn(text: string): string[] {
  return [...text.matchAll(/\b(oauth2_client_\w+)(?:\{([^}]*)\})?/g)].flatMap(
    ([, name = '', selector = '']) => {
      const known = exported.get(name);
      if (!known) return [name];
      const used = [...selector.matchAll(LABEL)].filter(([, label]) => label !== 'instance');
      return used.flatMap(([, label = '', , values = '']) =>
        values
          .split('|')
          .filter((value) => !/^(\$provider|)$/.test(value) && !known.get(label)?.has(value))
          .map((value) => `${name}{${label}="${value}"}`),
      );
    },
  );
}

function promtool(args: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return status === 0 ? 'passed' : stdout + stderr;
}

describe('the page for Prometheus', () => {
  it('promtool finds no fault in it', () => {
    expect(promtool(['check', 'metrics'], page)).toBe('passed');
  });

  it('each metric on the page has a description', () => {
    const described = [...page.matchAll(/^# HELP (oauth2_\w+) [A-Z].+\.$/gm)].map(
      ([, name]) => name,
    );
    const base = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
    const names = [...exported.keys()].map((name) =>
      described.includes(name) ? name : base(name),
    );
    expect(new Set(names)).toEqual(new Set(described));
  });
});

describe('the alerts', () => {
  const names = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!);

  it('promtool finds no fault in the eight rules', () => {
    expect(promtool(['check', 'rules', ALERTS])).toBe('passed');
    expect(names).toHaveLength(8);
  });

  it('they use metrics and labels that an app exports', () => {
    expect(unknownIn(alerts)).toEqual([]);
  });

  it('their tests use metrics and labels that an app exports', () => {
    expect(unknownIn(alertTests)).toEqual([]);
  });

  it('each fires in its scenario, and none in a quiet one', () => {
    expect(promtool(['test', 'rules', ALERT_TESTS])).toBe('passed');
    for (const name of names) {
      expect(alertTests).toMatch(new RegExp(`alertname: ${name}\\n +exp_alerts:`));
    }
  });

  it('each has a runbook of one sentence', () => {
    const runbooks = [...alerts.matchAll(/^ +runbook: '([A-Z][^']+\.)'$/gm)];
    expect(runbooks).toHaveLength(names.length);
  });
});

describe('the dashboard', () => {
  it('eight panels without overlap use the data source that is chosen', () => {
    expect(panels).toHaveLength(8);
    const places = panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(8);
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'provider']);
    const sources = panels.flatMap(({ datasource, targets }) => [
      datasource,
      ...targets.map((target) => target.datasource),
    ]);
    for (const source of sources) {
      expect(source).toEqual({ type: 'prometheus', uid: '${datasource}' });
    }
  });

  it('its queries use metrics and labels that an app exports', () => {
    expect(queries.flatMap(unknownIn)).toEqual([]);
  });

  it('promtool finds no fault in its queries', () => {
    const rules = queries.map((expr, i) => ({
      record: `query_${i}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$provider', '.*'),
    }));
    const file = join(folder, 'queries.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    expect(promtool(['check', 'rules', file])).toBe('passed');
  });

  it('the check of its queries finds a metric or a label that no app exports', () => {
    expect(unknownIn('rate(oauth2_client_no_such_metric[5m])')).toEqual([
      'oauth2_client_no_such_metric',
    ]);
    expect(unknownIn('oauth2_client_account{state="up"}')).toEqual([
      'oauth2_client_account{state="up"}',
    ]);
  });
});
