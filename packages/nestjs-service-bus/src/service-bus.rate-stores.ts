import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import { type Binding } from './binding/binding.js';
import { type RateStoreSource, type ServiceBusRateStore } from './binding/rate-store.js';
import { problemsOfBinding } from './binding/resolve-binding.js';
import { isRateStore } from './binding/resolve-rate.js';
import { errorMessage, errorName } from './exceptions/describe-error.js';
import { toText } from './exceptions/read-thrown.js';

/** Finds the stores that rates are shared by. */
@Injectable()
export class ServiceBusRateStores {
  constructor(private readonly modules: ModuleRef) {}

  /** Undefined for a binding without. */
  of({ rate }: Binding): ServiceBusRateStore | undefined {
    const found = rate?.store === undefined ? undefined : this.find(rate.store);
    return isRateStore(found) ? found : undefined;
  }

  /** One line for a store that is not there, or is none. */
  problemsOf({ pattern, rate }: Binding): string[] {
    if (rate?.store === undefined) return [];
    const name = typeof rate.store === 'function' ? rate.store.name : toText(rate.store);
    try {
      if (isRateStore(this.find(rate.store))) return [];
      return problemsOfBinding(pattern, [`rate.store names ${name}, which has no method reserve`]);
    } catch (error) {
      const why =
        errorName(error) === 'UnknownElementException'
          ? 'no module provides it: add it to the providers of one'
          : errorMessage(error);
      return problemsOfBinding(pattern, [`rate.store names ${name}: ${why}`]);
    }
  }

  private find(source: RateStoreSource): unknown {
    return typeof source === 'object' ? source : this.modules.get<unknown>(source, { strict: false });
  }
}
