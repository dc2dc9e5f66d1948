import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';

import { type CommandResult, type RepositoryCopy } from '../app/repository-copy.js';
import { copyWithCommand, type NewApp } from './copy-with-command.js';

jest.setTimeout(240_000);

const TEMPLATES = 'schematics/new-app/files/deploy/kubernetes/base/__name__';

// That the app passes all checks, and what the command refuses: see the campaign, `npm run test:new-app`.
describe('npm run new:app', () => {
  let copy: RepositoryCopy;
  let newApp: NewApp;
  beforeAll(async () => {
    ({ copy, newApp } = await copyWithCommand());
  });
  afterAll(() => copy.close());

  it('gives an app the queues and the deployment that the others have', async () => {
    const before = await copy.everything();
    const made = await newApp('purchase-orders');
    expect(made).toMatchObject({ exitCode: 0, errors: '' });
    const after = await copy.everything();
    const touched = Object.keys(after).filter((file) => after[file] !== before[file]);
    const listed = [...made.output.matchAll(/^(?:CREATE|UPDATE) (.*)$/gm)].map(([, file = '']) => file);
    expect(listed.sort()).toEqual(touched.sort());

    const settingsOf = (text: string, name: string): string | undefined =>
      new RegExp(`"name": "${name}",\\s+"properties": (\\{[^}]*\\})`, 'i')
        .exec(text)?.[1]
        ?.replaceAll(/\s+/g, ' ');
    for (const file of ['Config.json', 'deploy/azure/queues.json']) {
      const text = await copy.read(file);
      for (const way of ['in', 'out']) {
        expect(settingsOf(text, `purchase-orders-${way}`)).toBeDefined();
        expect(settingsOf(text, `purchase-orders-${way}`)).toBe(settingsOf(text, `counter-${way}`));
      }
    }
    const manifests = await readdir('deploy/kubernetes/base/counter');
    expect(await readdir(TEMPLATES)).toEqual(manifests.map((file) => `${file}.template`));
    for (const file of manifests) {
      const text = await copy.read(`deploy/kubernetes/base/purchase-orders/${file}`);
      expect(text.replaceAll('purchase-orders', 'counter')).toBe(
        await readFile(`deploy/kubernetes/base/counter/${file}`, 'utf8'),
      );
    }
    const parameters = await copy.read('deploy/azure/purchase-orders.bicepparam');
    expect(parameters.replaceAll('purchase-orders', 'counter').replaceAll('PURCHASE_ORDERS', 'COUNTER')).toBe(
      await readFile('deploy/azure/counter.bicepparam', 'utf8'),
    );
  });

  it('has written what the code declares, and writes what is changed there', async () => {
    const LOADER = copy.path('test/support/typescript.js');
    const exportDeployment = (): Promise<CommandResult> =>
      copy.node('--import', LOADER, 'test/deploy/export-declared.ts');
    const everything = await copy.everything();
    expect(await exportDeployment()).toEqual({ output: 'nothing to write\n', errors: '', exitCode: 0 });
    expect(await copy.everything()).toEqual(everything);

    const controller = 'src/purchase-orders/purchase-orders.controller.ts';
    const options =
      "maxConcurrentCalls: 32, entity: { lockDuration: 'PT30S', forwardDeadLettersTo: 'lost' },";
    await copy.change(controller, (text) => text.replace('allowReplyTo: false,', `$&\n${options}`));
    expect(await exportDeployment()).toMatchObject({
      output:
        'UPDATE Config.json\nUPDATE deploy/azure/queues.json\nUPDATE deploy/azure/apps.json\n' +
        'UPDATE deploy/kubernetes/base/purchase-orders/scaled-object.yaml\n',
      errors: '',
    });
    const queues = JSON.parse(await copy.read('deploy/azure/queues.json')) as { name: string }[];
    const input = { lockDuration: 'PT30S', forwardDeadLetteredMessagesTo: 'lost' };
    expect(queues.find(({ name }) => name === 'purchase-orders-in')).toMatchObject({ properties: input });
    expect(queues.at(-1)).toMatchObject({ name: 'lost' });
    const scaled = await copy.read('deploy/kubernetes/base/purchase-orders/scaled-object.yaml');
    expect(scaled).toContain("messageCount: '10'");

    await copy.change(controller, (text) => text.replace('PT1H', 'soon'));
    expect(await exportDeployment()).toMatchObject({
      output: '',
      errors: expect.stringMatching(/^.*purchase-orders.*soon.*\n$/) as unknown,
      exitCode: 1,
    });
    await copy.change(controller, (text) => text.replace('soon', 'PT1H'));
    const app = 'src/app.module.ts';
    const extra = "ServiceBusModule.forFeature({ pattern: 'extra' }),";
    const before = await copy.read(app);
    await copy.change(app, (text) => text.replace('HealthModule,', `$&\n${extra}`));
    expect((await exportDeployment()).errors).toMatch(
      /^feedback-form reads feedback-form-in and extra, and deploy\/ is .*\n$/,
    );
    await copy.change(app, () => before);
    await copy.change(controller, (text) =>
      text.replace(/queue: .*,/, "topic: 'events', subscription: 'purchase-orders',"),
    );
    expect((await exportDeployment()).errors).toMatch(
      /^purchase-orders reads events\/purchase-orders, and .* docs\/new-app.md for what is not a queue\n$/,
    );
  });

  it('takes no name twice', async () => {
    const { errors } = await newApp('purchase-orders');
    expect(errors).toBe('purchase-orders: there is src/purchase-orders already, take another name\n');
  });
});
