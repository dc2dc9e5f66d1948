import { existsSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { APPS } from '../../src/config/index.js';
import { apps, AZURE, readJson, readText } from './azure-files.js';
import { bicepTokens } from './bicep-tokens.js';
import { filesBelow } from './build-kustomization.js';
import { readManifests } from './manifests.js';
import { readBicep } from './read-bicep.js';

const manifests = readManifests(path.join('deploy', 'kubernetes', 'overlays', 'azure'));

describe('the Bicep files', () => {
  const files = filesBelow(AZURE).filter((file) => /\.bicep(?:param)?$/.test(file));
  const bicep = Object.fromEntries(files.map((file) => [file, readBicep(file)]));

  it('use nothing that they do not declare', () => {
    const undeclared = Object.entries(bicep).flatMap(([file, { undeclared: words }]) =>
      words.map((word) => `${file}:${word}`),
    );
    expect(undeclared).toEqual([]);
  });

  it('give each module the parameters that it takes', () => {
    const modules = Object.values(bicep).flatMap((file) => file.modules);
    expect(modules.map(({ symbol }) => symbol)).toEqual(['serviceBus', 'identities', 'scaler', 'hosting']);
    for (const { file, parameters } of modules) {
      const declared = bicep[file]?.parameters.map(({ name }) => name) ?? [];
      expect([file, [...parameters].sort()]).toEqual([file, declared.sort()]);
    }
  });

  it('give the container app the parameters that it takes', () => {
    const required = bicep[path.join(AZURE, 'container-app.bicep')]?.parameters.filter(
      ({ isRequired }) => isRequired,
    );
    for (const app of APPS) {
      const given = bicep[path.join(AZURE, `${app}.bicepparam`)]?.parameters.map(({ name }) => name);
      expect(given).toEqual(required?.map(({ name }) => name));
    }
  });

  it('set the parameters of the whole that have no default', () => {
    const declared = bicep[path.join(AZURE, 'main.bicep')]?.parameters ?? [];
    const { parameters } = readJson<{ parameters: object }>('main.parameters.json');
    expect(declared.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(parameters)));
    expect(Object.keys(parameters)).toEqual(
      expect.arrayContaining(declared.filter(({ isRequired }) => isRequired).map(({ name }) => name)),
    );
  });

  it('read files that exist, and leave none unread', () => {
    const read = Object.values(bicep).flatMap(({ content, modules }) => [
      ...content,
      ...modules.map(({ file }) => file),
    ]);
    expect(read.filter((file) => !existsSync(file))).toEqual([]);
    const entries = [
      'main.bicep',
      'main.parameters.json',
      'container-app.bicep',
      ...APPS.map((app) => `${app}.bicepparam`),
    ];
    const used = [...read, ...entries.map((name) => path.join(AZURE, name))];
    expect(filesBelow(AZURE).filter((file) => !used.includes(file))).toEqual([]);
  });

  it('name each type of resource in one version', () => {
    const types = new Set(Object.values(bicep).flatMap(({ resources }) => resources.map(({ type }) => type)));
    const names = [...types].map((type) => type.split('@')[0]);
    expect(names).toHaveLength(new Set(names).size);
    for (const type of types) expect(type).toMatch(/^Microsoft\.[A-Za-z]+(?:\/[A-Za-z]+)+@20\d\d-\d\d-\d\d$/);
  });

  it('make a namespace without keys, over TLS 1.2', () => {
    expect(readText('modules/service-bus.bicep')).toMatch(
      /disableLocalAuth: true\n.*minimumTlsVersion: '1.2'/,
    );
  });

  // [Azure built-in roles, by the ids in their documentation]
  it('give an app the rights to receive and to send, KEDA that to manage, and each on a queue', () => {
    const roles = (name: string): string[] =>
      readText(name).match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
    const receive = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0';
    const send = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39';
    expect(roles('modules/app-identity.bicep')).toEqual([receive, send]);
    expect(roles('modules/scaler-identity.bicep')).toEqual(['090c5cfd-751d-490a-894a-3ce6f1109419']);
    expect(roles('modules/container-apps.bicep')).toEqual(['7f951dda-4ed3-4680-a7ca-43fe172d538d']);
    const scopes = ['app', 'scaler'].flatMap(
      (name) => readText(`modules/${name}-identity.bicep`).match(/scope: .*/g) ?? [],
    );
    expect(scopes).toEqual([
      'scope: inputQueues[index]',
      'scope: outputQueues[index]',
      'scope: scaled[index]',
    ]);
  });

  it('trust the service accounts of deploy/kubernetes', () => {
    const [namespace] = manifests('Namespace');
    expect(readText('main.bicep')).toContain(
      `param kubernetesNamespace string = '${namespace?.metadata.name}'`,
    );
    expect(readText('main.bicep')).toContain("serviceAccount: '${kubernetesNamespace}:${app.name}'");
    const accounts = manifests('ServiceAccount').map(({ metadata }) => metadata.name);
    expect(accounts.sort()).toEqual(apps.map(({ name }) => name).sort());
  });
});

describe('the reader of Bicep', () => {
  it.each(['var a = [', "var a = 'b", 'var a = (b]', "var a = '${b'"])('refuses %s', (source) => {
    expect(() => bicepTokens(source)).toThrow();
  });

  it('sees the expressions in strings', () => {
    const words = bicepTokens("var a = '${first(b)}-${c}' // d").filter(({ kind }) => kind === 'word');
    expect(words.map(({ text }) => text)).toEqual(['var', 'a', 'first', 'b', 'c']);
  });
});
