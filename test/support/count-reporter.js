/** Prints the run's result as `N passed, N failed` on a line of its own, after Jest's summary. */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    // A suite that could not be loaded ran no test, and still is a failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    // On the next turn, so that it comes after the summary of the default reporter.
    this.line = `${results.numPassedTests} passed, ${failed} failed`;
    process.once('exit', () => process.stdout.write(`${this.line}\n`));
  }
}
