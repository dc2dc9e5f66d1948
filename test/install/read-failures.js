import { copyFile, rm } from 'node:fs/promises';

/** What the report of the failing tests has to show, line by line. */
const SHOWN = [
  // What was expected, and what there was.
  /^\s*-\s+"total": 9,$/m,
  /^\s*\+\s+"total": 8,$/m,
  /expected one message to be dead-lettered with \{ reason: 'TooExpensive' \}, found 0\. All there are:/,
  /reason: 'UndecodableMessage', description: /,
  /hanging: the handler has not ended for message \S+, attempt 1/,
  // The line of the test, and not of the library.
  /\d+ *\|.*bus\?\.deadLettered\.one\(/,
];

/** Runs tests that fail by a test runner, and expects its report to say why each of them does. */
export async function readFailures(project, [command, ...args]) {
  const test = project.path('src/failing-orders.spec.ts');
  await copyFile(project.path('src/failing-orders.ts'), test);
  try {
    const report = await project.run(command, args).then(
      () => 'no test has failed',
      (error) => error.message,
    );
    const missing = SHOWN.filter((line) => !line.test(report));
    if (missing.length > 0) throw new Error(`${missing.join(', ')} is missing from:\n${report}`);
  } finally {
    await rm(test);
  }
}
