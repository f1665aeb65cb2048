import { readFileSync } from 'node:fs';

// Sums the reports of the test runners into the closing line.
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests + report.numFailedTestSuites - countSuitesOf(report);
  total.skipped += report.numPendingTests + report.numTodoTests;
}
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);

/** Suites that failed only with their tests, which are counted already. A file that could not be loaded has none. */
function countSuitesOf(report) {
  return (
    report.numFailedTestSuites -
    report.testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length
  );
}
