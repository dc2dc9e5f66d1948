import { readFile } from 'node:fs/promises';

import { beforeAll, describe, expect, it } from '@jest/globals';

describe('the tables of what the emulator does, and how that is known of the cloud (docs/emulator.md)', () => {
  let rows: string[][];
  beforeAll(async () => {
    const lines = (await readFile('docs/emulator.md', 'utf8')).split('\n');
    const cells = lines.filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1));
    rows = cells
      .map((row) => row.map((cell) => cell.trim()))
      .filter(([first = '']) => !/^(What|-)/.test(first));
  });

  it('say of each line whether it is known, assumed or chosen', () => {
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter(([, how = '']) => !/^(known|assumed|chosen)\b/.test(how))).toEqual([]);
  });
});
