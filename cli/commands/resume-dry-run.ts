import type { NodeAnswers } from '../../engine/run/changed-nodes/answers.ts';
import { planResume } from '../../engine/run/rerun/plan-resume.ts';
import { checkResumable } from '../../engine/run/resumable.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { reportProblem } from '../report-problem.ts';
import { printEvent } from '../view/json.ts';
import { resumeText } from '../view/resume.ts';
import { withStore } from '../with-store.ts';
import { workflowNow, type RunAt } from '../workflow-now.ts';

/** Shows what a resume would do. */
export async function resumeDryRun(at: RunAt, answers: NodeAnswers, json: boolean): Promise<number> {
  return await withStore(at.store, 'write', async db => {
    // Before the file is looked for, as the resume does.
    checkResumable(requireRun(db, at.run));
    const code = await workflowNow(db, at);
    if (!code.ok) return reportProblem(code.problem, json);
    const report = planResume(db, at.run, answers, code);
    if (json) printEvent({ event: 'dry-run', run: String(at.run), ...report, codeChanged: code.codeChanged });
    else process.stdout.write(`${resumeText(report, code.now, code.codeChanged)}\n`);
    return 0;
  });
}
