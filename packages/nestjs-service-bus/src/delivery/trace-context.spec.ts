import { describe, expect, it } from '@jest/globals';

import { carriedTrace, readTraceContext, writeTraceContext } from './trace-context.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;

describe('readTraceContext', () => {
  it('reads either name, the standard one first', () => {
    const context = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true };
    expect(readTraceContext({ traceparent: TRACEPARENT })).toEqual(context);
    expect(readTraceContext({ 'Diagnostic-Id': TRACEPARENT })).toEqual(context);
    const other = TRACEPARENT.replace('0af7', '1af7');
    expect(readTraceContext({ traceparent: TRACEPARENT, 'Diagnostic-Id': other })).toEqual(context);
    expect(readTraceContext({ traceparent: '|legacy.1.', 'Diagnostic-Id': TRACEPARENT })).toEqual(context);
  });

  it.each([
    ['no properties', undefined],
    ['no trace', {}],
    ['a number', { traceparent: 7 }],
    ['an older form', { 'Diagnostic-Id': '|4bf92f3577b34da6.1.' }],
    ['capital letters', { traceparent: TRACEPARENT.toUpperCase() }],
    ['version ff', { traceparent: TRACEPARENT.replace('00-', 'ff-') }],
    ['no trace id', { traceparent: `00-${'0'.repeat(32)}-${SPAN_ID}-01` }],
    ['no span id', { traceparent: `00-${TRACE_ID}-${'0'.repeat(16)}-01` }],
    ['more than there is room for', { traceparent: `${TRACEPARENT}0` }],
  ])('finds nothing in %s', (_, properties) => {
    expect(readTraceContext(properties)).toBeUndefined();
  });

  it('takes what a later version adds', () => {
    expect(readTraceContext({ traceparent: `01-${TRACE_ID}-${SPAN_ID}-03-more` })?.traceFlags).toBe(3);
  });
});

describe('writeTraceContext', () => {
  it('writes both names, which read back as the same', () => {
    const span = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 0 };
    const written = writeTraceContext(span);
    expect(written).toEqual({
      traceparent: `00-${TRACE_ID}-${SPAN_ID}-00`,
      'Diagnostic-Id': `00-${TRACE_ID}-${SPAN_ID}-00`,
    });
    expect(readTraceContext(written)).toMatchObject(span);
  });
});

describe('carriedTrace', () => {
  it('carries on what came, under both names', () => {
    const both = { traceparent: TRACEPARENT, 'Diagnostic-Id': TRACEPARENT };
    expect(carriedTrace({ traceparent: TRACEPARENT, mine: 'no' })).toEqual(both);
    expect(carriedTrace({ 'Diagnostic-Id': TRACEPARENT, tracestate: 'vendor=1' })).toEqual({
      ...both,
      tracestate: 'vendor=1',
    });
  });

  it('changes nothing of what is no standard trace', () => {
    expect(carriedTrace({ 'Diagnostic-Id': '|legacy.1.' })).toEqual({ 'Diagnostic-Id': '|legacy.1.' });
    expect(carriedTrace({ traceparent: 'a', 'Diagnostic-Id': 'b' })).toEqual({
      traceparent: 'a',
      'Diagnostic-Id': 'b',
    });
  });

  it('is nothing where nothing came', () => {
    expect(carriedTrace(undefined)).toBeUndefined();
    expect(carriedTrace({ mine: 'no', tracestate: 'vendor=1' })).toBeUndefined();
  });
});
