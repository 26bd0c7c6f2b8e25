// Ends the run with one line that a machine can read: `N passed, N failed`, and `, N skipped` where there are any.
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export default class CountReporter implements Reporter {
  #line = '';

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      // A file that cannot be loaded, and a failing beforeAll, fail no test but the run.
      const failedSuites = [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
      count.failed += failedSuites.length;
    }
    const skipped = count.skipped + count.pending;
    this.#line = `${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    process.once('exit', () => process.stdout.write(`${this.#line}\n`)); // after all that others have to say
  }
}
