import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { variableNames } from '../../src/config/index.js';

describe.each(['deploy-kubernetes.md', 'deploy-azure.md'])('docs/%s', (name) => {
  const text = readFileSync(path.join('docs', name), 'utf8');

  it('links to what exists', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) =>
      path.join('docs', target),
    );
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((target) => !existsSync(target))).toEqual([]);
  });

  it('names files that exist', () => {
    const files = [...text.matchAll(/(?:deploy|test)\/[\w/.-]+\w/g)].map(([file]) => file);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  it('names variables that the service reads, or that its deployment does', () => {
    const parameters = readFileSync(path.join('deploy', 'azure', 'main.parameters.json'), 'utf8');
    const variables = [...text.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, variable = '']) => variable);
    const unknown = variables.filter(
      (variable) => !variableNames().has(variable) && !parameters.includes(variable),
    );
    expect(unknown).toEqual([]);
  });
});
