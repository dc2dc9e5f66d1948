import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser } from 'playwright-core';

import { bundleDeskPage } from '../../../../tools/bundle-desk-page.js';
import { CHROMIUM, DeskTab, hasChromium, openBrowser } from './browser.js';
import { type ServedDesk, serveDesk } from './page-server.js';

const describeInBrowser = hasChromium ? describe : describe.skip;
if (!hasChromium)
  console.warn(`no ${CHROMIUM} here: the desk's page is not tried (DESK_CHROMIUM names another)`);

describeInBrowser('the page, by keyboard', () => {
  let folder: string;
  let browser: Browser;
  let desk: ServedDesk;
  let tab: DeskTab;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'desk-page-'));
    await bundleDeskPage(folder);
    [browser, desk] = await Promise.all([openBrowser(), serveDesk(folder)]);
    tab = await DeskTab.open(browser, desk.url);
  });
  afterAll(async () => {
    await browser.close();
    await desk.close();
    await rm(folder, { recursive: true });
  });

  it('leads from the entities to a dead letter and purges its group', async () => {
    const { page } = tab;
    await page.getByRole('row', { name: /^orders 40/ }).waitFor();
    await tab.expectAccessible();
    await tab.tabTo('40 dead letters of orders');
    await page.keyboard.press('Enter');
    await page.getByText('40 dead letters in 3 groups').waitFor();
    await tab.tabTo('ValidationFailed');
    await page.keyboard.press('Enter');
    await tab.tabTo(/^\d+$/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page
      .getByRole('article')
      .getByText('items.<n>', { exact: false })
      .or(page.getByRole('article').getByText('quantity must be').first())
      .first()
      .waitFor();
    await tab.expectAccessible();
    await tab.tabTo('Purge…');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await dialog.getByRole('button', { name: 'Purge' }).isDisabled()).toBe(true);
    await tab.tabTo('Type orders to go on');
    await page.keyboard.type('orders');
    await tab.expectAccessible();
    await page.keyboard.press('Enter');
    await dialog.getByText(/1 of 1 done|5 of 5 done/).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(tab.faults).toEqual([]);
    expect(desk.audited.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'purge started',
      'purge done',
    ]);
  });
});
