import { describe, expect, it } from '@jest/globals';

import { traceProperties } from './trace-properties.js';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the trace of a request', () => {
  it('goes into its message under both names', () => {
    expect(traceProperties({ traceparent: TRACE, tracestate: 'vendor=1' }, {})).toEqual({
      traceparent: TRACE,
      'Diagnostic-Id': TRACE,
      tracestate: 'vendor=1',
    });
  });

  it('stays out of a message that tells its own', () => {
    expect(traceProperties({ traceparent: TRACE }, { traceparent: 'own' })).toEqual({});
    expect(traceProperties({ traceparent: TRACE }, { 'Diagnostic-Id': 'own' })).toEqual({});
  });

  it('is nothing when there is none, or what is said to be one is none', () => {
    expect(traceProperties({}, {})).toEqual({});
    expect(traceProperties({ traceparent: 'anything', tracestate: 'vendor=1' }, {})).toEqual({});
  });
});
