import { describe, expect, it } from '@jest/globals';

import { TransferMemory, UnfinishedTransfers } from './unfinished-transfers.js';

const MEBIBYTE = 1024 * 1024;

describe('UnfinishedTransfers', () => {
  it('gives a client half a megabyte until it has proved something', () => {
    const all = new TransferMemory();
    let isProved = false;
    const transfers = new UnfinishedTransfers(all, () => isProved);
    expect(transfers.take(MEBIBYTE / 2)).toBe(true);
    expect(transfers.take(1)).toBe(false);
    transfers.give(1);
    expect(transfers.take(1)).toBe(true);
    isProved = true;
    expect(transfers.take(MEBIBYTE)).toBe(true);
    transfers.giveAll();
    expect(all.bytes).toBe(0);
  });

  it('bounds what all clients take together, and leaves some to those that have proved something', () => {
    const all = new TransferMemory();
    const strangers = Array.from({ length: 128 }, () => new UnfinishedTransfers(all, () => false));
    for (const stranger of strangers) expect(stranger.take(MEBIBYTE / 2)).toBe(true);
    expect(new UnfinishedTransfers(all, () => false).take(1)).toBe(false);
    const known = new UnfinishedTransfers(all, () => true);
    expect(known.take(448 * MEBIBYTE)).toBe(true);
    expect(known.take(1)).toBe(false);
    for (const stranger of strangers) stranger.giveAll();
    expect(known.take(1)).toBe(true);
  });

  it('neither takes nor gives for a connection that has ended', () => {
    const all = new TransferMemory();
    const transfers = new UnfinishedTransfers(all, () => true);
    transfers.take(MEBIBYTE);
    expect(transfers.isEnded).toBe(false);
    transfers.giveAll();
    expect(transfers.isEnded).toBe(true);
    transfers.give(MEBIBYTE);
    transfers.giveAll();
    expect(all.bytes).toBe(0);
    expect(transfers.take(1)).toBe(false);
    expect(all.bytes).toBe(0);
  });
});
