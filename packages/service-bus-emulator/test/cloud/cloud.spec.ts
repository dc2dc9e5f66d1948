import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it, jest } from '@jest/globals';

import { buildEmulator } from '../support/build-emulator.js';

// Not typed, as the rest of what Jest loads by its name.
const REPORTER: string = './difference-reporter.js';
const HERE = 'packages/service-bus-emulator/test/cloud';

describe('the suites against a namespace that is known by its connection string only', () => {
  it('agree with the standalone emulator over TLS, and leave nothing behind', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'service-bus-emulator-'));
    const env = { ...process.env, EMULATOR_MAIN: await buildEmulator(folder), CLOUD_CONNECTION: '' };
    const suites = ['batches', 'entity-status'];
    const { stdout } = await promisify(execFile)(process.execPath, [`${HERE}/run.js`, ...suites], { env });
    await rm(folder, { recursive: true });
    expect(stdout).toMatch(/batches\.spec\.ts: 7 agree, 0 differ, 1 skipped/);
    expect(stdout).toMatch(/^\d+ agree, 0 differ, \d skipped: they need/m);
    // The scenes have removed what they made: there is nothing left for the run to remove.
    expect(stdout).not.toContain('removed');
  }, 240_000);

  it('tell a difference in one line: what was expected by which source, and what came', async () => {
    const { default: DifferenceReporter } = (await import(REPORTER)) as {
      default: new () => { onTestResult(test: object, result: object): void };
    };
    const lines: unknown[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(line) > 0);
    const title = '%s, and says which';
    const failure = { matcherResult: { expected: 'sb://one', actual: 'sb://two?SharedAccessKey=secret' } };
    new DifferenceReporter().onTestResult(
      {},
      {
        testFilePath: path.resolve(HERE, '../errors.spec.ts'),
        testResults: [{ status: 'failed', fullName: 'a missing queue', title, failureDetails: [failure] }],
      },
    );
    write.mockRestore();
    expect(lines[0]).toMatch(/errors\.spec\.ts: 0 agree, 1 differ, 0 skipped\n$/);
    expect(lines[1]).toMatch(
      /^difference: a missing queue \| expected: "sb:\/\/one" \| came: "sb:\/\/two\?SharedAccess… \| source: \[JavaScript SDK's live suite: [^\n]+errors\.spec\.ts:\d+\)\n$/,
    );
  });
});
