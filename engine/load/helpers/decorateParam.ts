/** What oxc calls for a decorator of a parameter; see decorate.ts. */
type ParameterDecorator = (target: unknown, key: string | symbol | undefined, index: number) => void;

function decorateParam(index: number, decorator: ParameterDecorator) {
  return (target: unknown, key?: string | symbol): void => decorator(target, key, index);
}

export { decorateParam as default, decorateParam as 'module.exports' };
