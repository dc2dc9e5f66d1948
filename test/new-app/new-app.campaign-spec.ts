import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { type RepositoryCopy } from '../app/repository-copy.js';
import { compile } from '../support/compile.js';
import { copyWithCommand, type NewApp } from './copy-with-command.js';

jest.setTimeout(240_000);

const TEST_RUNNER = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
// Its own, and those of the files that know every app.
const TESTS = ['app/purchase-orders', 'src/config/configuration.spec', 'containers', 'test/deploy'];

describe('npm run new:app', () => {
  let copy: RepositoryCopy;
  let newApp: NewApp;
  beforeAll(async () => {
    ({ copy, newApp } = await copyWithCommand());
  });
  afterAll(() => copy.close());

  it('says how it is used', async () => {
    expect(await newApp('--help')).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('npm run new:app -- <name> [--dry-run]') as unknown,
    });
    expect(await newApp()).toMatchObject({
      exitCode: 1,
      errors: expect.stringMatching(/^one name is needed\n\nMakes a new app/) as unknown,
    });
    expect(await newApp('invoices', '--froce')).toMatchObject({
      exitCode: 1,
      errors: expect.stringMatching(/^Unknown option '--froce'\n\nMakes a new app/) as unknown,
    });
  });

  it('refuses names that no app can have, and changes nothing', async () => {
    const before = await copy.everything();
    const refusals = {
      PurchaseOrders: `"PurchaseOrders": an app's name is in kebab-case: purchase-orders\n`,
      '1st': `"1st": an app's name is in kebab-case, like invoices or purchase-orders\n`,
      http: 'http: there is src/http already, take another name\n',
      main: 'main: this name is reserved, take another one\n',
      'counter-in': 'counter-in: this name is reserved, take another one\n',
    };
    const results = await Promise.all(Object.keys(refusals).map((name) => newApp(name)));
    expect(results.map(({ errors }) => errors)).toEqual(Object.values(refusals));
    for (const { exitCode } of results) expect(exitCode).toBe(1);
    expect(await copy.everything()).toEqual(before);
  });

  it('changes nothing where a file is not as it has to be', async () => {
    const file = 'src/app.module.ts';
    const text = await copy.read(file);
    await copy.change(file, () => text.replaceAll('FEATURES', 'MODULES'));
    const before = await copy.everything();
    expect(await newApp('invoices')).toEqual({
      output: '',
      errors: `${file} has no object FEATURES: nothing was changed\n`,
      exitCode: 1,
    });
    expect(await copy.everything()).toEqual(before);
    await copy.change(file, () => text);
  });

  it('makes an app that passes all checks and processes a message', async () => {
    const before = await copy.everything();
    const rehearsal = await newApp('purchase-orders', '--dry-run');
    expect(rehearsal.exitCode).toBe(0);
    expect(await copy.everything()).toEqual(before);

    const made = await newApp('purchase-orders');
    expect(made).toMatchObject({ exitCode: 0, errors: '' });
    const after = await copy.everything();
    const touched = Object.keys(after).filter((file) => after[file] !== before[file]);
    const listed = [...made.output.matchAll(/^(?:CREATE|UPDATE) (.*)$/gm)].map(([, file = '']) => file);
    expect(listed.sort()).toEqual(touched.sort());
    expect(rehearsal.output.split('\n\n')[0]).toBe(made.output.split('\n\n')[0]);
    expect(rehearsal.output).toContain('nothing was written');
    expect(touched).toEqual(
      expect.arrayContaining(['Config.json', 'README.md', '.env.example', 'azure.yaml']),
    );

    const sources = touched.filter((file) => file.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(7);
    const [format, lint, tested] = await Promise.all([
      copy.node('node_modules/prettier/bin/prettier.cjs', '--ignore-unknown', '--check', ...touched),
      copy.node('node_modules/eslint/bin/eslint.js', ...sources, '--max-warnings', '0'),
      copy.node(...TEST_RUNNER, ...TESTS),
    ]);
    expect(format).toMatchObject({ exitCode: 0 });
    expect(lint).toEqual({ output: '', errors: '', exitCode: 0 });
    const compiled = sources.map((file) => copy.path(file));
    expect(compile(compiled, copy.path('tsconfig.json'))).toEqual([]);
    expect(tested.errors).toMatch(/^PASS test\/app\/purchase-orders\.spec\.ts/m);
    expect(tested.errors).not.toContain('FAIL');
    expect(tested.exitCode).toBe(0);
  });
});
