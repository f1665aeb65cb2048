import { ToldError } from '../../common/told.ts';
import { describeValue } from '../workflow/errors.ts';
import { nearest } from '../workflow/nearest.ts';

/** The workflow or file to use was not chosen, or does not exist. */
export class ChoiceError extends ToldError {
  override readonly name = 'ChoiceError';
}

/**
 * The workflow of a file that is meant: the one with this id, or the only one. A plan and what it plans ask here alike.
 * @throws ChoiceError
 */
export function chooseWorkflow<W extends { readonly id: string }>(
  { file, workflows }: { readonly file: string; readonly workflows: readonly W[] },
  id: string | undefined,
): W {
  const ids = workflows.map(workflow => workflow.id);
  const twice = ids.find((name, index) => ids.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ChoiceError(`Two workflows in ${file} have the id ${describeValue(twice)}. Give one of them another.`);
  const [only, ...others] = workflows;
  if (id === undefined) {
    if (only && others.length === 0) return only;
    throw new ChoiceError(`${file} has ${ids.length} workflows: ${ids.join(', ')}. Choose one with --workflow <id>.`);
  }
  const chosen = workflows.find(workflow => workflow.id === id);
  if (chosen) return chosen;
  const near = nearest(id, ids);
  throw new ChoiceError(
    `${file} has no workflow ${describeValue(id)}. ${near ? `Did you mean ${describeValue(near)}?` : `It has ${ids.join(', ') || 'none'}.`}`,
  );
}
