import { describe, expect, it } from '@jest/globals';

import { mayColor } from './may-color.js';

const TERMINAL = { isTTY: true };
const FILE = {};

describe('mayColor', () => {
  it('colours for terminals only', () => {
    expect(mayColor({}, [TERMINAL, TERMINAL])).toBe(true);
    expect(mayColor({}, [FILE, TERMINAL])).toBe(false);
    expect(mayColor({}, [TERMINAL, FILE])).toBe(false);
  });

  it.each([
    [{ NO_COLOR: '1' }, TERMINAL, false],
    [{ NO_COLOR: '' }, TERMINAL, true],
    [{ FORCE_COLOR: '1' }, FILE, true],
    [{ FORCE_COLOR: '0' }, TERMINAL, false],
    [{ FORCE_COLOR: 'false' }, TERMINAL, false],
    [{ FORCE_COLOR: '' }, FILE, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, FILE, false],
  ])('heeds %j', (variables, output, expected) => {
    expect(mayColor(variables, [output])).toBe(expected);
  });
});
