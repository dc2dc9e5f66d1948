import { describe, expect, it } from '@jest/globals';

import { Ledger } from './ledger.js';

describe('Ledger', () => {
  it('has the same totals for the same records, whatever happened before', () => {
    const straight = new Ledger();
    straight.put('ma\0' + '1', 7);
    straight.put('mb\0' + '1', 0xffffffff);
    const winding = new Ledger();
    winding.put('mb\0' + '1', 3);
    winding.put('ma\0' + '2', 0xfffffff0);
    winding.put('ma\0' + '1', 7);
    winding.put('mb\0' + '1', 0xffffffff);
    winding.delete('ma\0' + '2');
    winding.delete('ma\0' + 'never there');
    expect(winding.totals).toEqual(straight.totals);
    expect(winding.totals.records).toBe(2);
  });

  it('tells a lost record, and an old value, from the right ones', () => {
    const ledger = new Ledger();
    ledger.put('ma\0' + '1', 7);
    const { totals } = ledger;
    ledger.put('ma\0' + '1', 8);
    expect(ledger.totals).not.toEqual(totals);
    ledger.delete('ma\0' + '1');
    expect(ledger.totals).toEqual(new Ledger().totals);
  });

  it('finds the records of one kind at one address', () => {
    const ledger = new Ledger();
    for (const key of ['ma\0' + '1', 'ma\0' + '2', 'mab\0' + '3', 'na\0']) ledger.put(key, 1);
    expect(ledger.keys('ma\0')).toEqual(['ma\0' + '1', 'ma\0' + '2']);
    expect(ledger.keys('mc\0')).toEqual([]);
  });
});
