import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { APPS } from '../../src/config/index.js';
import { labelsOf, only, readManifests, selects } from './manifests.js';

const manifests = readManifests(path.join('deploy', 'kubernetes', 'overlays', 'azure'));
const deployments = manifests('Deployment');

describe('the NetworkPolicies', () => {
  const policies = manifests('NetworkPolicy');
  const of = (app: string): typeof policies =>
    policies.filter(({ spec }) => selects(spec.podSelector.matchLabels, labelsOf(only(deployments, app))));

  it.each(APPS)('close %s but for what it needs', (app) => {
    const closed = of(app).flatMap(({ spec }) => spec.policyTypes);
    expect(closed).toEqual(expect.arrayContaining(['Ingress', 'Egress']));
    const egress = of(app).flatMap(({ spec }) => spec.egress ?? []);
    const ports = egress.flatMap((rule) => rule.ports.map(({ port }) => port));
    expect([...new Set(ports)].sort((a, b) => a - b)).toEqual([53, 443, 4317, 4318, 5671]);
  });

  it('let nobody borrow the identity of the node', () => {
    const blocks = policies.flatMap(({ spec }) => spec.egress ?? []).flatMap(({ to }) => to ?? []);
    const open = blocks.flatMap(({ ipBlock }) => ipBlock ?? []);
    expect(open).toEqual([{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }]);
  });

  it('let everybody call the relay, and nobody but the monitoring the others', () => {
    const isOpen = (app: string): boolean =>
      of(app).some(({ spec }) => spec.ingress.some(({ from }) => from === undefined));
    expect(APPS.filter(isOpen)).toEqual(['relay']);
    const ports = policies.flatMap(({ spec }) => spec.ingress.flatMap((rule) => rule.ports));
    expect(new Set(ports.map(({ port }) => port))).toEqual(new Set(['http']));
  });
});
