import { existsSync, readFileSync } from 'node:fs';

// Sums the reports of all lanes into the closing line. A lane without a report has failed, and says so.
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    console.log(`${file} was not written: its lane ended before it could report.`);
    total.failed += 1;
    continue;
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests + filesThatCouldNotBeLoaded(report);
  total.skipped += report.numPendingTests + report.numTodoTests;
}
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** A suite that failed with its tests is counted by them. */
function filesThatCouldNotBeLoaded({ testResults }) {
  return testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length;
}
