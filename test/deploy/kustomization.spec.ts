import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';

import { buildKustomization, filesBelow, readDocuments, readKustomization } from './build-kustomization.js';
import { type Manifest } from './manifests.js';
import { schemaProblems } from './schema-problems.js';
import { type Document, strategicMerge } from './strategic-merge.js';

const ROOT = path.join('deploy', 'kubernetes');
const OVERLAY = path.join(ROOT, 'overlays', 'azure');
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

describe('deploy/kubernetes', () => {
  const folders = filesBelow(ROOT)
    .filter((file) => path.basename(file) === 'kustomization.yaml')
    .map((file) => path.dirname(file));

  it('lists in its kustomizations what exists, and leaves nothing out', () => {
    const listed = folders.flatMap((folder) => {
      const { resources = [], patches = [] } = readKustomization(folder);
      const names = [...resources, ...patches.map(({ path: file }) => file)];
      return [path.join(folder, 'kustomization.yaml'), ...names.map((name) => path.join(folder, name))];
    });
    expect(listed.filter((file) => !existsSync(file))).toEqual([]);
    expect(filesBelow(ROOT).filter((file) => !listed.includes(file))).toEqual([]);
  });

  it('gives objects that fit their schemas, with no unknown field', () => {
    const objects = buildKustomization(OVERLAY);
    expect(objects.length).toBeGreaterThan(15);
    expect(
      objects.flatMap((object) => schemaProblems(object).map((problem) => [nameOf(object), problem])),
    ).toEqual([]);
  });

  it('leaves nothing for the overlay to set that it does not set', () => {
    expect(JSON.stringify(buildKustomization(path.join(ROOT, 'base')))).toContain('set-by-the-overlay');
    expect(JSON.stringify(buildKustomization(OVERLAY))).not.toContain('set-by-the-overlay');
  });

  (hasKubectl ? it : it.skip)('is read here as kubectl reads it', () => {
    for (const folder of [OVERLAY, path.join(ROOT, 'base')]) {
      const { stdout, stderr, status } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      const theirs = parseAllDocuments(stdout).map((document) => document.toJS() as Document);
      expect(byName(buildKustomization(folder))).toEqual(byName(theirs));
    }
  });
});

describe('the check of schemas', () => {
  const deployment = readDocuments(path.join(ROOT, 'base', 'workload.yaml'))[0] ?? {};
  const withSpec = (spec: Document): Document =>
    strategicMerge(deployment, { spec: { selector: {}, ...spec } });

  it.each([
    ['a wrong type', withSpec({ replicas: 'two' }), /replicas must be/],
    ['an unknown field', withSpec({ replica: 2 }), /unknown field \/spec\/replica/],
    [
      'an unknown field deep inside',
      withSpec({ template: { spec: { containers: [{ name: 'service', livenessProb: {} }] } } }),
      /unknown field \/spec\/template\/spec\/containers\/0\/livenessProb/,
    ],
    [
      'a missing field',
      { apiVersion: 'apps/v1', kind: 'Deployment', spec: {} },
      /required property selector/,
    ],
    [
      'an unknown kind',
      { apiVersion: 'apps/v2', kind: 'Deployment' },
      /no schema for \["apps\/v2","Deployment"\]/,
    ],
  ])('finds %s', (_what, object, problem) => {
    expect(schemaProblems(object).join('\n')).toMatch(problem);
  });
});

function nameOf(object: Document): string {
  const { kind, metadata } = object as unknown as Manifest;
  return `${kind} ${metadata.name}`;
}

function byName(objects: readonly Document[]): Record<string, Document> {
  return Object.fromEntries(objects.map((object) => [nameOf(object), object]));
}
