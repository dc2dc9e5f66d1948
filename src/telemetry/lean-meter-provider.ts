import { type Meter, type MeterOptions, type MeterProvider } from '@opentelemetry/api';

import { type LocalHistograms } from './local-histograms.js';

/** Returns the SDK's meters, with local histograms in place of the SDK's for one scope. */
export class LeanMeterProvider implements MeterProvider {
  constructor(
    private readonly provider: MeterProvider,
    private readonly histograms: LocalHistograms,
  ) {}

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    const meter = this.provider.getMeter(name, version, options);
    return name === this.histograms.scope ? withHistograms(meter, this.histograms) : meter;
  }
}

function withHistograms(meter: Meter, histograms: LocalHistograms): Meter {
  return {
    createHistogram: (name, options) => histograms.create(name, options),
    createGauge: (name, options) => meter.createGauge(name, options),
    createCounter: (name, options) => meter.createCounter(name, options),
    createUpDownCounter: (name, options) => meter.createUpDownCounter(name, options),
    createObservableGauge: (name, options) => meter.createObservableGauge(name, options),
    createObservableCounter: (name, options) => meter.createObservableCounter(name, options),
    createObservableUpDownCounter: (name, options) => meter.createObservableUpDownCounter(name, options),
    addBatchObservableCallback: (callback, observables) =>
      meter.addBatchObservableCallback(callback, observables),
    removeBatchObservableCallback: (callback, observables) =>
      meter.removeBatchObservableCallback(callback, observables),
  };
}
