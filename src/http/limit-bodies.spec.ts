import { describe, expect, it } from '@jest/globals';
import { type Request, type Response } from 'express';
import { EventEmitter } from 'node:events';

import { ByteBudget } from './byte-budget.js';
import { holdBody, limitBodies, MAX_BODY_BYTES } from './limit-bodies.js';

describe('limitBodies', () => {
  const budget = new ByteBudget(MAX_BODY_BYTES);
  const ask = (headers: Record<string, string>, method = 'POST') => {
    const request = { method, headers } as unknown as Request;
    const response = Object.assign(new EventEmitter(), { setHeader: () => undefined });
    let refusal: unknown;
    limitBodies(budget)(request, response as unknown as Response, (error?: unknown) => {
      refusal = error;
    });
    const close = async (): Promise<void> => {
      response.emit('close');
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { request, refusal, close };
  };

  it('counts a body of unknown size as the largest', async () => {
    const unknown: Record<string, string>[] = [
      { 'transfer-encoding': 'chunked' },
      { 'content-length': 'many' },
      { 'content-length': '10', 'content-encoding': 'gzip' },
      { 'content-length': String(MAX_BODY_BYTES + 1) },
    ];
    for (const headers of unknown) {
      const { close } = ask(headers);
      expect(budget.freeBytes).toBe(0);
      await close();
      expect(budget.freeBytes).toBe(MAX_BODY_BYTES);
    }
    ask({});
    ask({ 'content-length': '10' }, 'GET');
    expect(budget.freeBytes).toBe(MAX_BODY_BYTES);
  });

  it('counts a body for as long as something is done with it, also after the answer', async () => {
    const { request, close } = ask({ 'content-length': String(MAX_BODY_BYTES) });
    let fail: (error: Error) => void = () => undefined;
    holdBody(request, new Promise((_resolve, reject) => (fail = reject)));
    await close();
    expect(ask({ 'content-length': '1' }).refusal).toMatchObject({ status: 503 });
    fail(new Error('the broker has never answered'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(ask({ 'content-length': '1' }).refusal).toBeUndefined();
  });
});
