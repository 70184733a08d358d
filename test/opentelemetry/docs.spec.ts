import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';

import { Telemetry } from '../support/telemetry.js';
import { everything } from './everything.js';
import { Scene } from './observed-app.js';

const TYPES: Partial<Record<DataPointType, string>> = {
  [DataPointType.GAUGE]: 'gauge',
  [DataPointType.SUM]: 'counter',
  [DataPointType.HISTOGRAM]: 'histogram',
};

const page = readFileSync('docs/metrics.md', 'utf8');

let telemetry: Telemetry;
let scene: Scene;
let exported: MetricData[];

beforeAll(async () => {
  telemetry = Telemetry.start();
  scene = await Scene.prepare();
  await everything(scene);
  exported = await telemetry.exported();
});
afterAll(async () => {
  await scene.close();
  await telemetry.close();
});

/** The cells of the table below a heading, without its head. */
function rowsBelow(heading: string): string[][] {
  const section = page.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const quoted = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

describe('docs/metrics.md', () => {
  it('the table has each metric with type, unit and attributes, and no other', () => {
    const documented = rowsBelow('Metrics').map(([name, type, unit, attributes]) => ({
      name: `oauth2.client.${quoted(name)[0]}`,
      type,
      unit: quoted(unit)[0],
      attributes: new Set(['oauth2.provider', ...quoted(attributes)]),
    }));
    const real = exported.map(({ descriptor: { name, unit }, dataPointType, dataPoints }) => ({
      name,
      type: TYPES[dataPointType],
      unit,
      attributes: new Set(dataPoints.flatMap(({ attributes }) => Object.keys(attributes))),
    }));
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
    expect(documented.sort(byName)).toEqual(real.sort(byName));
  });

  it('a line explains each metric of the table', () => {
    const names = rowsBelow('Metrics').flatMap(([name]) => quoted(name));
    const explained = [...page.matchAll(/^- `([\w.]+)`:/gm)].map(([, name]) => name);
    expect(explained).toEqual(names);
  });

  it('the tables have the panels of the dashboard and the alerts with their severities', () => {
    const { panels } = JSON.parse(readFileSync('docs/grafana/dashboard.json', 'utf8')) as {
      panels: { title: string }[];
    };
    expect(rowsBelow('Dashboard').map(([title]) => title)).toEqual(
      panels.map(({ title }) => title),
    );
    const rules = readFileSync('docs/prometheus/alerts.yml', 'utf8').matchAll(
      /- alert: (\w+)[^]*?severity: (\w+)/g,
    );
    expect(rowsBelow('Alerts').map(([name, , severity]) => [quoted(name)[0], severity])).toEqual(
      [...rules].map(([, name, severity]) => [name, severity]),
    );
  });
});
