import { existsSync, readFileSync } from 'node:fs';

// Sums the reports of all lanes into the closing line, after the name and the first words of each test that failed, also
// of those that passed when tried again: whoever sees only the end of a log sees why it is red. A lane without a report has failed, and says so.
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
  for (const line of [...secondTriesOf(report), ...failuresOf(report)]) console.log(line);
}
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** A suite that failed with its tests is counted by them. */
function filesThatCouldNotBeLoaded({ testResults }) {
  return testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length;
}

function failuresOf({ testResults }) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults
      .filter(test => test.status === 'failed')
      .map(test => told('FAILED', `${name} > ${test.fullName}`, test.failureMessages.join('\n')));
    return failed.length === 0 && status === 'failed' ? [told('FAILED', name, message)] : failed;
  });
}

/** They are faults of the program or of the test, to be looked at, though they keep nobody from landing. */
function secondTriesOf({ testResults }) {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(test => test.status === 'passed' && test.failureMessages.length > 0)
      .map(test =>
        told('PASSED ONLY ON THE SECOND TRY', `${name} > ${test.fullName}`, test.failureMessages.join('\n')),
      ),
  );
}

function told(what, title, message) {
  return `${what} ${title}\n${message.slice(0, 1_500).replaceAll(/^/gm, '  ')}`;
}
