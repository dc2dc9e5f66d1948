import { type Scan, scanRecords } from './scan-records.js';
import { Stamp } from './stamp.js';
import { damaged } from './store-error.js';
import { type Database } from './write-queue.js';

/** Reads a store, and compares it with everything that is known of it. @throws StoreError if it is damaged */
export async function verifyStore(directory: string, database: Database): Promise<Scan> {
  const stamp = await Stamp.read(directory);
  const scan = await scanRecords(database, stamp);
  const problem = scan.isFirstFormat ? scan.problem?.message : describeDamage(scan, stamp);
  if (problem !== undefined) throw damaged(directory, problem, { cause: scan.problem });
  return scan;
}

/** Says what does not fit; undefined for a whole store. */
function describeDamage(
  { ledger, damaged: altered, head, problem }: Scan,
  stamp: number | undefined,
): string | undefined {
  if (problem) return problem.message;
  if (stamp === undefined) return 'the file SERVICE-BUS-EMULATOR is missing';
  if (Number.isNaN(stamp)) return 'the file SERVICE-BUS-EMULATOR is not as it was written';
  if (!head) return `the record of what it holds is ${head === null ? 'altered' : 'missing'}`;
  if (altered.length > 0) return `altered: ${altered.length} of its ${head.totals.records} records`;
  const { totals } = ledger;
  if (totals.records !== head.totals.records)
    return `it has ${totals.records} records, and should have ${head.totals.records}`;
  if (totals.mixed !== head.totals.mixed || totals.sum !== head.totals.sum)
    return 'some of its records are older than they should be';
  if (head.count < stamp) return `the last ${stamp - head.count} of its ${stamp} writes are missing`;
  return undefined;
}
