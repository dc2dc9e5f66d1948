/**
 * Prints the run's result as `N passed, N failed` on a line of its own, after Jest's summary, and before it the tests
 * that have passed only when they ran once more (see `TEST_RETRIES`).
 */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    // A suite that could not be loaded ran no test, and still is a failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const flaky = results.testResults.flatMap(({ testResults }) =>
      testResults.filter(({ status, invocations }) => status === 'passed' && invocations > 1),
    );
    const lines = flaky.map(({ fullName }) => `flaky: ${fullName}`);
    lines.push(`${results.numPassedTests} passed, ${failed} failed`);
    // On the next turn, so that it comes after the summary of the default reporter.
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
  }
}
