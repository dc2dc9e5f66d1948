import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { expect } from '@jest/globals';
import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Debian's, or another that this names. */
export const CHROMIUM = process.env['DESK_CHROMIUM'] ?? '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Opens the browser; whoever has opened it closes it. */
export async function openBrowser(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
}

/** A tab that notes all that must not happen. */
export class DeskTab {
  /** Requests to other hosts, errors, and what the content security policy has refused. */
  readonly faults: string[] = [];

  private constructor(
    readonly page: Page,
    url: string,
  ) {
    const { host } = new URL(url);
    page.on('request', (request) => {
      const asked = new URL(request.url());
      if (asked.host !== host) this.faults.push(`asked ${request.url()}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(String(error)));
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<DeskTab> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const tab = new DeskTab(await context.newPage(), url);
    await tab.page.goto(url);
    return tab;
  }

  /** Holds what is shown against axe's rules. */
  async expectAccessible(): Promise<void> {
    // Into the debugger's own world, where the page's policy does not apply.
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    expect(
      violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`),
      ),
    ).toEqual([]);
  }

  /** Keeps a picture, where one is asked for. */
  async picture(name: string): Promise<void> {
    const folder = process.env['DESK_PICTURES'];
    if (folder !== undefined) await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
  }

  /** Presses Tab until what has the focus is called this. */
  async tabTo(name: string | RegExp, max = 60): Promise<void> {
    for (let presses = 0; presses < max; presses++) {
      await this.page.keyboard.press('Tab');
      const label = await this.page.evaluate(() => {
        const { activeElement: element } = document;
        return (
          element?.getAttribute('aria-label') ??
          (element as HTMLInputElement | null)?.labels?.[0]?.textContent ??
          element?.textContent ??
          ''
        );
      });
      if (typeof name === 'string' ? label.trim() === name : name.test(label.trim())) return;
    }
    throw new Error(`no way by Tab to ${String(name)}`);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
