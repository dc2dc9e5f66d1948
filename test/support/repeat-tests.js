/** Has the tests and blocks of a suite run so often, in their order, each time with their own hooks. */
export function repeatTests(suite, times) {
  const once = [...suite.children];
  for (let run = 2; run <= times; run++) suite.children.push(...once.map((child) => copyOf(child, suite)));
}

/** Of a test, or a block of tests, that has not run yet. */
function copyOf(child, parent) {
  if (child.type === 'test') {
    return {
      ...child,
      parent,
      errors: [],
      retryReasons: [],
      unhandledRejectionErrorByPromise: new Map(),
    };
  }
  const block = { ...child, parent };
  block.children = child.children.map((inner) => copyOf(inner, block));
  return block;
}
