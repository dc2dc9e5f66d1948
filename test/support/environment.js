import { promisify } from 'node:util';
import vm from 'node:vm';

import { TestEnvironment } from 'jest-environment-node';

import { repeatTests } from './repeat-tests.js';

/** How many timers are kept before those that are over are sorted out. */
const TIMERS_KEPT = 1_000;

const modulesOf = new WeakMap();
keepTrackOfModules();

/**
 * Jest's environment for Node, but for two things that cost half of the tests' time.
 *
 * Its global object asks a proxy for each `Math`, `Buffer` or `Infinity` that a module names, which takes a
 * microsecond: this one has a plain global object, as a process has.
 *
 * It keeps what a suite has loaded for good, 20 to 40 MB for each that starts an application, and the workers search
 * all of that for garbage: this one lets it go when the suite is over.
 */
export default class Environment extends TestEnvironment {
  constructor(...options) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...options);
    } finally {
      vm.createContext = createContext;
    }
    this.timers = new Timers(this.global);
  }

  /** `TEST_REPEATS=500 npm test -- …` has each suite run its tests so often: one that fails once is a fault. */
  handleTestEvent({ name }, { rootDescribeBlock }) {
    if (name === 'run_start') repeatTests(rootDescribeBlock, Number(process.env['TEST_REPEATS'] ?? 1));
  }

  async teardown() {
    const { context } = this;
    await super.teardown();
    this.timers.clear();
    for (const module of modulesOf.get(context) ?? []) forgetImports(module);
  }
}

/**
 * The timers that a suite starts. Those that it leaves behind would hold its objects, and the process, until they
 * end: the SDK waits for up to a minute for answers that a broken connection has swallowed, and closing its client
 * does not clear them.
 */
class Timers {
  started = new Set();
  limit = TIMERS_KEPT;

  constructor(global) {
    this.stop = global.clearTimeout;
    for (const name of ['setTimeout', 'setInterval']) {
      const start = global[name];
      global[name] = Object.assign((...args) => this.keep(start(...args)), {
        [promisify.custom]: start[promisify.custom],
      });
    }
  }

  keep(timer) {
    this.started.add(timer);
    if (this.started.size > this.limit) {
      for (const one of this.started) if (one._destroyed) this.started.delete(one);
      this.limit = Math.max(TIMERS_KEPT, 2 * this.started.size);
    }
    return timer;
  }

  clear() {
    for (const timer of this.started) this.stop.call(undefined, timer);
    this.started.clear();
  }
}

function keepTrackOfModules() {
  // Jest calls the constructor as it finds it here.
  const { SourceTextModule } = vm;
  vm.SourceTextModule = class extends SourceTextModule {
    constructor(source, options) {
      super(source, options);
      if (!options?.context) return;
      const modules = modulesOf.get(options.context) ?? [];
      modules.push(this);
      modulesOf.set(options.context, modules);
    }
  };
}

/**
 * Node 20 holds the modules that a module imports by handles from which the garbage collector starts, and drops them
 * when the importing module is instantiated; of a graph of modules only the first one ever is. To instantiate a
 * module a second time does nothing else.
 */
function forgetImports(module) {
  if (module.status !== 'linked' && module.status !== 'evaluated') return;
  const wrap = Object.getOwnPropertySymbols(module).find(({ description }) => description === 'kWrap');
  if (wrap && typeof module[wrap].instantiate === 'function') module[wrap].instantiate();
}
