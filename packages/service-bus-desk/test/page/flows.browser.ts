import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type BindingStatus } from 'service-bus-desk';
import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

import { bundleDeskPage } from '../../../../tools/bundle-desk-page.js';
import { until } from '../../../../test/support/until.js';
import { CHROMIUM, DeskTab, hasChromium, openBrowser } from './browser.js';
import { type ServedDesk, serveDesk } from './page-server.js';

const describeInBrowser = hasChromium ? describe : describe.skip;
if (!hasChromium)
  console.warn(`no ${CHROMIUM} here: the desk's page is not tried (DESK_CHROMIUM names another)`);

const LOOKS: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { colorScheme: 'light', viewport: { width: 390, height: 780 }, hasTouch: true }],
];

const BINDINGS: readonly BindingStatus[] = [
  {
    name: 'orders',
    entity: 'orders',
    health: 'up',
    running: 3,
    maxConcurrentCalls: 16,
    retriesWaiting: 4,
    circuit: 'closed',
    handled: 18_204,
    failed: 40,
  },
  {
    name: 'invoices',
    entity: 'invoices',
    health: 'down',
    reason: 'the entity is disabled',
    running: 0,
    maxConcurrentCalls: 8,
    retriesWaiting: 0,
    circuit: 'open',
  },
];

describeInBrowser('every flow of the page', () => {
  let folder: string;
  let browser: Browser;
  let desk: ServedDesk;
  let tab: DeskTab;
  let page: Page;

  const open = async (hash = '', options: BrowserContextOptions = {}): Promise<void> => {
    tab = await DeskTab.open(browser, desk.url + hash, options);
    ({ page } = tab);
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'desk-page-'));
    await bundleDeskPage(folder);
    const handlers = {
      bindings: () => BINDINGS,
      redrive: (): Promise<never> => Promise.reject(new Error('the first message failed again')),
    };
    [browser, desk] = await Promise.all([openBrowser(), serveDesk(folder, { handlers })]);
  });
  afterEach(async () => {
    expect(tab.faults).toEqual([]);
    await tab.close();
  });
  afterAll(async () => {
    await browser.close();
    await desk.close();
    await rm(folder, { recursive: true });
  });

  describe.each(LOOKS)('%s', (look, options) => {
    it.each([
      ['entities', '', /^orders 40/],
      ['overview', '#/entity?name=orders', 'Oldest message'],
      ['groups', '#/entity?name=orders&tab=dead-letters', /40 dead letters in 3 groups/],
      ['message', '#/entity?name=orders&tab=dead-letters&group=all&number=2', 'Fields'],
      ['messages', '#/entity?name=orders&tab=messages', '12 shown'],
      ['send', '#/entity?name=orders&tab=send', 'Correlation id'],
      ['scheduled', '#/entity?name=invoices&tab=scheduled', '1 shown'],
      ['sessions', '#/entity?name=carts&tab=sessions', 'cart-17'],
      ['rules', '#/entity?name=shop/Subscriptions/audit&tab=rules', 'large'],
      ['handlers', '#/handlers', '3 of 16 at work'],
      ['changes', '#/changes', 'Nothing was changed'],
    ])('%s', async (name, hash, text) => {
      await open(hash, options);
      const shown =
        typeof text === 'string'
          ? page.getByText(text).first()
          : name === 'entities'
            ? page.getByRole('row', { name: text })
            : page.getByText(text);
      await shown.waitFor();
      await tab.expectAccessible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await tab.picture(`${name}-${look}`);
    });
  });

  it('by mouse: resubmits an edited message', async () => {
    await open();
    await page.getByRole('link', { name: 'orders', exact: true }).click();
    await page.getByRole('link', { name: /^Dead letters/ }).click();
    await page.getByRole('link', { name: 'HttpError' }).click();
    await page.getByRole('region', { name: 'Messages' }).getByRole('link').first().click();
    await page.getByRole('button', { name: 'Edit…' }).click();
    await page.getByRole('textbox', { name: 'Body' }).fill('{"order":"repaired"}');
    await page.getByLabel('Properties to set').fill('repaired=true');
    await tab.picture('edit-light');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByLabel('To', { exact: true }).fill('orders-repaired');
    await page.getByRole('checkbox').uncheck();
    await page.getByRole('button', { name: 'Resubmit', exact: true }).click();
    await page.getByRole('dialog').getByText('1 of 1 done').waitFor();
    await tab.expectAccessible();
    await page.getByRole('button', { name: 'Done' }).click();
    await until(() => desk.emulator.entity('orders-repaired').counts.active === 1);
    await page.getByRole('link', { name: 'Changes' }).click();
    await page.getByRole('heading', { name: /^resubmit/ }).waitFor();
    await tab.picture('job-light');
  });

  it('by keyboard: tries a dry run, resubmits, and comes back where it was', async () => {
    await open('#/entity?name=orders&tab=dead-letters&group=all');
    await page.getByText(/shown,/).waitFor();
    await tab.tabTo('Resubmit…');
    await page.keyboard.press('Enter');
    await tab.tabTo('To');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('orders-repaired');
    await tab.tabTo('At most');
    await page.keyboard.type('2');
    await tab.tabTo(/^Ten first/);
    await page.keyboard.press('Space');
    await tab.tabTo('Dry run');
    await page.keyboard.press('Enter');
    await page.getByText('2 messages; nothing was changed').waitFor();
    await tab.tabTo('Resubmit');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('2 of 2 done').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Resubmit…');
  });

  it('by mouse and by keyboard: purges only when the name is typed', async () => {
    await open('#/entity?name=orders&tab=dead-letters&group=all&number=9');
    const article = page.getByRole('article');
    await article.getByRole('button', { name: 'Purge…' }).click();
    const purge = page.getByRole('button', { name: 'Purge', exact: true });
    await page.getByLabel('Type orders to go on').fill('order');
    expect(await purge.isDisabled()).toBe(true);
    await page.getByLabel('Type orders to go on').fill('orders');
    await tab.picture('purge-light');
    await purge.click();
    await page.getByRole('dialog').getByText('1 of 1 done').waitFor();
  });

  it('by mouse: redrives, and says what failed', async () => {
    await open('#/entity?name=orders&tab=dead-letters&group=all&number=10');
    await page.getByRole('article').getByRole('button', { name: 'Redrive…' }).click();
    await page.getByRole('button', { name: 'Redrive in place' }).click();
    await page.getByText('the first message failed again').waitFor();
    await tab.expectAccessible();
  });

  it('by keyboard: sends, schedules, and cancels what was scheduled', async () => {
    await open('#/entity?name=orders-repaired&tab=send');
    await page.getByRole('textbox', { name: 'Body' }).waitFor();
    await tab.tabTo('Body');
    await page.keyboard.type('{"by":"keyboard"}');
    await tab.tabTo('Send');
    await page.keyboard.press('Enter');
    await page.getByText('Sent to orders-repaired.').waitFor();
    await page.getByLabel('Not before').fill('2040-01-01T10:00');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText(/^Scheduled as #/).waitFor();
    await page.getByRole('link', { name: /^Scheduled/ }).click();
    await page.getByText('1 shown').waitFor();
    await tab.tabTo(/^Cancel #/);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('No messages.').waitFor();
  });

  it('by keyboard: reads the state of a session', async () => {
    await open('#/entity?name=carts&tab=sessions');
    await page.getByText('cart-17').waitFor();
    await tab.tabTo('cart-17');
    await page.keyboard.press('Enter');
    await page.getByText('"step": "paid"').waitFor();
    await tab.expectAccessible();
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('cart-17');
  });

  it('by mouse and by keyboard: tries a message on the rules', async () => {
    await open('#/entity?name=shop/Subscriptions/audit&tab=rules');
    await page.getByLabel('Subject').fill('order');
    await page.getByLabel('Properties').fill('total=101');
    await page.getByRole('button', { name: 'Try' }).click();
    await page.getByText('Yes: 1 of 2 rules take it.').waitFor();
    await tab.picture('match-light');
    await page.getByLabel('Properties').fill('total=1');
    await page.getByLabel('Subject').press('Enter');
    await page.getByText('No: no rule takes it.').waitFor();
    await tab.expectAccessible();
  });

  it('skips to the content, shows where the focus is, and traps nobody', async () => {
    await open('#/entity?name=orders');
    await page.getByText('Oldest message').waitFor();
    await page.keyboard.press('Tab');
    await tab.picture('skip-light');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    const seen = new Set<string>();
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      const [name, outline] = await page.evaluate(() => {
        const element = document.activeElement;
        return [
          element?.tagName === 'BODY' ? 'end' : (element?.textContent ?? ''),
          element ? getComputedStyle(element).outlineStyle : '',
        ];
      });
      if (name === 'end') break;
      expect([name, outline]).toEqual([name, 'solid']);
      seen.add(name ?? '');
    }
    expect([...seen]).toEqual(expect.arrayContaining(['Overview', 'Send', 'Sessions']));
  });

  it('asks for a key, and forgets it with the tab', async () => {
    const guarded = await serveDesk(folder, {
      deadLetters: 0,
      identify: ({ headers }) =>
        headers['x-api-key'] === 'sesame-0123456789'
          ? { name: 'a', maySee: true, mayChange: false }
          : undefined,
    });
    tab = await DeskTab.open(browser, guarded.url);
    ({ page } = tab);
    await page.getByLabel('API key or token').fill('sesame-0123456789');
    await tab.expectAccessible();
    await page.keyboard.press('Enter');
    await page.getByText('read only').waitFor();
    // The browser itself notes what was refused.
    tab.faults.splice(0, Infinity, ...tab.faults.filter((fault) => !fault.includes('401')));
    await guarded.close();
    tab.faults.splice(0, Infinity, ...tab.faults.filter((fault) => !fault.includes('ERR_')));
  });

  it('is usable at once with 1,000 entities, and stays smooth while they change', async () => {
    const large = await serveDesk(folder, { further: 1_000 });
    const numbers = async (): Promise<void> => {
      tab = await DeskTab.open(browser, 'about:blank');
      ({ page } = tab);
      const startedAtMs = performance.now();
      await page.goto(large.url);
      await page.getByRole('row', { name: /^orders 40/ }).waitFor();
      const usableMs = performance.now() - startedAtMs;
      expect(await page.getByRole('row').count()).toBeLessThan(80);
      const frames = page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            let count = 0;
            const startedAtMs = performance.now();
            const next = (): void => {
              count++;
              const tookMs = performance.now() - startedAtMs;
              document.querySelector('.rows')?.scrollBy(0, 30);
              if (tookMs < 4_000) requestAnimationFrame(next);
              else resolve(count / (tookMs / 1_000));
            };
            requestAnimationFrame(next);
          }),
      );
      const sender = large.client.createSender('tenant-0500-events');
      for (let sent = 0; sent < 8; sent++) await sender.sendMessages({ body: sent });
      console.info(
        `1,000 entities: usable after ${usableMs.toFixed(0)} ms, ${(await frames).toFixed(1)} frames a second`,
      );
      await tab.picture('thousand-light');
      expect(tab.faults.filter((fault) => !fault.includes('about:blank'))).toEqual(tab.faults);
    };
    try {
      await numbers();
    } finally {
      await large.close();
      tab.faults.splice(0);
    }
  });
});
