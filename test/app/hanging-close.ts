// A process whose close never ends, for pid-one.e2e-spec.ts: its argument is the deadline in milliseconds.
import { ConsoleLogger } from '@nestjs/common';

import { stopOnSignals } from '../../src/stop-on-signals.js';

stopOnSignals(new ConsoleLogger({ logLevels: [] }), {
  close: () => new Promise(() => process.stdout.write('closing\n')),
  deadlineMs: Number(process.argv[2]),
});
// Something keeps the process alive, as open connections do.
setInterval(() => undefined, 1_000);
process.stdout.write('ready\n');
