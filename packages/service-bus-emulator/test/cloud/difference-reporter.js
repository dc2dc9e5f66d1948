import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Tells each difference between the namespace and what the tests expect of it, as one line that can be sent to us. */
export default class DifferenceReporter {
  onTestResult(_test, { testFilePath, testResults, failureMessage, testExecError }) {
    const file = path.relative(process.cwd(), testFilePath);
    const count = (status) => testResults.filter((result) => result.status === status).length;
    process.stdout.write(
      `${file}: ${testExecError ? oneLine(failureMessage) : `${count('passed')} agree, ${count('failed')} differ, ${count('pending')} skipped`}\n`,
    );
    const source = readFileSync(testFilePath, 'utf8');
    for (const { status, fullName, title, failureDetails } of testResults) {
      if (status !== 'failed') continue;
      for (const failure of failureDetails.slice(0, 1)) {
        const { expected, came } = compared(failure);
        process.stdout.write(
          `difference: ${fullName} | expected: ${expected} | came: ${came} | source: ${sourceOf(source, title, file)}\n`,
        );
      }
    }
  }

  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = results;
    process.stdout.write(
      `${numPassedTests} agree, ${numFailedTests} differ, ${numPendingTests} skipped: they need the emulator's clock, its faults or a look into it\n` +
        (numRuntimeErrorTestSuites > 0 ? `${numRuntimeErrorTestSuites} files could not be run\n` : ''),
    );
  }
}

/** What was expected and what came, of a matcher's failure or of an error that nobody expected. */
function compared(failure) {
  const { matcherResult, message, stack } = failure ?? {};
  if (matcherResult && 'expected' in matcherResult) {
    return { expected: text(matcherResult.expected), came: text(matcherResult.actual) };
  }
  const expected = message?.includes('expect(') ? 'see what came' : 'no error';
  return { expected, came: oneLine(message ?? stack ?? String(failure)) };
}

function text(value) {
  if (value?.name !== undefined && value?.message !== undefined) {
    return oneLine(`${value.name} ${value.code ?? ''} ${value.message}`);
  }
  const json = JSON.stringify(value, (_key, part) => (part instanceof RegExp ? String(part) : part));
  return oneLine(json ?? String(value));
}

/** What the expectation stands on: the citation before the test or in it, and where the test is. */
function sourceOf(source, title, file) {
  const at = source.indexOf(title);
  const place = `${file}${at < 0 ? '' : `:${source.slice(0, at).split('\n').length}`}`;
  if (at < 0) return `${place}, docs/emulator.md`;
  const before = source
    .slice(0, at)
    .split(/\n\s*\n/)
    .at(-1);
  const within = source.slice(at).split(/\n\s*\n/)[0];
  const cited = /\/\/ (\[[^\n]+)/.exec(before + within)?.[1];
  return `${cited ?? 'docs/emulator.md'} (${place})`;
}

function oneLine(message) {
  return stripVTControlCharacters(String(message))
    .replace(/SharedAccess\w+=[^;\s]+/g, 'SharedAccess…')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 600);
}
